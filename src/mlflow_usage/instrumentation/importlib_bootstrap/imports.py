"""The frames of this package in an import: a finder that tells when a module was executed.

`wrapt` has such hooks too, in frames that `warnings` counts, and its finder takes ten times as long to say no. The finder must never
search for a module by itself, nor leave anything of itself on one.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container
from types import ModuleType
from typing import Any


class Loader:
    """Takes the place of a module's loader until the module is executed; only the import system meets it."""

    def __init__(self, loader: Any, imported: Callable[[ModuleType], None]) -> None:  # noqa: ANN401  any loader
        """Load with `loader`, then call `imported`."""
        self.loader, self.imported = loader, imported

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  whatever else the loader can do
        """Answer as the loader does."""
        return getattr(self.loader, name)

    def exec_module(self, module: ModuleType) -> None:
        """Give the module its own loader back, and execute it."""
        if module.__spec__ is not None:
            module.__spec__.loader = self.loader
        if getattr(module, "__loader__", None) is self:
            module.__loader__ = self.loader
        self.loader.exec_module(module)
        self.imported(module)


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
                return spec
        return None
