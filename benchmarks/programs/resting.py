"""A program that calls, lets everything be sent, and rests. usage: resting.py off|ours|quiet|stock|mlflow URL SECONDS."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

KIND, URL, REST = sys.argv[1], sys.argv[2], float(sys.argv[3])

import mlflow  # noqa: E402
import mlflow.telemetry.client as _client  # noqa: E402
from mlflow.telemetry import utils as _utils  # noqa: E402

_utils.CONFIG_URL = f"{URL}/config"
call = mlflow.last_logged_model
if KIND != "mlflow":
    _client._set_telemetry_client(None)
else:
    from mlflow.telemetry.events import LogMetricEvent
    from mlflow.telemetry.track import record_usage_event

    call = record_usage_event(LogMetricEvent)(lambda: None)
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


def wakes() -> int:
    """How often threads other than this one began to run."""
    found = 0
    for task in Path("/proc/self/task").iterdir():
        if task.name != str(os.getpid()):
            for line in (task / "status").read_text().splitlines():
                if "ctxt_switches" in line:
                    found += int(line.partition(":")[2])
    return found


if KIND != "quiet":
    for _ in range(10):
        call()
time.sleep(2.0)
resident = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20
before, cpu = wakes(), time.process_time()
time.sleep(REST)
rested, cpu = wakes() - before, (time.process_time() - cpu) * 1e3
threads = len(list(Path("/proc/self/task").iterdir())) - 1
print(json.dumps({"rss": resident, "wakes": rested, "cpu": cpu, "threads": threads}), flush=True)
os._exit(0)
