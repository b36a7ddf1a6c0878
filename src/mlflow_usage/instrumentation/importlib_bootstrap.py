"""The frames of ours that stand between a user's call and MLflow's function, where arguments or the outcome are recorded.

Its file name is the point: `warnings` skips frames whose file name holds both "importlib" and "_bootstrap" when it counts `stacklevel`
(CPython, Lib/warnings.py `_is_internal_filename`, since 3.3), so that a warning of MLflow still points at the user's line. It must do
nothing else, and never swallow or change what MLflow's function returns or raises.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlflow_usage.instrumentation.extract import Extract, Kinds
from mlflow_usage.instrumentation.meter import Meter

Wrapping = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]

STATUS = "mlflow.usage.status"


def client_method(meter: Meter, event: str) -> Wrapping:
    """A method of MlflowClient, called by its class: its store is the client's own."""
    record = meter.recorder(event)

    def wrapper(wrapped: Callable[..., Any], instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        record(args[0] if instance is None and args else instance)
        return wrapped(*args, **kwargs)

    return wrapper


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
