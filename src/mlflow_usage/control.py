"""What a program may do about its own measurement.

Decides how the calls of `mlflow_usage`'s public functions reach the running session. It must never raise into the host, and never turn on
what another source turned off.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from mlflow_usage.activation import Running, begin, late
from mlflow_usage.consent.automation import DETECTIONS
from mlflow_usage.consent.decision import current
from mlflow_usage.mode import OFF_VARIABLES, Mode

SCOPE: Final = "mlflow.usage"
RECHECK: Final = 10.0  # seconds


def disable() -> None:
    """See `mlflow_usage.disable`."""
    Running.disabled = True
    if Running.session is not None:
        Running.session.disable()


def enable() -> None:
    """See `mlflow_usage.enable`."""
    Running.disabled = False
    session = Running.session
    if session is None:
        late()  # disabled before MLflow was imported
        return
    decision = current()
    if session.disabled and decision.mode is not Mode.OFF:
        session.revive(decision)


def flush(timeout: float) -> bool:
    """See `mlflow_usage.flush`."""
    session = Running.session
    if session is None or session.decision.mode is Mode.OFF:
        return True
    live = session.recorder.live
    if live is None and not session.recorder.retired:
        return True
    return session.withdrawn() or (session.sender.flush(timeout) and session.recorder.settled)


def instrument(logger_provider: Any) -> None:  # noqa: ANN401  an OpenTelemetry LoggerProvider
    """See `mlflow_usage.instrument`."""
    if logger_provider is not None and not hasattr(logger_provider, "get_logger"):
        raise TypeError(f"logger_provider must be an OpenTelemetry LoggerProvider, not {type(logger_provider).__name__}")
    if logger_provider is None:
        Running.uninstrumented = False
        if Running.pipeline is not None:
            uninstrument()
            Running.uninstrumented, Running.pipeline = False, None
        late()
        return
    emitter = Emitter(logger_provider)
    uninstrument()
    Running.uninstrumented, Running.pipeline = False, emitter
    if allowed() and "mlflow" in sys.modules:
        begin(emitter)


def allowed() -> bool:
    """Whether a program's own pipeline may get events: bringing one is as explicit as `on`, and lifts the automatic detections only."""
    sources = current(disabled=Running.disabled).sources
    return not any(source.says is Mode.OFF and not source.name.startswith(DETECTIONS) for source in sources)


def uninstrument() -> None:
    """See `mlflow_usage.uninstrument`."""
    Running.uninstrumented, Running.pipeline = True, None
    if Running.patches is not None:
        Running.patches.restore()
        Running.patches = None


class Emitter:
    """Stands where a session stands, and emits every call as an event of the program's own OpenTelemetry pipeline."""

    def __init__(self, logger_provider: Any) -> None:  # noqa: ANN401
        """Emit to a logger of `logger_provider`."""
        from opentelemetry._logs import SeverityNumber  # noqa: PLC0415  only for programs that bring a provider

        self._logger = logger_provider.get_logger(SCOPE)
        self._severity = SeverityNumber.INFO
        self._checked: tuple[tuple[str | None, ...], float, bool] = ((), 0.0, False)
        self.hit: Callable[[str, str | None], None] = self._hit

    def _hit(self, event: str, store: str | None) -> None:
        self.count(event, {} if store is None else {"mlflow.usage.store": store})

    def count(self, event: str, attributes: Mapping[str, Any]) -> None:
        """Emit one call."""
        if Running.disabled:
            return
        given = {**attributes, "mlflow.usage.count": 1}
        self._logger.emit(event_name=event, severity_number=self._severity, attributes=given)

    def recheck(self) -> bool:
        """The off variables count here too; settings and policies within ten seconds."""
        values, now = tuple(os.environ.get(name) for name in OFF_VARIABLES), time.monotonic()
        known, when, answer = self._checked
        if values != known or now - when > RECHECK:
            answer = allowed()
            self._checked = (values, now, answer)
        return answer

    def renew(self) -> None:
        """The pipeline's sessions are the program's own."""
