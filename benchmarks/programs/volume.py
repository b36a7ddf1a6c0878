"""Many calls, sent. usage: volume.py loop|distinct|stock|mlflow URL N."""

from __future__ import annotations

import json
import os
import sys
import time

KIND, URL, N = sys.argv[1], sys.argv[2], int(sys.argv[3])


def log_metric(key: str, value: float, step: int | None = None) -> None:
    """Do nothing."""


import mlflow.telemetry.client as _client  # noqa: E402

if KIND == "mlflow":
    from mlflow.telemetry import utils

    utils.CONFIG_URL = f"{URL}/config"
    from mlflow.telemetry.events import LogMetricEvent
    from mlflow.telemetry.track import record_usage_event

    call = record_usage_event(LogMetricEvent)(log_metric)
    for number in range(N):
        call("loss", 0.5, step=number)
        time.sleep(0.001)  # its queue is bounded
    _client.get_telemetry_client().flush()
    time.sleep(0.5)
else:
    _client._set_telemetry_client(None)
if KIND in ("loop", "distinct"):
    import mlflow_usage
    from mlflow_usage.catalogue.tables import EVENTS
    from mlflow_usage.process.running import Running

    if KIND == "loop":
        call = Running.patches.wrapper(log_metric, "mlflow.log_metric", {}, client=False)
        for number in range(N):
            call("loss", 0.5, step=number)
    else:
        plain = sorted(name for name in EVENTS if name.startswith("mlflow.") and not name.startswith("mlflow.usage."))
        for name in plain[:N]:
            Running.session.hit(name, "SqlAlchemyStore")
    mlflow_usage.flush(5.0)
if KIND == "stock":
    from opentelemetry._logs import SeverityNumber
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor

    provider = LoggerProvider()
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{URL}/v1/logs", compression=Compression.Gzip)))
    logger = provider.get_logger("mlflow.usage")
    for _ in range(N):
        logger.emit(
            event_name="mlflow.log_metric", severity_number=SeverityNumber.INFO, attributes={"mlflow.usage.store": "SqlAlchemyStore"}
        )
    provider.force_flush()
print(json.dumps({}), flush=True)
os._exit(0)
