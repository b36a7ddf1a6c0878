"""`mlflow-usage doctor`: what would keep a call from being counted and delivered."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Final

import click

from mlflow_usage.cli import checks, terminal
from mlflow_usage.cli.checks import Finding
from mlflow_usage.consent.decision import current

COLOURS: Final = {"ok": "green", "note": "yellow", "problem": "red"}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def doctor(context: click.Context, *, as_json: bool) -> None:
    """Look for what would keep a call from being counted and delivered; exits with 1 if there is something.

    Imports MLflow in a process of its own. While usage is on it sends the endpoint one empty request, which holds no record; while it is
    off or local it sends nothing. Being off by choice is no problem.

    Example: mlflow-usage doctor --json
    """
    if sys.stderr.isatty():
        click.echo("Importing MLflow in another process …", err=True)
    found = list(examine())
    healthy = all(finding.grade != "problem" for finding in found)
    if as_json:
        click.echo(json.dumps({"healthy": healthy, "findings": [finding._asdict() for finding in found]}, indent=1))
    else:
        for finding in found:
            first, *more = terminal.folded(finding.text, 22)
            click.echo(
                click.style(f"{finding.grade:<9}", fg=COLOURS[finding.grade]) + click.style(f"{finding.name:<13}", bold=True) + first
            )
            for line in more:
                click.echo(f"{'':<22}{line}")
    if not healthy:
        context.exit(1)


def examine() -> Iterator[Finding]:
    """Every question's answer, in the order in which a call travels."""
    decision = current()
    yield from checks.mlflow()
    yield from checks.mode(decision)
    yield from checks.directory()
    yield from checks.waiting(decision)
    yield from checks.packages()
    yield from checks.endpoint(decision)
