"""A request in OTLP/JSON, as lines that a person reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from typing import Any


def lines(request: Mapping[str, Any]) -> Iterator[str]:
    """Yield the lines of a request: the resource once, then one for each record."""
    for logs in request.get("resourceLogs", ()):
        yield "  " + "  ".join(_pairs(logs["resource"]["attributes"]))
        for record in (record for scope in logs["scopeLogs"] for record in scope["logRecords"]):
            hour = datetime.fromtimestamp(int(record["timeUnixNano"]) / 1e9, timezone.utc)
            yield f"    {hour:%Y-%m-%d %H}:00  {record['eventName']}  " + "  ".join(_pairs(record["attributes"]))


def _pairs(attributes: list[dict[str, Any]]) -> Iterator[str]:
    for attribute in attributes:
        ((kind, value),) = attribute["value"].items()
        if kind == "arrayValue":
            value = ",".join(next(iter(item.values())) for item in value.get("values", ()))
        yield f"{attribute['key'].removeprefix('mlflow.usage.')}={str(value).lower() if kind == 'boolValue' else value}"
