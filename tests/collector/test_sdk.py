"""What the OpenTelemetry SDK itself sends, as a client's pipeline would."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from collector.wall import BASE, CANARY, RESOURCE, Wall, plain
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource

START = "mlflow.start_run"
CASES: dict[str, tuple[dict[str, Any], str | None, dict[str, Any], Any, dict[str, Any] | None]] = {
    # resource, event name, attributes, body -> the stored attributes, if it is stored
    "good": ({}, START, {"mlflow.usage.store": "FileStore"}, None, {"mlflow.usage.store": "FileStore"}),
    "unknown event": ({}, "mlflow.secret_event", {}, None, None),
    "no event name": ({}, None, {}, None, None),
    "hash of another form": ({"app.installation.id": "alice@corp"}, START, {}, None, None),
    "hash of another type": ({"app.installation.id": 7}, START, {}, None, None),
    "another service": ({"service.name": "evil"}, START, {}, None, None),
    "extra attributes": (
        {"host.name": CANARY, "process.command_line": CANARY},
        START,
        {"experiment_name": CANARY, "user.email": CANARY},
        CANARY,
        {},
    ),
    "values outside the enumerations": (
        {"os.type": CANARY},
        "mlflow.autolog",
        {"mlflow.usage.flavor": CANARY, "mlflow.usage.disable": CANARY},
        None,
        {"mlflow.usage.flavor": "custom_flavor"},
    ),
    "wrong types": ({"os.version": True}, "mlflow.autolog", {"mlflow.usage.flavor": [CANARY], "mlflow.usage.disable": {CANARY: 1}}, None, {}),
}


def emit(endpoint: str, resource: dict[str, Any], name: str | None, attributes: dict[str, Any], body: Any) -> None:
    provider = LoggerProvider(resource=Resource(RESOURCE | resource), shutdown_on_exit=False)
    exporter = OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", compression=Compression.Gzip, timeout=5)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    logger = provider.get_logger(CANARY, CANARY, CANARY, {CANARY: CANARY})
    entry = LogRecord(
        timestamp=time.time_ns(), severity_number=SeverityNumber.WARN, severity_text=CANARY, event_name=name, attributes=attributes, body=body
    )
    logger.emit(entry)
    provider.shutdown()


def stored(archive: Path, offset: int) -> list[str]:
    with (archive / "events.jsonl").open(encoding="utf-8") as lines:
        lines.seek(offset)
        return lines.readlines()


@pytest.mark.parametrize(("resource", "name", "attributes", "body", "kept"), CASES.values(), ids=CASES.keys())
def test_what_the_sdk_sends_is_stored_as_far_as_the_catalogue_names_it(
    collector: Wall, resource: dict[str, Any], name: str | None, attributes: dict[str, Any], body: Any, kept: dict[str, Any] | None
) -> None:
    file = collector.archive / "events.jsonl"
    offset = file.stat().st_size if file.exists() else 0
    emit(collector.collector.endpoint, resource, name, BASE | attributes, body)
    lines = stored(collector.archive, offset)
    assert CANARY not in "".join(lines)
    if kept is None:
        assert lines == []
        return
    (logs,) = json.loads(lines[0])["resourceLogs"]
    (entry,) = logs["scopeLogs"][0]["logRecords"]
    assert entry["eventName"] == name
    assert plain(entry["attributes"]) == BASE | kept
