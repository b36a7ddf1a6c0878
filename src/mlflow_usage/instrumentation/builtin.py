"""MLflow's own telemetry, silenced where a policy says so.

Decides which of MLflow's telemetry functions are replaced, and what each returns instead. They are changed in place, so every alias
follows, in the modules that MLflow itself imports. This module must never import a module of MLflow, set a variable, or touch an MLflow
whose internals differ. It depends on no mode: a policy may silence MLflow's telemetry and leave this one on, or turn both off.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import Any, Final

import wrapt

UTILS: Final = "mlflow.telemetry.utils"
CLIENT: Final = "mlflow.telemetry.client"


def _yes(*_: object, **__: object) -> bool:
    return True


def _nothing(*_: object, **__: object) -> None:
    return None


# Module, place and stand-in: of the question whether it is disabled, of the client's start, and of every way to hand it a record.
PLACES: Final = (
    (UTILS, "is_telemetry_disabled", _yes),
    (UTILS, "_get_config_url", _nothing),
    (CLIENT, "get_telemetry_client", _nothing),
    (CLIENT, "set_telemetry_client", _nothing),
    (CLIENT, "TelemetryClient.activate", _nothing),
    (CLIENT, "TelemetryClient.add_record", _nothing),
    (CLIENT, "TelemetryClient.add_records", _nothing),
)


def silence() -> None:
    """Silence MLflow's own telemetry in this process, now or as soon as MLflow imports it. Never raises."""
    for name in (UTILS, CLIENT):
        with suppress(Exception):  # the boundary
            wrapt.register_post_import_hook(_imported, name)


def _imported(module: ModuleType) -> None:
    with suppress(Exception):  # the boundary: nothing stops an import
        _stop(module)
        for name, path, stand_in in PLACES:
            if name == module.__name__:
                _replace(module, path, stand_in)


def _replace(module: ModuleType, path: str, stand_in: Any) -> None:  # noqa: ANN401  one of the two above
    owner: Any = module
    *parents, name = path.split(".")
    for parent in parents:
        owner = vars(owner).get(parent)
    original = None if owner is None else vars(owner).get(name)
    if original is None:
        return
    if type(original) is FunctionType and not original.__code__.co_freevars:
        original.__code__ = stand_in.__code__  # other modules hold this very function
        original.__defaults__, original.__kwdefaults__ = None, None
        return
    if callable(original):
        setattr(owner, name, stand_in)
        for other in tuple(sys.modules.values()) if not parents else ():
            if type(other) is ModuleType and other.__name__.startswith("mlflow.") and vars(other).get(name) is original:
                setattr(other, name, stand_in)


def _stop(module: ModuleType) -> None:
    """Stop a client that started before the plugin was loaded, because MLflow was imported first."""
    started = vars(module).get("_MLFLOW_TELEMETRY_CLIENT")
    if started is not None:
        started._is_stopped = True  # noqa: SLF001  what its own threads look at
        started.config = None
        module._MLFLOW_TELEMETRY_CLIENT = None  # type: ignore[attr-defined]  # noqa: SLF001
