"""A program that calls and ends. usage: ending.py off|ours|stock URL SECONDS (between two parts of its calls)."""

from __future__ import annotations

import atexit
import json
import sys
import time

KIND, URL, PAUSE = sys.argv[1], sys.argv[2], float(sys.argv[3])
started: list[float] = []


def report() -> None:
    """Runs last, because it was registered first."""
    print(json.dumps({"handlers": (time.monotonic() - started[0]) * 1e3, "started": started[0]}), flush=True)


atexit.register(report)
import mlflow  # noqa: E402
import mlflow.telemetry.client as _client  # noqa: E402

_client._set_telemetry_client(None)
call = mlflow.last_logged_model
if KIND == "stock":
    from opentelemetry._logs import SeverityNumber
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    provider = LoggerProvider()
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{URL}/v1/logs", compression=Compression.Gzip)))
    logger = provider.get_logger("mlflow.usage")

    def call() -> None:
        """Emit what a call would."""
        logger.emit(event_name="mlflow.last_logged_model", severity_number=SeverityNumber.INFO, attributes={"mlflow.usage.count": 1})


for _ in range(10):
    call()
if PAUSE:
    time.sleep(PAUSE)
    for _ in range(10):
        call()
started.append(time.monotonic())
