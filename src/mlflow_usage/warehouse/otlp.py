"""An OTLP JSON document as plain records, one group for each resource.

Decides what of a document is a record, and nothing about what it may hold. It must never fail on a document that parses: whatever has
another form than OTLP is None, or counted as malformed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple

DIGITS: Final = 19  # of the largest 64-bit integer


class Record(NamedTuple):
    """One log record; `attributes` is None where they are not a list of keys and values, a time None where it is not a number."""

    event: object
    attributes: dict[str, object] | None
    happened: int | None  # both times in nanoseconds since 1970
    received: int | None


class Group(NamedTuple):
    """One resource's attributes, its records, and how many records it has that are not objects."""

    resource: dict[str, object] | None
    records: list[Record]
    malformed: int


def groups(document: Mapping[str, object]) -> Iterator[Group]:
    """Yield the groups of a document. Entries that are not objects make a group of their own, without a resource."""
    logs, malformed = _objects(document, "resourceLogs")
    if malformed:
        yield Group(None, [], malformed)
    for log in logs:
        resource = log.get("resource")
        given = _attributes(resource.get("attributes")) if isinstance(resource, dict) else {}
        scopes, malformed = _objects(log, "scopeLogs")
        records: list[Record] = []
        for scope in scopes:
            found, more = _objects(scope, "logRecords")
            records += map(_record, found)
            malformed += more
        yield Group(given, records, malformed)


def _record(record: Mapping[str, object]) -> Record:
    times = _integer(record.get("timeUnixNano")), _integer(record.get("observedTimeUnixNano"))
    return Record(record.get("eventName"), _attributes(record.get("attributes")), *times)


def _objects(holder: Mapping[str, object], key: str) -> tuple[list[dict[str, object]], int]:
    """Return the objects of a list, and how many of its items are not objects; a value that is not a list is one such item."""
    value = holder.get(key)
    if value is None:
        return [], 0
    listed = value if isinstance(value, list) else [None]
    objects = [item for item in listed if isinstance(item, dict)]
    return objects, len(listed) - len(objects)


def _attributes(listed: object) -> dict[str, object] | None:
    """Return a list of attributes as a map that holds the last of repeated keys, or None if it is not a list of keys and values."""
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
    """Return a 64-bit integer as OTLP JSON writes it: a decimal text, or a number."""
    if type(value) is int:
        return value
    if type(value) is str and len(value) <= DIGITS and value.isascii() and value.removeprefix("-").isdigit():
        return int(value)
    return None
