"""`mlflow-usage preview`: everything that would leave next."""

from __future__ import annotations

import json

import click

from mlflow_usage.cli.request import directory, readable
from mlflow_usage.insight import preview as insight
from mlflow_usage.insight import status


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the requests as OTLP/JSON.")
def preview(*, as_json: bool) -> None:
    """Show the exact next batch of each journal; nothing is sent or changed, and it works while off.

    Example: mlflow-usage preview --json
    """
    directory()
    requests = insight.requests()
    if as_json:
        click.echo(json.dumps(requests, indent=1))
        return
    if not requests:
        click.echo("Nothing is waiting.")
    elif (mode := status.gather().mode) != "on":
        click.echo(f"Usage is {mode}: this is kept here and not sent.")
    for request in requests:
        for line in readable(request):
            click.echo(line)
