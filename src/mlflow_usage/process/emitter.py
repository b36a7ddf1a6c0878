"""A program's own OpenTelemetry pipeline, in a session's place.

Decides how a call becomes an event of that pipeline. It must never turn on what another source turned off: to bring a pipeline is as
explicit as `on`, and lifts the automatic detections only.
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from typing import Any, Final

from mlflow_usage.consent.automation import DETECTIONS
from mlflow_usage.consent.decision import current
from mlflow_usage.consent.mode import OFF_VARIABLES, Mode
from mlflow_usage.instrumentation.meter import STORE
from mlflow_usage.journal.batch import CallKind
from mlflow_usage.process.life import DISABLED, Life

SCOPE: Final = "mlflow.usage"
RECHECK: Final = 10.0  # seconds


def allowed(life: Life) -> bool:
    """Return whether a program's own pipeline may get events."""
    sources = current(disabled=life.barred(DISABLED)).sources
    return not any(source.says is Mode.OFF and not source.name.startswith(DETECTIONS) for source in sources)


class Emitter:
    """Takes a session's place, and emits every call as an event of the program's own OpenTelemetry pipeline."""

    def __init__(self, logger_provider: Any, life: Life) -> None:  # noqa: ANN401
        """Emit to a logger of `logger_provider`, for as long as that is the one of `life`."""
        from opentelemetry._logs import SeverityNumber  # noqa: PLC0415  only for programs that bring a provider

        self._provider, self._life = logger_provider, life
        self._logger = logger_provider.get_logger(SCOPE)
        self._severity = SeverityNumber.INFO
        self._checked: tuple[tuple[str | None, ...], float, bool] = ((), 0.0, False)

    def hit(self, event: str | CallKind, store: str | None) -> None:
        """Emit one call, of an event or of a kind."""
        more = {} if store is None else {STORE: store}
        if isinstance(event, CallKind):
            self.count(event.event, {**event.attributes, **more})
        else:
            self.count(event, more)

    def count(self, event: str, attributes: Mapping[str, Any]) -> None:
        """Emit one call."""
        if self._life.barred(DISABLED) or self._life.provider is not self._provider:
            return
        given = {**attributes, "mlflow.usage.count": 1}
        self._logger.emit(event_name=event, severity_number=self._severity, attributes=given)

    def recheck(self) -> bool:
        """Apply the off variables now, settings and policies within ten seconds; return whether events are emitted."""
        values, now = tuple(os.environ.get(name) for name in OFF_VARIABLES), time.monotonic()
        known, when, answer = self._checked
        if values != known or now - when > RECHECK:
            answer = allowed(self._life)
            self._checked = (values, now, answer)
        return answer

    def renew(self) -> None:
        """Do nothing: sessions of the pipeline are the program's own."""
