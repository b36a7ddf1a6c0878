"""A request as a person reads it, and the directory that what was sent and what waits is read from.

Decides nothing.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from mlflow_usage.installation import state


def directory() -> Path | None:
    """The state directory, or None where there is no home.

    Raises:
        click.ClickException: it may not be used.
    """
    place = state.locate(os.environ)
    if place is not None and (problem := state.problem(place)) is not None:
        raise click.ClickException(f"{problem}; nothing that is there is read or sent")
    return place


def readable(request: Mapping[str, Any]) -> Iterator[str]:
    """The lines of a request: the resource once, then a line for each record."""
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
