"""What a program may do about its own measurement.

Decides how the calls of `mlflow_usage`'s public functions reach the running session. It must never raise into the host, and never turn on
what another source turned off.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mlflow_usage.activation import Running, begin, late
from mlflow_usage.consent.automation import DETECTIONS
from mlflow_usage.consent.decision import current
from mlflow_usage.mode import Mode

SCOPE: Final = "mlflow.usage"


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
    if not session.disabled or decision.mode is Mode.OFF:
        return
    session.disabled = False
    session.decision = decision
    session.recorder.off = False


def flush(timeout: float) -> bool:
    """See `mlflow_usage.flush`."""
    session = Running.session
    if session is None or session.decision.mode is Mode.OFF:
        return True
    live = session.recorder.live
    if live is None and not session.recorder.retired:
        return True
    return session.sender.flush(timeout) and session.recorder.settled


def instrument(logger_provider: Any) -> None:  # noqa: ANN401  an OpenTelemetry LoggerProvider
    """See `mlflow_usage.instrument`."""
    if logger_provider is None:
        late()
        return
    uninstrument()
    if allowed():
        begin(Emitter(logger_provider))


def allowed() -> bool:
    """Whether a program's own pipeline may get events: bringing one is as explicit as `on`, and lifts the automatic detections only."""
    sources = current(disabled=Running.disabled).sources
    return not any(source.says is Mode.OFF and not source.name.startswith(DETECTIONS) for source in sources)


def uninstrument() -> None:
    """See `mlflow_usage.uninstrument`."""
    if Running.patches is not None:
        Running.patches.restore()
        Running.patches = None
    if Running.session is not None:
        Running.session.finish()
        Running.session = None


class Emitter:
    """Stands where a session stands, and emits every call as an event of the program's own OpenTelemetry pipeline."""

    def __init__(self, logger_provider: Any) -> None:  # noqa: ANN401
        """Emit to a logger of `logger_provider`."""
        from opentelemetry._logs import SeverityNumber  # noqa: PLC0415  only for programs that bring a provider

        self._logger = logger_provider.get_logger(SCOPE)
        self._severity = SeverityNumber.INFO
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
        """The off variables count here too."""
        return allowed()

    def renew(self) -> None:
        """The pipeline's sessions are the program's own."""
