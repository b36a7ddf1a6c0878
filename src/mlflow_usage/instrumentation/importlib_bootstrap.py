"""The frames of ours that stand between a user's call and MLflow's function, where arguments or the outcome are recorded.

Its file name is the point: `warnings` skips frames whose file name holds both "importlib" and "_bootstrap" when it counts `stacklevel`
(CPython, Lib/warnings.py `_is_internal_filename`, since 3.3), so that a warning of MLflow still points at the user's line. It must do
nothing else, and never swallow or change what MLflow's function returns or raises.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlflow_usage.instrumentation.meter import Meter

Extract = Callable[[tuple[Any, ...], Mapping[str, Any]], Mapping[str, Any]]
Wrapping = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]

STATUS = "mlflow.usage.status"


def client_method(meter: Meter, event: str) -> Wrapping:
    """A method of MlflowClient: its store is the client's own."""

    def wrapper(wrapped: Callable[..., Any], instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        meter.record_client(event, instance)
        return wrapped(*args, **kwargs)

    return wrapper


def on_entry(meter: Meter, event: str, extract: Extract) -> Wrapping:
    """A function whose arguments are recorded, counted when it is called."""

    def wrapper(wrapped: Callable[..., Any], _instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            attributes = extract(args, kwargs)
        except Exception:  # noqa: BLE001  the boundary: an argument may raise whatever it likes when it is looked at
            attributes = {}
        meter.record_attributes(event, attributes)
        return wrapped(*args, **kwargs)

    return wrapper


def on_end(meter: Meter, event: str, extract: Extract) -> Wrapping:
    """A function whose arguments and outcome are recorded, counted when it ends."""

    def wrapper(wrapped: Callable[..., Any], _instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            attributes = dict(extract(args, kwargs))
        except Exception:  # noqa: BLE001  the boundary, as above
            attributes = {}
        try:
            result = wrapped(*args, **kwargs)
        except BaseException:
            meter.record_attributes(event, {**attributes, STATUS: "failure"})
            raise
        meter.record_attributes(event, {**attributes, STATUS: "success"})
        return result

    return wrapper
