"""`mlflow-usage doctor`: what would keep a call from being counted and delivered."""

from __future__ import annotations

import json
import sys
from typing import Final

import click

from mlflow_usage.cli import checks, terminal
from mlflow_usage.cli.options import json_option

COLOURS: Final = {"ok": "green", "note": "yellow", "problem": "red"}
GRADE: Final = 9  # columns
NAME: Final = 13


@click.command()
@json_option()
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Look for what would keep a call from being counted and delivered; exit with 1 if there is anything.

    Imports MLflow in another process. While usage is on, sends the endpoint one empty request, which holds no record; while it is off or
    local, sends nothing. Being off by choice is no problem.

    Example: mlflow-usage doctor --json
    """
    if sys.stderr.isatty():
        click.echo("Importing MLflow in another process …", err=True)
    findings = list(checks.examine())
    healthy = all(finding.grade != "problem" for finding in findings)
    if as_json:
        click.echo(json.dumps({"healthy": healthy, "findings": [finding._asdict() for finding in findings]}, indent=1))
    else:
        for finding in findings:
            first, *more = terminal.folded(finding.text, GRADE + NAME)
            grade = click.style(f"{finding.grade:<{GRADE}}", fg=COLOURS[finding.grade])
            click.echo(grade + click.style(f"{finding.name:<{NAME}}", bold=True) + first)
            for line in more:
                click.echo(" " * (GRADE + NAME) + line)
    if not healthy:
        context.exit(1)
