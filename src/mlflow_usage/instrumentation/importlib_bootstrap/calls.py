"""The frames between a user's line and MLflow's code, of a call whose arguments or outcome are recorded.

Decides when such a call counts: on entry, at its end, or at a decoration. A wrapper must never swallow or change what MLflow's code
returns or raises.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from mlflow_usage.instrumentation.extract import CallKinds, Extract
from mlflow_usage.instrumentation.meter import Meter

Wrapping = Callable[[Callable[..., Any], Any, tuple[Any, ...], dict[str, Any]], Any]

STATUS = "mlflow.usage.status"


def client_method(meter: Meter, event: str) -> Wrapping:
    """Wrap a method of MlflowClient that is called by its class: its store is the client's own."""
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
    """Wrap a decorator that returns a `functools.partial` of itself where it is given no function yet: it counts once it has one."""
    record = meter.record

    def wrapper(wrapped: Callable[..., Any], _instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        if (args[0] if args else kwargs.get("func")) is not None:
            record(event)
        return wrapped(*args, **kwargs)

    return wrapper


def on_entry(meter: Meter, event: str, extract: Extract) -> Wrapping:
    """Wrap a function whose arguments are recorded: it counts on entry."""
    shaped, record, kinds = extract.shape, meter.record_shape, CallKinds(event, extract)

    def wrapper(wrapped: Callable[..., Any], _instance: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
        try:
            shape = shaped(args, kwargs)
        except Exception:  # noqa: BLE001  the boundary: an argument may raise whatever it likes when it is looked at
            shape = None
        record(kinds, shape)
        return wrapped(*args, **kwargs)

    return wrapper


def on_end(meter: Meter, event: str, extract: Extract) -> Wrapping:
    """Wrap a function whose arguments and outcome are recorded: it counts when it ends."""
    shaped, record = extract.shape, meter.record_shape
    successes, failures = CallKinds(event, extract, {STATUS: "success"}), CallKinds(event, extract, {STATUS: "failure"})

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
