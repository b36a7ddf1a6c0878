"""The frames of ours that stand between a user's line and MLflow's code: of a call whose arguments or outcome are recorded, of an import.

Its file name is the point: `warnings` skips frames whose file name holds both "importlib" and "_bootstrap" when it counts `stacklevel`
(CPython, Lib/warnings.py `_is_internal_filename`, since 3.3), so that a warning of MLflow still points at the user's line. `wrapt` has
such hooks of imports too, in frames that warnings count, and its finder takes ten times as long to say no. It must do nothing else, never
swallow or change what MLflow's code returns or raises, leave nothing of itself on a module, and never look for one by itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Container
from functools import partial
from types import ModuleType
from typing import Any

from mlflow_usage.instrumentation.extract import Extract, Kinds
from mlflow_usage.instrumentation.meter import Meter

Wrapping = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]

STATUS = "mlflow.usage.status"


def client_method(meter: Meter, event: str) -> Wrapping:
    """A method of MlflowClient, called by its class: its store is the client's own."""
    return partial(_by_class, meter.record_client, event)


def _by_class(  # noqa: PLR0913, PLR0917  wrapt's four, behind our two
    record: Callable[[str, object], None],
    event: str,
    wrapped: Callable[..., Any],
    instance: Any,  # noqa: ANN401
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
) -> Any:  # noqa: ANN401
    record(event, args[0] if instance is None and args else instance)
    return wrapped(*args, **kwargs)


def on_decoration(meter: Meter, event: str) -> Wrapping:
    """A decorator that returns a `functools.partial` of itself where it is given no function yet: counted when it has one."""
    record = meter.record

    def wrapper(wrapped: Callable[..., Any], _instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        if (args[0] if args else kwargs.get("func")) is not None:
            record(event)
        return wrapped(*args, **kwargs)

    return wrapper


def on_entry(meter: Meter, event: str, extract: Extract) -> Wrapping:
    """A function whose arguments are recorded, counted when it is called."""
    shaped, record, kinds = extract.shape, meter.shape_recorder(), Kinds(event, extract)

    def wrapper(wrapped: Callable[..., Any], _instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            shape = shaped(args, kwargs)
        except Exception:  # noqa: BLE001  the boundary: an argument may raise whatever it likes when it is looked at
            shape = None
        record(kinds, shape)
        return wrapped(*args, **kwargs)

    return wrapper


def on_end(meter: Meter, event: str, extract: Extract) -> Wrapping:
    """A function whose arguments and outcome are recorded, counted when it ends."""
    shaped, record = extract.shape, meter.shape_recorder()
    successes, failures = Kinds(event, extract, {STATUS: "success"}), Kinds(event, extract, {STATUS: "failure"})

    def wrapper(wrapped: Callable[..., Any], _instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            shape = shaped(args, kwargs)
        except Exception:  # noqa: BLE001  the boundary, as above
            shape = None
        try:
            result = wrapped(*args, **kwargs)
        except BaseException:
            record(failures, shape)
            raise
        record(successes, shape)
        return result

    return wrapper


class Loader:
    """Stands in for a module's loader until the module is executed; nobody but the import system meets it."""

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
    """Finds nothing by itself: of the modules asked for by name, the loader is stood in for."""

    def __init__(self, names: Container[str], imported: Callable[[ModuleType], None]) -> None:
        """Call `imported`, which never raises, with each module of `names` that is imported from now on."""
        self.names, self.imported = names, imported

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401  the import system's types
        """The spec that the finders behind this one have, with our loader in it."""
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
