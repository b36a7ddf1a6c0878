"""Where a plain `import mlflow` meets the plugin.

The entry point of group `mlflow.tracking_store` names an attribute of this module that only `__getattr__` serves, so a fresh import after a
purge of `sys.modules` is seen as well. Decides when the process is asked to measure. It must never raise, and leave no trace in MLflow's
registry.
"""

from __future__ import annotations

import os
import sys
from typing import Any, Final

SCHEME: Final = "mlflow-usage"  # the entry point's name, which MLflow takes for a URI scheme
# Whose registries of tracking stores load the entry point: the first in every import of MLflow, the second in a program that imports the
# server as well.
REGISTRIES: Final = ("mlflow.tracking._tracking_service.utils", "mlflow.server.handlers")


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attribute
    if name != "tracking_store":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        try:
            if not _met():
                _meet()
        finally:  # insert it last: until then our own imports would go through it
            if not any(isinstance(finder, _Unregister) for finder in sys.meta_path):
                sys.meta_path.insert(0, _Unregister())
    except Exception:  # noqa: BLE001, S110  the boundary: nothing stops `import mlflow`
        pass
    return no_store


_mlflow: list[Any] = [None]  # the module that was met; MLflow loads the entry point more than once


def _met() -> bool:
    """Return whether the MLflow that is in `sys.modules` now was met before."""
    return _mlflow[0] is not None and sys.modules.get("mlflow") is _mlflow[0]


def _meet() -> None:
    """Begin to measure the MLflow that is being imported, unless a variable alone says off."""
    _mlflow[0] = sys.modules.get("mlflow")
    from mlflow_usage.consent import gate  # noqa: PLC0415  nothing is imported before it is known to be needed

    if not gate.closed(os.environ):
        from mlflow_usage.process.running import activate  # noqa: PLC0415  as above

        activate()


def no_store(*_: object, **__: object) -> None:
    """What MLflow would build a store from.

    Raises:
        ValueError: always; the plugin is no tracking store.
    """
    message = f"{SCHEME!r} is not a tracking store; use a tracking URI that MLflow supports"
    raise ValueError(message)


class _Unregister:
    """Removes the scheme from MLflow's registry at the next import, just after MLflow has put it there, and then itself."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401  the import system's types
        try:
            if True not in [_unregistered(home) for home in REGISTRIES]:
                return None
            place = sys.meta_path.index(self)
            del sys.meta_path[place]
            following = getattr(sys.meta_path[place], "find_spec", None) if place < len(sys.meta_path) else None
        except Exception:  # noqa: BLE001  the boundary: nothing stops an import
            return None
        # The import system continues behind this place, where the next finder has moved to: it is asked here, or never.
        return None if following is None else following(name, path, target)


def _unregistered(home: str) -> bool:
    """Whether the scheme was in the registry of a module, where it is no more."""
    registry = getattr(sys.modules.get(home), "_tracking_store_registry", None)
    return getattr(registry, "_registry", {}).pop(SCHEME, None) is not None
