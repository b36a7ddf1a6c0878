"""`mlflow-usage on`, `local`, `off` and `reset`: a person's lasting choices for this installation."""

from __future__ import annotations

import os
from pathlib import Path

import click

from mlflow_usage import endpoint as endpoints
from mlflow_usage import identity, settings, state
from mlflow_usage.consent.decision import current
from mlflow_usage.journal import bounds, files
from mlflow_usage.mode import Mode


@click.command()
@click.option("--endpoint", help="Send to this OTLP/HTTP endpoint from now on; `none` sends nothing.")
def on(*, endpoint: str | None) -> None:
    """Record and send, also where a detection (CI, tests) would turn it off. A policy or variable that says off still wins.

    Example: mlflow-usage on --endpoint http://localhost:4318
    """
    if endpoint is not None and endpoint.strip().lower() != endpoints.NONE and (problem := endpoints.url_problem(endpoint)):
        raise click.BadParameter(problem, param_hint="--endpoint")
    _write(Mode.ON, endpoint)
    _say()


@click.command()
def local() -> None:
    """Record and keep on this machine; send nothing. What is kept is never sent later.

    Example: mlflow-usage local
    """
    _write(Mode.LOCAL)
    _say()


@click.command()
def off() -> None:
    """Record nothing and send nothing, from now on; what is waiting is deleted.

    Example: mlflow-usage off
    """
    directory = _write(Mode.OFF)
    calls, running = 0, 0
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is None:
            running += 1
            continue
        calls += max(0, owned.journal.unacknowledged)
        owned.remove()
    _say()
    click.echo(f"Deleted {calls:,} calls that were waiting.")
    if running:
        click.echo(f"{running} running processes stop and delete theirs within 10 seconds of their next call, or when they end.")


@click.command()
def reset() -> None:
    """Forget this installation's id; the next recorded call makes a new, unrelated one.

    Example: mlflow-usage reset
    """
    directory = _directory()
    try:
        retired = identity.reset(directory)
    except OSError as error:
        raise click.ClickException(f"the installation id in {directory} cannot be removed: {error.strerror}") from error
    click.echo("There was no installation id." if retired is None else "The installation id is forgotten; a new one is made when needed.")


def _directory() -> Path:
    directory = state.locate(os.environ)
    if directory is None:
        raise click.ClickException("there is no home directory to keep settings in; set MLFLOW_USAGE_DIR, or MLFLOW_USAGE=off instead")
    if (problem := state.problem(directory)) is not None:
        raise click.ClickException(f"{problem}; settings cannot be kept there: set MLFLOW_USAGE_DIR, or MLFLOW_USAGE=off instead")
    return directory


def _write(mode: Mode, endpoint: str | None = None) -> Path:
    directory = _directory()
    known = settings.read(directory)
    if mode is not Mode.OFF and known is not None and known.mode is Mode.OFF:
        bounds.clear(directory)  # of a process that was killed before it could delete what it had
    kept = endpoint if endpoint is not None or known is None else known.endpoint
    try:
        settings.write(directory, mode=mode, endpoint=kept)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"{directory}/{settings.FILE} cannot be written: {reason}; set MLFLOW_USAGE=off instead") from error
    return directory


def _say() -> None:
    decision = current()
    where = f", sending to {decision.endpoint.origin}" if decision.mode is Mode.ON else ""
    click.echo(f"Usage is {decision.mode.value}{where} (decided by {decision.source}).")
