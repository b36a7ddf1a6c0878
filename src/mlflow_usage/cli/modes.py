"""`mlflow-usage on`, `local` and `off`: a person's lasting choice for this installation."""

from __future__ import annotations

import json
from pathlib import Path

import click

from mlflow_usage.cli import clearing, directory
from mlflow_usage.cli.options import json_option
from mlflow_usage.consent import endpoint as endpoints
from mlflow_usage.consent import settings
from mlflow_usage.consent.decision import current
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery import audit
from mlflow_usage.insight.words import agree
from mlflow_usage.installation import identity
from mlflow_usage.journal import bounds


@click.command()
@click.option("--endpoint", help="Send to this OTLP/HTTP endpoint from now on; `none` sends nothing.")
@json_option()
def on(*, endpoint: str | None, as_json: bool) -> None:
    """Record and send, also where a detection (CI, tests) would turn usage off. A policy or variable that says off still wins.

    Example: mlflow-usage on --endpoint http://localhost:4318
    """
    if endpoint is not None and endpoint.strip().lower() != endpoints.NONE and (problem := endpoints.url_problem(endpoint)):
        raise click.BadParameter(problem, param_hint="--endpoint")
    _choose(Mode.ON, endpoint)
    where = current().endpoint
    overruled = endpoint is not None and where.source != "settings"
    lines = [f"Your endpoint is saved, but {where.source} decides where records go."] if overruled else []
    _report(*lines, as_json=as_json, chosen=Mode.ON)


@click.command()
@json_option()
def local(*, as_json: bool) -> None:
    """Record and keep on this machine; send nothing. What is kept is never sent later.

    Example: mlflow-usage local
    """
    _choose(Mode.LOCAL)
    _report(as_json=as_json, chosen=Mode.LOCAL)


@click.command()
@json_option()
def off(*, as_json: bool) -> None:
    """Record nothing and send nothing, from now on; delete what is waiting, then look again whether anything is left.

    Example: mlflow-usage off
    """
    place = _choose(Mode.OFF)
    cleared = clearing.clear(place)
    running, remaining = cleared.running, cleared.remaining
    lines = [cleared.text]
    if running:
        them = f"{running} running {agree(running, 'process stops and deletes its own', 'processes stop and delete theirs')}"
        lines.append(f"{them} within 10 seconds of the next call, or at the end.")
    elif not remaining:
        lines.append("Looked again: nothing is waiting.")
    kept = [name for name in (settings.FILE, identity.FILE, audit.FILE, audit.OLDER) if (place / name).exists()]
    lines.append(f"These stay in {place}: {', '.join(kept)}. To have what was sent erased: mlflow-usage forget")
    found = {"deleted_calls": cleared.calls, "deleted_journals": cleared.journals, "running": running, "left": remaining, "kept": kept}
    _report(*lines, as_json=as_json, chosen=Mode.OFF, **found)
    if remaining:
        raise click.ClickException(f"{remaining[0]} cannot be deleted; delete it yourself")


def _choose(mode: Mode, endpoint: str | None = None) -> Path:
    """Save the choice, and return the state directory; an endpoint that is not given stays as it was."""
    place = directory.writable()
    before = settings.read(place)
    if mode is not Mode.OFF and before is not None and before.mode is Mode.OFF:
        bounds.clear(place)  # journals of a process that was killed before it could delete them
    saved = endpoint if endpoint is not None or before is None else before.endpoint
    try:
        settings.write(place, mode=mode, endpoint=saved)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise click.ClickException(f"{place}/{settings.FILE} cannot be written: {reason}; set MLFLOW_USAGE=off instead") from error
    return place


def _report(*lines: str, as_json: bool, chosen: Mode, **more: object) -> None:
    """Print the mode that now holds, which a choice may not decide, and `lines` or, in JSON, `more`."""
    decision = current()
    if decision.mode is not chosen:
        lines = (*lines, f"Your choice, {chosen.value}, is saved, but another source decides: `mlflow-usage status` says how to change it.")
    if as_json:
        click.echo(json.dumps({"mode": decision.mode.value, "decided_by": decision.source, **more}, indent=1))
        return
    where = f", sending to {decision.endpoint.origin}" if decision.mode is Mode.ON else ""
    for line in (f"Usage is {decision.mode.value}{where} (decided by {decision.source}).", *lines):
        click.echo(line)
