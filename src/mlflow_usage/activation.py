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
    from mlflow_usage.instrumentation.meter import Sink
    from mlflow_usage.instrumentation.patch import Patches
    from mlflow_usage.session import Session

SCHEME: Final = "mlflow-usage"  # the entry point's name, which MLflow takes for a URI scheme
SERVERS: Final = ("uvicorn", "gunicorn", "waitress", "huey_consumer")  # what `mlflow server`, `models serve` and `gateway start` run
SERVING: Final = ("_MLFLOW_SERVER_FILE_STORE", "_MLFLOW_SERVER_ARTIFACT_ROOT")  # with an application that is not MLflow's own, too
# Whose registries of tracking stores load the entry point: the first in every import of MLflow, the second in a program that imports the
# server as well.
REGISTRIES: Final = ("mlflow.tracking._tracking_service.utils", "mlflow.server.handlers")


class Running:
    """What is active in this process."""

    mlflow: Any = None  # the module that was met; the entry point is loaded more than once while it is there
    session: Session | None = None
    patches: Patches | None = None
    disabled = False  # by `mlflow_usage.disable()`
    uninstrumented = False  # by `mlflow_usage.uninstrument()`
    pipeline: Sink | None = None  # a program's own, by `mlflow_usage.instrument(logger_provider=…)`


def __getattr__(name: str) -> Any:  # noqa: ANN401  a module's attribute
    if name != "tracking_store":
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    try:
        try:
            if Running.mlflow is None or sys.modules.get("mlflow") is not Running.mlflow:
                activate()
        finally:  # not before: each of our own imports would ask it
            if not any(isinstance(finder, _Unregister) for finder in sys.meta_path):
                sys.meta_path.insert(0, _Unregister())
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

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> Any:  # noqa: ANN401  the import system's types
        try:
            if True not in [_unregistered(home) for home in REGISTRIES]:
                return None
            place = sys.meta_path.index(self)
            del sys.meta_path[place]
            following = getattr(sys.meta_path[place], "find_spec", None) if place < len(sys.meta_path) else None
        except Exception:  # noqa: BLE001  the boundary: an import of MLflow's goes on
            return None
        # The import system goes on behind this place, where the next finder has moved to: it is asked here, or never.
        return None if following is None else following(name, path, target)


def _unregistered(home: str) -> bool:
    """Whether the scheme was in the registry of a module, where it is no more."""
    registry = getattr(sys.modules.get(home), "_tracking_store_registry", None)
    return getattr(registry, "_registry", {}).pop(SCHEME, None) is not None


def helper_process() -> bool:
    """Whether MLflow started this process for itself: its own scripts run as `__main__`, and nobody's calls are in them."""
    module = _run_as_module(sys.orig_argv)
    if module.startswith("mlflow.") and module.partition(".")[2].partition(".")[0] != "cli":
        return True
    if _serves([*sys.orig_argv, *getattr(sys, "argv", ())]):
        return True
    main, mlflow = sys.modules.get("__main__"), sys.modules.get("mlflow")
    path, places = getattr(main, "__file__", None), getattr(mlflow, "__path__", None)
    if not path or not places:
        return False
    script, home = os.path.abspath(path), os.path.abspath(next(iter(places)))  # noqa: PTH100  Path.resolve would follow links
    # `python -m mlflow` is a person's own command.
    return script.startswith(home + os.sep) and not script.endswith("__main__.py")


def _serves(arguments: list[str]) -> bool:
    """Whether this is a server's process, or a worker's, that MLflow started: it names an application of MLflow's, or has its variables."""
    if not any(server in argument for argument in arguments for server in SERVERS):
        return False
    return any(map(os.environ.__contains__, SERVING)) or any(
        argument.startswith("mlflow.") and (":" in argument or argument.startswith("mlflow.server.")) for argument in arguments
    )


def _run_as_module(arguments: list[str]) -> str:
    """The module of `python -m module`, from the interpreter's own arguments: `__main__` does not know it yet. Else empty."""
    rest = iter(arguments[1:])
    for argument in rest:
        if not argument.startswith("-") or argument.startswith("--"):
            return ""
        for index, letter in enumerate(argument[1:], 2):
            if letter == "c":
                return ""
            if letter in "mXW":  # these take a value: what follows the letter, or the next argument
                value = argument[index:] or next(rest, "")
                if letter == "m":
                    return value
                break
    return ""


def activate() -> None:
    """Begin to measure, if the decision is not off and this is a person's process; again after a fresh import of MLflow."""
    Running.mlflow = sys.modules.get("mlflow")
    from mlflow_usage import consent  # noqa: PLC0415  nothing is imported before it is known to be needed

    if consent.governed():
        _silence_builtin()
    if helper_process():
        return
    if Running.disabled or Running.uninstrumented or consent.closed(os.environ):
        return
    if Running.pipeline is not None:
        begin(Running.pipeline)
        return
    from mlflow_usage.consent.decision import current  # noqa: PLC0415

    decision = current()
    if decision.mode.value == "off":
        if decision.lasting:
            _forget()
        return
    _start(decision)


def _silence_builtin() -> None:
    """A policy may silence MLflow's own telemetry: whatever the mode, and in the processes that MLflow starts for itself."""
    from mlflow_usage import consent  # noqa: PLC0415
    from mlflow_usage.consent import policy  # noqa: PLC0415

    found = (policy.read("machine", consent.machine_policy()), policy.read("environment", consent.environment_policy()))
    if any(one is not None and one.silences_builtin for one in found):
        from mlflow_usage.instrumentation import builtin  # noqa: PLC0415

        builtin.silence()


def _forget() -> None:
    """A setting or policy that says off also deletes what a process left that was killed before it could."""
    from mlflow_usage import state  # noqa: PLC0415

    place = state.locate(os.environ)
    if place is not None and any(place.glob("*.journal")):
        from mlflow_usage.journal import bounds  # noqa: PLC0415

        bounds.clear(place)


def begin(sink: Sink, *, pending: bool = False) -> None:
    """Wrap MLflow's functions, with every call going to `sink`."""
    from mlflow_usage.instrumentation.meter import Meter  # noqa: PLC0415
    from mlflow_usage.instrumentation.patch import Patches  # noqa: PLC0415

    if Running.patches is not None:
        Running.patches.unregister()  # of a MLflow that was purged: what it would still wrap is the new one's
    Running.patches = Patches(Meter(sink), pending=pending)
    Running.patches.register()


def _start(decision: Any) -> None:  # noqa: ANN401  a Decision, whose module is imported above only
    from mlflow_usage.session import Session  # noqa: PLC0415

    session = Running.session
    if session is None:
        session = Running.session = Session(decision)
    else:
        session.revive(decision)
    begin(session, pending=decision.pending)
    session.deliver_the_dead()


def late() -> None:
    """Measure a MLflow that was imported before the plugin could be: `import mlflow_usage` after `import mlflow`."""
    if "mlflow" in sys.modules and Running.patches is None:
        with suppress(Exception):  # the boundary
            activate()
