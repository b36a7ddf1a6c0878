"""The frames of this package in an import: a finder that tells when a module was executed.

Decides when a module counts as executed. `wrapt` has such hooks too, in frames that `warnings` counts, and its finder takes ten times as
long to say no. The finder must never search for a module by itself, nor leave anything of itself on one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from mlflow_usage.instrumentation.caller import SPECS


class Loader:
    """Takes the place of a module's loader until the module is executed; only the import system meets it.

    While a module is executed, no frame of this package may lie below it. CPython 3.11 and later keep frames in blocks; one more frame
    below an import can move the end of a block into a busy loop, and each call across it maps and unmaps memory (measured: 3,400 page
    faults of an `import mlflow`). So the spec is watched, on which the import system notes when it begins and ends to execute a module.
    A reload or a lazy loader executes a module without that note, by `exec_module`.
    """

    def __init__(self, loader: Any, imported: Callable[[ModuleType], None]) -> None:  # noqa: ANN401  any loader
        """Load with `loader`, then call `imported`."""
        self.loader, self.imported = loader, imported

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever else the loader can do
        """Answer as the loader does."""
        return getattr(self.loader, name)

    def leave(self, module: Any, spec: Any) -> None:  # noqa: ANN401  a module and its spec, or None
        """Give a module and its spec their own loader back, and the spec its own class."""
        if spec is not None:
            if type(spec) is WatchedSpec:
                spec.__class__ = ModuleSpec  # type: ignore[assignment]
            if spec.loader is self:
                spec.loader = self.loader
        if getattr(module, "__loader__", None) is self:
            module.__loader__ = self.loader

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own loader back, and execute it."""
        self.leave(module, module.__spec__)
        self.loader.exec_module(module)
        self.imported(module)


class WatchedSpec(ModuleSpec):
    """The spec of a module that is being imported; it becomes a plain one before anybody but the import system can see it."""

    def __setattr__(self, name: str, value: object) -> None:
        """Notice when the import system begins and ends to execute the module: it sets `_initializing` (CPython 3.4 to 3.14)."""
        if name != "_initializing":
            object.__setattr__(self, name, value)
        elif value:
            object.__setattr__(self, name, value)
            stand_in: Any = self.loader
            if type(stand_in) is Loader:
                self.__dict__["_stand_in"] = stand_in
                self.loader = stand_in.loader
        else:
            self._executed(value)

    def _executed(self, initializing: object) -> None:
        stand_in = self.__dict__.pop("_stand_in", None)
        if stand_in is None:
            object.__setattr__(self, "_initializing", initializing)
            return
        module = sys.modules.get(self.name)  # missing if the module failed
        own = module if getattr(module, "__spec__", None) is self else None
        stand_in.leave(own, self)
        if own is not None:
            stand_in.imported(own)
        # Only now: until then another thread waits for the module, and cannot take a function that is not wrapped yet.
        object.__setattr__(self, "_initializing", initializing)


SPECS.add(WatchedSpec)


class Finder:
    """Finds nothing by itself; it puts a `Loader` before the loader of certain modules."""

    def __init__(self, names: Container[str], imported: Callable[[ModuleType], None]) -> None:
        """Call `imported`, which never raises, with each module of `names` that is imported from now on."""
        self.names, self.imported = names, imported

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401  the import system's types
        """Return the spec that the finders behind this one have, with our loader in it."""
        if name not in self.names:
            return None
        finders = list(sys.meta_path)
        for finder in finders[finders.index(self) + 1 :] if self in finders else ():
            spec = finder.find_spec(name, path, target) if hasattr(finder, "find_spec") else None
            if spec is not None:
                if hasattr(spec.loader, "exec_module"):
                    spec.loader = Loader(spec.loader, self.imported)  # type: ignore[assignment]  # it answers as the loader does
                    if type(spec) is ModuleSpec:
                        spec.__class__ = WatchedSpec
                return spec
        return None
