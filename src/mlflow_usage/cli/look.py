"""`mlflow-usage preview` and `sent`: everything that would leave, or has left."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import click

from mlflow_usage import report, state
from mlflow_usage.delivery import audit


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the requests as OTLP/JSON.")
def preview(*, as_json: bool) -> None:
    """Show the exact next batch of each journal; nothing is sent or changed, and it works while off.

    Example: mlflow-usage preview --json
    """
    _directory()
    requests = report.preview()
    if as_json:
        click.echo(json.dumps(requests, indent=1))
        return
    if not requests:
        click.echo("Nothing is waiting.")
    elif (mode := report.gather().mode) != "on":
        click.echo(f"Usage is {mode}: this is kept here and not sent.")
    for request in requests:
        for line in readable(request):
            click.echo(line)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each request, with the OTLP/JSON content.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many requests, newest first.")
def sent(*, as_json: bool, limit: int) -> None:
    """Show what has left this machine, newest first: every byte of the last mebibyte.

    Example: mlflow-usage sent --limit 1
    """
    directory = _directory()
    requests = list(audit.read(directory))[::-1]
    newest, earlier = requests[:limit], len(requests[limit:])
    if not newest and not as_json:
        click.echo("Nothing has been sent.")
    for request in newest:
        when = datetime.fromtimestamp(request.time, timezone.utc).isoformat(timespec="seconds")
        try:
            content = audit.decode(request.body)
        except ValueError as error:
            raise click.ClickException(
                f"{directory}/{audit.FILE} holds a request that cannot be read ({error}); delete the file"
            ) from error
        if as_json:
            line = {"time": when, "endpoint": request.endpoint, "status": request.status, "outcome": request.outcome}
            click.echo(json.dumps({**line, "bytes": len(request.body), "content": content}))
            continue
        click.echo(
            click.style(
                f"{when}  {len(request.body)} bytes to {request.endpoint}: {request.outcome} ({request.status or 'no answer'})", bold=True
            )
        )
        for text in list(readable(content)) or ["  no record: `mlflow-usage doctor` asked whether the endpoint answers"]:
            click.echo(text)
    if earlier and not as_json:
        click.echo(f"{report.many(earlier, 'earlier request')} not shown: --limit {len(requests)} shows all.")


def _directory() -> Path | None:
    directory = state.locate(os.environ)
    if directory is not None and (problem := state.problem(directory)) is not None:
        raise click.ClickException(f"{problem}; nothing that is there is read or sent")
    return directory


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
