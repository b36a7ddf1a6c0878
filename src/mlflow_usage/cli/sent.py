"""`mlflow-usage sent`: everything that has left this machine."""

from __future__ import annotations

import json

import click

from mlflow_usage.cli.request import directory, readable
from mlflow_usage.delivery import audit
from mlflow_usage.insight.status import many
from mlflow_usage.insight.waiting import when


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object for each request, with the OTLP/JSON content.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many requests, newest first.")
def sent(*, as_json: bool, limit: int) -> None:
    """Show what has left this machine, newest first: every byte of the last mebibyte.

    Example: mlflow-usage sent --limit 1
    """
    place = directory()
    requests = list(audit.read(place))[::-1]
    newest, earlier = requests[:limit], len(requests[limit:])
    if not newest and not as_json:
        click.echo("Nothing has been sent.")
    for request in newest:
        time = when(request.time)
        try:
            content = audit.decode(request.body)
        except ValueError as error:
            raise click.ClickException(f"{place}/{audit.FILE} holds a request that cannot be read ({error}); delete the file") from error
        if as_json:
            line = {"time": time, "endpoint": request.endpoint, "status": request.status, "outcome": request.outcome}
            click.echo(json.dumps({**line, "bytes": len(request.body), "content": content}))
            continue
        click.echo(
            click.style(
                f"{time}  {len(request.body)} bytes to {request.endpoint}: {request.outcome} ({request.status or 'no answer'})", bold=True
            )
        )
        for text in list(readable(content)) or ["  no record: `mlflow-usage doctor` asked whether the endpoint answers"]:
            click.echo(text)
    if earlier and not as_json:
        click.echo(f"{many(earlier, 'earlier request')} not shown: --limit {len(requests)} shows all.")
