"""`mlflow-usage status`: why it is on or off, and what that means right now."""

from __future__ import annotations

import json

import click

from mlflow_usage import report


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def status(*, as_json: bool = False) -> None:
    """Say whether usage is recorded and sent, what decided it, and what is waiting.

    Example: mlflow-usage status --json
    """
    found = report.gather()
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=1))
        return
    colours = {"on": "green", "local": "yellow", "off": "red"}
    for name, text in found.lines():
        shown = click.style(f"{name:<14}", bold=True)
        if name == "mode":
            text = click.style(found.mode, fg=colours[found.mode], bold=True) + text.removeprefix(found.mode)  # noqa: PLW2901
        click.echo(shown + text)
