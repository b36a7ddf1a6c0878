"""`mlflow-usage status`, and `mlflow-usage` alone: this installation on one screen."""

from __future__ import annotations

import json
from typing import Final

import click

from mlflow_usage.cli import terminal
from mlflow_usage.cli.options import json_option
from mlflow_usage.insight.status import Report, gather

NAME: Final = 14  # columns of a line's name
COLOURS: Final = {"on": "green", "local": "yellow", "off": "red"}
SPACED: Final = frozenset({"endpoint", "installation", "waiting", "catalogue", "change it"})  # lines with a blank one before them


@click.command()
@json_option()
def status(*, as_json: bool = False) -> None:
    """Say whether usage is recorded and sent, what decided it, and what is waiting.

    Example: mlflow-usage status --json
    """
    found = gather()
    if as_json:
        click.echo(json.dumps(found.as_dict(), indent=1))
        return
    for name, text in found.lines():
        if terminal.watched() and name in SPACED:
            click.echo()
        for number, line in enumerate(terminal.folded(text, NAME)):
            click.echo(click.style(f"{'' if number else name:<{NAME}}", bold=True) + _coloured(name, line, found, first=number == 0))


def _coloured(name: str, line: str, found: Report, *, first: bool) -> str:
    if name == "mode" and first:
        return click.style(found.mode, fg=COLOURS[found.mode], bold=True) + line.removeprefix(found.mode)
    if name == "note" or (name == "policy" and any(policy["problem"] for policy in found.policies)):
        return click.style(line, fg="yellow")
    return click.style(line, dim=True) if name in {"", "notice"} else line
