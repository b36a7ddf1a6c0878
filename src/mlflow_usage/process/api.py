"""What a program may do about its own measurement: the bodies of `mlflow_usage`'s public functions.

Decides how they reach the running session. It must never raise into the host, but for a TypeError where
`instrument` is given no LoggerProvider, and never turn on what another source turned off.
"""

from __future__ import annotations

import sys
from typing import Any

from mlflow_usage.consent.decision import current
from mlflow_usage.consent.mode import Mode
from mlflow_usage.process.life import DISABLED, PIPED
from mlflow_usage.process.running import Running, begin, late


def disable() -> None:
    """See `mlflow_usage.disable`."""
    if Running.session is not None:
        Running.session.end("disable")
    else:
        Running.life.on("disable")


def enable() -> None:
    """See `mlflow_usage.enable`."""
    session, life = Running.session, Running.life
    if session is None:
        life.on("enable")
        late()  # disabled before MLflow was imported
        return
    decision = current()
    if life.barred(DISABLED) and decision.mode is not Mode.OFF:
        life.on("enable")
        session.revive(decision)


def flush(timeout: float) -> bool:
    """See `mlflow_usage.flush`."""
    session = Running.session
    if session is None or not Running.life.consents():
        return True
    if session.recorder.live is None and not session.recorder.retired:
        return True
    return session.withdrawn() or (session.sender.flush(timeout) and session.recorder.settled)


def instrument(logger_provider: Any) -> None:  # noqa: ANN401  an OpenTelemetry LoggerProvider
    """See `mlflow_usage.instrument`."""
    if logger_provider is not None and not hasattr(logger_provider, "get_logger"):
        raise TypeError(f"logger_provider must be an OpenTelemetry LoggerProvider, not {type(logger_provider).__name__}")
    if logger_provider is not None:
        _pipe(logger_provider)
        return
    if Running.life.barred(PIPED):
        uninstrument()
    Running.life.on("instrument")
    late()


def _pipe(logger_provider: Any) -> None:  # noqa: ANN401
    from mlflow_usage.process.emitter import Emitter, allowed  # noqa: PLC0415  it loads wrapt, which `disable()` must not

    emitter = Emitter(logger_provider, Running.life)
    uninstrument()
    Running.life.on("pipe")
    Running.life.provider = logger_provider
    if allowed(Running.life) and "mlflow" in sys.modules:
        begin(emitter)


def uninstrument() -> None:
    """See `mlflow_usage.uninstrument`."""
    Running.life.on("uninstrument")
    Running.life.provider = None
    if Running.patches is not None:
        Running.patches.restore()
        Running.patches = None
