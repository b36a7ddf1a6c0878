"""What the Collector's tests share: OTLP requests as any client could make them, and what the archive then holds."""

from __future__ import annotations

import http.client
import json
import re
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord, ResourceLogs

from mlflow_usage.catalogue.build.model import Attribute
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.collector.run import Collector, start
from mlflow_usage.collector.sinks import Values

BATCH = "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10"
HOUR = 3_600_000_000_000
CALLED = 1_764_000_000_000_000_000 + 1_234_567_891  # some moment within an hour
CANARY = "alice-canary"
RESOURCE: dict[str, Any] = {
    "service.name": "mlflow",
    "service.version": "3.17.2",
    "session.id": "11111111-2222-4333-8444-555555555555",
    "app.installation.id": "ab" * 32,
    "process.runtime.name": "cpython",
    "process.runtime.version": "3.11.7",
    "os.type": "linux",
    "os.version": "5.10",
    "host.arch": "amd64",
    "telemetry.distro.name": "mlflow-usage",
    "telemetry.distro.version": "0.1.0",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.language": "python",
    "telemetry.sdk.version": "1.45.2",
    "mlflow.usage.catalogue": 1,
}
BASE: dict[str, Any] = {"mlflow.usage.count": 3, "log.record.uid": f"{BATCH}-0"}


def sample(attribute: Attribute) -> Any:
    """Return a value that the catalogue allows."""
    if attribute.kind == "boolean":
        return True
    if attribute.kind == "int":
        return attribute.maximum
    if attribute.kind == "enum":
        return attribute.members[0]
    if attribute.kind == "enum[]":
        return sorted(attribute.members)
    return attribute.examples[0]


class Nothing:
    """An OTLP value of no type."""


NOTHING = Nothing()


def value(content: Any) -> AnyValue:
    """Return any Python value as an OTLP value; an `AnyValue` stays as it is."""
    if isinstance(content, AnyValue):
        return content
    made = AnyValue()
    if isinstance(content, bool):
        made.bool_value = content
    elif isinstance(content, int):
        made.int_value = content
    elif isinstance(content, float):
        made.double_value = content
    elif isinstance(content, bytes):
        made.bytes_value = content
    elif isinstance(content, str):
        made.string_value = content
    elif isinstance(content, (list, tuple)):
        made.array_value.SetInParent()
        made.array_value.values.extend(value(item) for item in content)
    elif isinstance(content, Mapping):
        made.kvlist_value.SetInParent()
        made.kvlist_value.values.extend(pairs(content))
    else:
        assert content is NOTHING
    return made


def pairs(attributes: Mapping[str, Any] | list[tuple[str, Any]]) -> list[KeyValue]:
    """Return OTLP attributes. A list of pairs may repeat a key; a value of None leaves its key out."""
    items = attributes.items() if isinstance(attributes, Mapping) else attributes
    return [KeyValue(key=key, value=value(content)) for key, content in items if content is not None]


def record(name: str = "mlflow.start_run", attributes: Mapping[str, Any] | list[tuple[str, Any]] = BASE, **fields: Any) -> LogRecord:
    """Return a record as the client makes it."""
    made: dict[str, Any] = {"event_name": name, "time_unix_nano": CALLED, "observed_time_unix_nano": CALLED, "severity_number": 9} | fields
    return LogRecord(attributes=pairs(attributes), **made)


def batch(*records: LogRecord, resource: Mapping[str, Any] | list[tuple[str, Any]] = RESOURCE) -> ResourceLogs:
    """Return records of one resource."""
    made = ResourceLogs()
    made.resource.attributes.extend(pairs(resource))
    scope = made.scope_logs.add()
    scope.scope.name = "mlflow.usage"
    scope.log_records.extend(records or [record()])
    return made


def request(*batches: ResourceLogs) -> bytes:
    """Return the body of a POST."""
    return ExportLogsServiceRequest(resource_logs=batches).SerializeToString()


@dataclass
class Stored:
    """The result of one request: the answer, and what it added to the archive."""

    status: int
    text: str
    documents: list[dict[str, Any]] = field(default_factory=list)

    @property
    def resources(self) -> list[dict[str, Any]]:
        """The attributes of every stored resource."""
        return [plain(logs["resource"].get("attributes", [])) for document in self.documents for logs in document["resourceLogs"]]

    @property
    def records(self) -> list[dict[str, Any]]:
        """Every stored record."""
        return [
            entry
            for document in self.documents
            for logs in document["resourceLogs"]
            for scope in logs["scopeLogs"]
            for entry in scope["logRecords"]
        ]

    @property
    def attributes(self) -> list[dict[str, Any]]:
        """The attributes of every stored record."""
        return [plain(entry.get("attributes", [])) for entry in self.records]

    @property
    def names(self) -> list[str]:
        """The event of every stored record."""
        return [entry["eventName"] for entry in self.records]


def plain(attributes: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the Python values of stored attributes."""
    return {entry["key"]: _plain(entry["value"]) for entry in attributes}


def _plain(stored: dict[str, Any]) -> Any:
    ((kind, content),) = stored.items()
    if kind == "intValue":
        return int(content)
    if kind == "arrayValue":
        return [_plain(item) for item in content["values"]]
    return content


class Wall:
    """A running Collector with an archive."""

    def __init__(self, collector: Collector, archive: Path) -> None:
        self.collector, self.archive = collector, archive

    def size(self) -> int:
        """Return the archive's bytes."""
        file = self.archive / "events.jsonl"
        return file.stat().st_size if file.exists() else 0

    def since(self, before: int, status: int = 200) -> Stored:
        """Return what the archive holds after its first `before` bytes."""
        text = ""
        if self.size() > before:
            with (self.archive / "events.jsonl").open("rb") as stream:
                stream.seek(before)
                text = stream.read().decode()
        return Stored(status, text, [json.loads(line) for line in text.splitlines()])

    def post(
        self,
        body: bytes,
        *,
        kind: str = "application/x-protobuf",
        encoding: str | None = None,
        path: str = "/v1/logs",
        method: str = "POST",
    ) -> Stored:
        """Send a body unchanged."""
        before = self.size()
        host, _, port = self.collector.deployment.otlp.rpartition(":")
        connection = http.client.HTTPConnection(host, int(port), timeout=30)
        headers = {"Content-Type": kind} | ({"Content-Encoding": encoding} if encoding else {})
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        answer.read()
        connection.close()
        return self.since(before, answer.status)

    def send(self, *batches: ResourceLogs) -> Stored:
        """Send batches; a well-formed request is always accepted."""
        stored = self.post(request(*batches))
        assert stored.status == 200
        assert CANARY not in stored.text
        return stored

    def refused(self) -> int:
        """Return how many records the Collector has refused, by its own metrics."""
        return sum(self.refusals().values())

    def refusals(self) -> Counter[str]:
        """Return how many records each filter has refused."""
        with urllib.request.urlopen(self.collector.metrics, timeout=10) as answer:
            text = answer.read().decode()
        found = re.findall(r'^otelcol_processor_filter_logs_filtered{.*filter="filter/([^"]+)".*} (\S+)$', text, re.MULTILINE)
        return +Counter({name: int(float(count)) for name, count in found})


@contextmanager
def wall(archive: Path, *, settings: Values | None = None, **options: Any) -> Iterator[Wall]:
    """Run a Collector that writes to `archive`."""
    with start(Deployment(settings={"archive": archive, **(settings or {})}, **options)) as collector:
        yield Wall(collector, archive)
