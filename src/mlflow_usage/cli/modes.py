"""`mlflow-usage on`, `local` and `off`: a person's lasting choice for this installation."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from mlflow_usage.cli import clearing
from mlflow_usage.consent import endpoint as endpoints
from mlflow_usage.consent import settings
from mlflow_usage.consent.decision import current
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery import audit
from mlflow_usage.insight.status import many
from mlflow_usage.installation import identity, state
from mlflow_usage.journal import bounds

JSON: Final[Callable[[Any], Any]] = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@click.option("--endpoint", help="Send to this OTLP/HTTP endpoint from now on; `none` sends nothing.")
@JSON
def on(*, endpoint: str | None, as_json: bool) -> None:
    """Record and send, also where a detection (CI, tests) would turn it off. A policy or variable that says off still wins.

    Example: mlflow-usage on --endpoint http://localhost:4318
    """
    if endpoint is not None and endpoint.strip().lower() != endpoints.NONE and (problem := endpoints.url_problem(endpoint)):
        raise click.BadParameter(problem, param_hint="--endpoint")
    _write(Mode.ON, endpoint)
    where = current().endpoint
    overruled = endpoint is not None and where.source != "settings"
    lines = [f"Your endpoint is kept, but where records go is said by {where.source}."] if overruled else []
    _say(*lines, as_json=as_json, chosen=Mode.ON)


@click.command()
@JSON
def local(*, as_json: bool) -> None:
    """Record and keep on this machine; send nothing. What is kept is never sent later.

    Example: mlflow-usage local
    """
    _write(Mode.LOCAL)
    _say(as_json=as_json, chosen=Mode.LOCAL)


@click.command()
@JSON
def off(*, as_json: bool) -> None:
    """Record nothing and send nothing, from now on; delete what is waiting, and look again whether anything is left.

    Example: mlflow-usage off
    """
    place = _write(Mode.OFF)
    gone = clearing.delete(place)
    running, left = gone.running, gone.left
    lines = [f"Deleted {many(gone.calls, 'call')} that {'was' if gone.calls == 1 else 'were'} waiting."]
    if running:
        them = "1 running process stops and deletes its own" if running == 1 else f"{running} running processes stop and delete theirs"
        lines.append(f"{them} within 10 seconds of the next call, or at the end.")
    elif not left:
        lines.append("Looked again: nothing is waiting.")
    kept = [name for name in (settings.FILE, identity.FILE, audit.FILE, audit.OLDER) if (place / name).exists()]
    lines.append(f"Kept in {place}: {', '.join(kept)}. To have what was sent erased: mlflow-usage forget")
    _say(*lines, as_json=as_json, deleted_calls=gone.calls, deleted_journals=gone.files, running=running, left=left, kept=kept)
    if left:
        raise click.ClickException(f"{left[0]} cannot be deleted; delete it yourself")


def directory() -> Path:
    """The state directory, which settings can be kept in.

    Raises:
        click.ClickException: there is none, or it may not be used.
    """
    place = state.locate(os.environ)
    if place is None:
        raise click.ClickException("there is no home directory to keep settings in; set MLFLOW_USAGE_DIR, or MLFLOW_USAGE=off instead")
    if (problem := state.problem(place)) is not None:
        raise click.ClickException(f"{problem}; settings cannot be kept there: set MLFLOW_USAGE_DIR, or MLFLOW_USAGE=off instead")
    return place


def _write(mode: Mode, endpoint: str | None = None) -> Path:
    place = directory()
    known = settings.read(place)
    if mode is not Mode.OFF and known is not None and known.mode is Mode.OFF:
        bounds.clear(place)  # of a process that was killed before it could delete what it had
    kept = endpoint if endpoint is not None or known is None else known.endpoint
    try:
        settings.write(place, mode=mode, endpoint=kept)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"{place}/{settings.FILE} cannot be written: {reason}; set MLFLOW_USAGE=off instead") from error
    return place


def _say(*lines: str, as_json: bool, chosen: Mode = Mode.OFF, **more: object) -> None:
    decision = current()
    if decision.mode is not chosen:
        lines = (*lines, f"Your choice, {chosen.value}, is kept. `mlflow-usage status` says how to change what decided instead of it.")
    if as_json:
        click.echo(json.dumps({"mode": decision.mode.value, "decided_by": decision.source, **more}, indent=1))
        return
    where = f", sending to {decision.endpoint.origin}" if decision.mode is Mode.ON else ""
    for line in (f"Usage is {decision.mode.value}{where} (decided by {decision.source}).", *lines):
        click.echo(line)
