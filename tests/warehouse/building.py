"""A hand-made Collector archive: OTLP JSON as the file exporter writes it, and the table read back."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from pathlib import Path
from typing import Any

from deltalake import DeltaTable

from mlflow_usage.warehouse.load import Loader
from mlflow_usage.warehouse.tally import Tally

SECOND = 1_000_000_000
DAY = 86_400 * SECOND
RECEIVED = int(dt.datetime(2026, 11, 20, 12, 34, 56, tzinfo=dt.timezone.utc).timestamp()) * SECOND
RECEIVED_DAY = dt.date(2026, 11, 20)
INSTALLATION = "1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014"
SESSION = "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10"

RESOURCE: dict[str, Any] = {
    "app.installation.id": INSTALLATION,
    "host.arch": "amd64",
    "mlflow.usage.catalogue": 1,
    "os.type": "linux",
    "os.version": "5.10",
    "process.runtime.name": "cpython",
    "process.runtime.version": "3.11.7",
    "service.name": "mlflow",
    "service.version": "3.17.2",
    "session.id": SESSION,
    "telemetry.distro.name": "mlflow-usage",
    "telemetry.distro.version": "0.1.0",
    "telemetry.sdk.language": "python",
    "telemetry.sdk.name": "opentelemetry",
    "telemetry.sdk.version": "1.39.1",
}


def value(given: object) -> dict[str, Any]:
    """An OTLP JSON value."""
    if isinstance(given, bool):
        return {"boolValue": given}
    if isinstance(given, int):
        return {"intValue": str(given)}
    if isinstance(given, float):
        return {"doubleValue": given}
    if isinstance(given, (list, tuple)):
        return {"arrayValue": {"values": [value(item) for item in given]}}
    return {"stringValue": given}


def attributes(given: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value(item)} for key, item in given.items()]


def record(
    event: str = "mlflow.start_run", *, uid: str | None = None, happened: int | None = None, received: int = RECEIVED, **more: Any
) -> dict[str, Any]:
    """A log record; `more` are attributes without their prefix."""
    given = {f"mlflow.usage.{key}": item for key, item in {"count": 1, "store": "FileStore", **more}.items() if item is not None}
    given["log.record.uid"] = uid or f"{uuid.uuid4()}-0"
    return {
        "timeUnixNano": str(received // (3_600 * SECOND) * 3_600 * SECOND if happened is None else happened),
        "observedTimeUnixNano": str(received),
        "severityNumber": 9,
        "attributes": attributes(given),
        "eventName": event,
    }


def document(*records: dict[str, Any], resource: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """A request: `changes` are resource attributes, dots as double underscores."""
    own = {**(RESOURCE if resource is None else resource), **{key.replace("__", "."): item for key, item in changes.items()}}
    return {
        "resourceLogs": [
            {
                "resource": {"attributes": attributes({key: item for key, item in own.items() if item is not None})},
                "scopeLogs": [{"scope": {"name": "mlflow.usage"}, "logRecords": list(records)}],
            }
        ]
    }


def text(*documents: dict[str, Any]) -> bytes:
    """Documents as lines of an archive."""
    return b"".join(json.dumps(each, separators=(",", ":"), ensure_ascii=False).encode() + b"\n" for each in documents)


def batch(number: int, size: int = 3, event: str = "mlflow.start_run", received: int = RECEIVED) -> dict[str, Any]:
    """The document of a batch: the same number makes the same uids."""
    name = uuid.UUID(int=number)
    return document(*(record(event, uid=f"{name}-{index}", received=received) for index in range(size)))


def stored(target: Path | str) -> list[dict[str, Any]]:
    """The table's rows."""
    return DeltaTable(str(target)).to_pyarrow_dataset().to_table(use_threads=False).to_pylist()


def uids(target: Path | str) -> list[str]:
    return sorted(row["uid"] for row in stored(target))


def run(archive: Path, table: Path) -> Tally:
    """Load an archive into a table."""
    return Loader(archive, str(table)).load()
