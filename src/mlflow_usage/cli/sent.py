"""`mlflow-usage sent`: everything that has left this machine."""

from __future__ import annotations

import json

import click

from mlflow_usage.cli import directory, request
from mlflow_usage.cli.options import json_option
from mlflow_usage.delivery import audit
from mlflow_usage.insight.waiting import when
from mlflow_usage.insight.words import many


@click.command()
@json_option("one JSON object for each request, with the OTLP/JSON content")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many requests, newest first.")
def sent(*, as_json: bool, limit: int) -> None:
    """Show what has left this machine, newest first: every byte of the last mebibyte.

    Example: mlflow-usage sent --limit 1
    """
    place = directory.readable()
    requests = list(audit.read(place))[::-1]
    newest, earlier = requests[:limit], len(requests[limit:])
    if not newest and not as_json:
        click.echo("Nothing has been sent.")
    for left in newest:
        time, size = when(left.time), len(left.body)
        try:
            content = audit.decode(left.body)
        except ValueError as error:
            raise click.ClickException(f"{place}/{audit.FILE} holds a request that cannot be read ({error}); delete the file") from error
        if as_json:
            line = {"time": time, "endpoint": left.endpoint, "status": left.status, "outcome": left.outcome}
            click.echo(json.dumps({**line, "bytes": size, "content": content}))
            continue
        click.echo(click.style(f"{time}  {size} bytes to {left.endpoint}: {left.outcome} ({left.status or 'no answer'})", bold=True))
        for text in list(request.lines(content)) or ["  no record: `mlflow-usage doctor` asked whether the endpoint answers"]:
            click.echo(text)
    if earlier and not as_json:
        click.echo(f"{many(earlier, 'earlier request')} not shown: --limit {len(requests)} shows all.")
