"""`mlflow-usage preview`: everything that would leave next."""

from __future__ import annotations

import json

import click

from mlflow_usage.cli import directory, request
from mlflow_usage.cli.options import json_option
from mlflow_usage.insight import preview as insight
from mlflow_usage.insight import status


@click.command()
@json_option("the requests as OTLP/JSON")
def preview(*, as_json: bool) -> None:
    """Show the exact next batch of each journal. Nothing is sent or changed; it works while usage is off, too.

    Example: mlflow-usage preview --json
    """
    directory.readable()
    requests = insight.requests()
    if as_json:
        click.echo(json.dumps(requests, indent=1))
        return
    if not requests:
        click.echo("Nothing is waiting.")
    elif (mode := status.gather().mode) != "on":
        click.echo(f"Usage is {mode}: this is kept here and not sent.")
    for content in requests:
        for line in request.lines(content):
            click.echo(line)
