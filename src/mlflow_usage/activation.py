"""Where a plain `import mlflow` meets the plugin.

The entry point of group `mlflow.tracking_store` names an attribute of this module that only `__getattr__` serves, so that a fresh import
after a purge of `sys.modules` is seen as well. Decides whether this process is one to measure at all. It must never raise, never import
more than the decision needs while the mode is off, and leave no trace in MLflow's registry.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from mlflow_usage.instrumentation.patch import Patches
    from mlflow_usage.session import Session

SCHEME: Final = "mlflow-usage"  # the entry point's name, which MLflow takes for a URI scheme
UTILS: Final = "mlflow.tracking._tracking_service.utils"


class Running:
    """What is active in this process."""

    session: Session | None = None
    patches: Patches | None = None


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attribute
    if name != "tracking_store":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        sys.meta_path.insert(0, _Unregister())
        activate()
    except Exception:  # noqa: BLE001, S110  the boundary: `import mlflow` goes on whatever happens here
        pass
    return no_store


def no_store(*_: object, **__: object) -> None:
    """What MLflow would build a store from.

    Raises:
        ValueError: always; the plugin is no tracking store.
    """
    message = f"{SCHEME!r} is not a tracking store; use a tracking URI that MLflow supports"
    raise ValueError(message)


class _Unregister:
    """Removes the scheme from MLflow's registry at the next import, just after MLflow has put it there, and then itself."""

    def find_spec(self, _name: str, _path: object = None, _target: object = None) -> None:
        try:
            registry = sys.modules[UTILS]._tracking_store_registry._registry  # noqa: SLF001  there is no public way
            if registry.pop(SCHEME, None) is not None:
                sys.meta_path.remove(self)
        except Exception:  # noqa: BLE001, S110  the boundary: an import of MLflow's goes on
            pass


def helper_process() -> bool:
    """Whether MLflow started this process for itself: its own scripts run as `__main__`, and nobody's calls are in them."""
    main, mlflow = sys.modules.get("__main__"), sys.modules.get("mlflow")
    path, places = getattr(main, "__file__", None), getattr(mlflow, "__path__", None)
    if not path or not places:
        return False
    script, home = os.path.abspath(path), os.path.abspath(next(iter(places)))  # noqa: PTH100  Path.resolve would follow links
    # `python -m mlflow` and `mlflow.cli` are a person's own commands.
    return script.startswith(home + os.sep) and script not in {os.path.join(home, "__main__.py"), os.path.join(home, "cli", "__main__.py")}  # noqa: PTH118


def activate() -> None:
    """Begin to measure, if the decision is not off and this is a person's process; again after a fresh import of MLflow."""
    if helper_process():
        return
    from mlflow_usage.consent.decision import current  # noqa: PLC0415  the decision, and only it

    decision = current()
    if decision.mode.value == "off":
        return
    _start(decision)


def _start(decision: Any) -> None:  # noqa: ANN401  a Decision, whose module is imported above only
    from mlflow_usage.instrumentation.meter import Meter  # noqa: PLC0415
    from mlflow_usage.instrumentation.patch import Patches  # noqa: PLC0415
    from mlflow_usage.session import Session  # noqa: PLC0415

    if Running.session is None or Running.session.recorder.off:
        Running.session = Session(decision)
    else:
        Running.session.renew()
    Running.patches = Patches(Meter(Running.session), pending=decision.pending)
    Running.patches.register()
    Running.session.deliver_the_dead()


def late() -> None:
    """Measure a MLflow that was imported before the plugin could be: `import mlflow_usage` after `import mlflow`."""
    if "mlflow" in sys.modules and Running.patches is None:
        with suppress(Exception):  # the boundary
            activate()
