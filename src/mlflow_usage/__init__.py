"""Anonymous usage telemetry for MLflow: `import mlflow` is all it takes; this module is for those who want to look or decide.

It must import nothing until one of its functions is called: it is part of every `import mlflow`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlflow_usage.insight.status import Report

__all__ = ["disable", "enable", "flush", "instrument", "preview", "status", "uninstrument"]


def status() -> Report:
    """What is recorded and sent, what decided it, and what is waiting. `print(status())` is what `mlflow-usage status` prints."""
    from mlflow_usage.insight.status import gather  # noqa: PLC0415  nothing is imported before it is asked for

    return gather()


def preview() -> list[dict[str, Any]]:
    """The requests that would leave next, in OTLP/JSON, also while the mode is off. Changes nothing."""
    from mlflow_usage.insight.preview import requests  # noqa: PLC0415

    return requests()


def disable() -> None:
    """Turn usage off for this process: nothing is recorded any more, and what it has pending is deleted. Never raises."""
    from mlflow_usage.process import api  # noqa: PLC0415

    api.disable()


def enable() -> None:
    """Take an earlier `disable()` back. Every other source that says off still counts. Never raises."""
    from mlflow_usage.process import api  # noqa: PLC0415

    api.enable()


def flush(timeout: float = 3.0) -> bool:
    """Send what this process has pending now, waiting at most `timeout` seconds; returns whether nothing is left."""
    from mlflow_usage.process import api  # noqa: PLC0415

    return api.flush(timeout)


def instrument(*, logger_provider: Any = None) -> None:  # noqa: ANN401  an OpenTelemetry LoggerProvider; not imported here
    """Measure an MLflow that is already imported; with `logger_provider`, emit the events to it instead of to the journal."""
    from mlflow_usage.process import api  # noqa: PLC0415

    api.instrument(logger_provider)


def uninstrument() -> None:
    """Put back every function of MLflow that is still wrapped, and record nothing any more in this process."""
    from mlflow_usage.process import api  # noqa: PLC0415

    api.uninstrument()


def _imported_late() -> None:
    """MLflow may have been imported before the plugin was there to be found: then it is measured from here on."""
    mlflow = sys.modules.get("mlflow")
    if mlflow is not None and not getattr(mlflow.__spec__, "_initializing", False):
        from mlflow_usage.process.running import late  # noqa: PLC0415

        late()


_imported_late()
