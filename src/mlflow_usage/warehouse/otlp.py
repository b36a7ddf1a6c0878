"""From one OTLP JSON document to rows.

Decides what of a document is a record and on which days it happened; the catalogue decides what of a record stays. It must never pass a
value on that `catalogue.check` did not return, fail on any document that parses, or let the client's clock decide anything: a time that
is far from the receipt is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, TypeAlias

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.check import check_record, check_resource
from mlflow_usage.catalogue.deadlines import AHEAD_DAYS, BELIEVED_DAYS
from mlflow_usage.catalogue.rules import judge
from mlflow_usage.warehouse import schema
from mlflow_usage.warehouse.tally import UNKNOWN, Tally

SECOND: Final = 1_000_000_000  # nanoseconds
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
EARLIEST: Final = -BELIEVED_DAYS  # days from the receipt to the oldest time that is believed
LATEST: Final = AHEAD_DAYS
FIRST_DAY: Final = 18_262  # 2020-01-01 and 2100-01-01, in days since 1970: what a Collector's clock can show
LAST_DAY: Final = 47_482
DIGITS: Final = 19  # of the largest 64-bit integer

REVISION: Final = "mlflow.usage.catalogue"
INSTALLATION: Final = "app.installation.id"
RESOURCE: Final = tuple(schema.RESOURCE)
ATTRIBUTES: Final = tuple(schema.ATTRIBUTES)

# The values of `schema.COLUMNS`, in their order: days since 1970, times in microseconds since 1970.
Row: TypeAlias = tuple[object, ...]


def rows(document: Mapping[str, object], tally: Tally) -> list[Row]:
    """The rows of a document; everything in it that is not one is counted in `tally`."""
    found: list[Row] = []
    for group in _entries(document, "resourceLogs", tally):
        resource = group.get("resource")
        given = _attributes(resource.get("attributes")) if isinstance(resource, dict) else {}
        revision = _revision(given)
        records = [
            record for scope in _entries(group, "scopeLogs", tally, revision) for record in _entries(scope, "logRecords", tally, revision)
        ]
        found += _judged(given, revision, records, tally)
    return found


def _judged(given: Mapping[str, object] | None, revision: int, records: list[dict[str, object]], tally: Tally) -> list[Row]:
    found: list[Row] = []
    verdict = check_resource(given) if given is not None else None
    if verdict is None or verdict.refused:
        for _ in records:
            tally.refuse(revision, str(verdict.refused) if verdict else "malformed")
        return found
    for reason in verdict.changed:
        tally.changed[revision, reason] += len(records)
    bucket = str(verdict.attributes[INSTALLATION])[:2]
    resource = tuple(map(verdict.attributes.get, RESOURCE))
    for record in records:
        attributes = _attributes(record.get("attributes"))
        received = _integer(record.get("observedTimeUnixNano")) or 0
        if attributes is None:
            tally.refuse(revision, "malformed")
            continue
        if not FIRST_DAY <= received // DAY < LAST_DAY:
            tally.refuse(revision, "received_time")
            continue
        event = record.get("eventName")
        judged = check_record(event, attributes)
        if judged.refused:
            tally.refuse(revision, judged.refused)
            continue
        tally.read += 1
        for reason in judged.changed:
            tally.changed[revision, reason] += 1
        times = _times(_integer(record.get("timeUnixNano")), received)
        found.append((event, *times, bucket, *resource, *map(judged.attributes.get, ATTRIBUTES)))
    return found


def _times(happened: int | None, received: int) -> tuple[int | None, int | None, int, int]:
    """`event_hour`, `event_day`, `received_day`, `received_time`."""
    day = received // DAY
    arrival = (day, received // SECOND * 1_000_000)
    if happened is None or not EARLIEST <= happened // DAY - day <= LATEST:
        return (None, None, *arrival)
    return (happened // HOUR * 3_600_000_000, happened // DAY, *arrival)


def _revision(attributes: Mapping[str, object] | None) -> int:
    value, _ = judge(tables.RESOURCE[REVISION], (attributes or {}).get(REVISION))
    return value if isinstance(value, int) else UNKNOWN


def _entries(holder: Mapping[str, object], key: str, tally: Tally, revision: int = UNKNOWN) -> list[dict[str, object]]:
    """The objects of a list; what is no object counts as one malformed record."""
    value = holder.get(key)
    if value is None:
        return []
    listed = value if isinstance(value, list) else [None]
    entries = [entry for entry in listed if isinstance(entry, dict)]
    for _ in range(len(listed) - len(entries)):
        tally.refuse(revision, "malformed")
    return entries


def _attributes(listed: object) -> dict[str, object] | None:
    """An attribute list as a map (the last of repeated keys stays), or None if it is not a list of keys and values."""
    if listed is None:
        return {}
    try:
        return {entry["key"]: _value(entry.get("value")) for entry in listed}  # type: ignore[attr-defined]
    except (TypeError, KeyError, AttributeError):
        return None


def _value(wrapped: object) -> object:
    if isinstance(wrapped, dict):
        for kind, value in wrapped.items():
            if kind == "arrayValue" and isinstance(value, dict):
                items = value.get("values", [])
                return [_scalar(item) for item in items] if isinstance(items, list) else None
            return _scalar({kind: value})
    return None


def _scalar(wrapped: object) -> object:
    if isinstance(wrapped, dict):
        for kind, value in wrapped.items():
            if kind in ("stringValue", "boolValue"):
                return value
            return _integer(value) if kind == "intValue" else None
    return None


def _integer(value: object) -> int | None:
    """A 64-bit integer as OTLP JSON writes it: a decimal text, or a number."""
    if type(value) is int:
        return value
    if type(value) is str and len(value) <= DIGITS and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return None
