"""Records that the OpenTelemetry SDK itself sends, through a plain pipeline."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import pytest
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.resources import Resource

from collector.wall import BASE, CANARY, RESOURCE, Wall

START = "mlflow.start_run"


@dataclass(frozen=True)
class Case:
    """A program's own attributes, and those that are stored where its record is stored."""

    kept: dict[str, Any] | None
    event: str | None = START
    attributes: dict[str, Any] = field(default_factory=dict)
    resource: dict[str, Any] = field(default_factory=dict)
    body: Any = None


CASES = {
    "good": Case({"mlflow.usage.store": "FileStore"}, attributes={"mlflow.usage.store": "FileStore"}),
    "unknown event": Case(None, "mlflow.secret_event"),
    "no event name": Case(None, None),
    "hash of another form": Case(None, resource={"app.installation.id": "alice@corp"}),
    "hash of another type": Case(None, resource={"app.installation.id": 7}),
    "another service": Case(None, resource={"service.name": "evil"}),
    "extra attributes": Case(
        {},
        attributes={"experiment_name": CANARY, "user.email": CANARY},
        resource={"host.name": CANARY, "process.command_line": CANARY},
        body=CANARY,
    ),
    "values outside the enumerations": Case(
        {"mlflow.usage.flavor": "custom_flavor"},
        "mlflow.autolog",
        {"mlflow.usage.flavor": CANARY, "mlflow.usage.disable": CANARY},
        {"os.type": CANARY},
    ),
    "wrong types": Case({}, "mlflow.autolog", {"mlflow.usage.flavor": [CANARY], "mlflow.usage.disable": {CANARY: 1}}, {"os.version": True}),
}


def emit(endpoint: str, case: Case) -> None:
    provider = LoggerProvider(resource=Resource(RESOURCE | case.resource), shutdown_on_exit=False)
    exporter = OTLPLogExporter(endpoint=f"{endpoint}/v1/logs", compression=Compression.Gzip, timeout=5)
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    logger = provider.get_logger(CANARY, CANARY, CANARY, {CANARY: CANARY})
    entry = LogRecord(
        timestamp=time.time_ns(),
        severity_number=SeverityNumber.WARN,
        severity_text=CANARY,
        event_name=case.event,
        attributes=BASE | case.attributes,
        body=case.body,
    )
    logger.emit(entry)
    provider.shutdown()


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_what_the_sdk_sends_is_stored_as_far_as_the_catalogue_names_it(collector: Wall, case: Case) -> None:
    before = collector.size()
    emit(collector.collector.endpoint, case)
    stored = collector.since(before)
    assert CANARY not in stored.text
    assert stored.names == ([] if case.kept is None else [case.event])
    assert stored.attributes == ([] if case.kept is None else [BASE | case.kept])
