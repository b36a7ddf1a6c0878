"""`mlflow-usage forget`: a person's request that everything of this installation be erased, here and at the endpoint."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Final

import click

from mlflow_usage.cli import clearing
from mlflow_usage.consent.decision import Decision, current
from mlflow_usage.consent.mode import Mode
from mlflow_usage.insight.status import many
from mlflow_usage.installation import identity, state

POLICIES: Final = ("machine policy", "environment policy")


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object; asks for nothing.")
def forget(*, yes: bool, as_json: bool) -> None:
    """Ask that everything this installation sent be erased, delete what is waiting, and retire the installation's id.

    It works while usage is off, too: nothing but the request is sent. The request carries the installation's secret, which proves that
    it is yours to make. Until the endpoint has acknowledged it nothing is changed here.

    Example: mlflow-usage forget --yes
    """
    directory = state.locate(os.environ)
    if directory is not None and (problem := state.problem(directory)) is not None:
        raise click.ClickException(f"{problem}: the installation's secret cannot be read")
    secret = identity.read(directory)
    if secret is None and directory is not None and not state.absent(directory / identity.FILE):
        raise click.ClickException(f"{directory / identity.FILE} holds no secret that can be read; `mlflow-usage reset` removes it")
    if directory is None or secret is None:
        _say(
            as_json,
            {"forgotten": False, "installation": None},
            "There is no installation id here, so nothing sent can be asked to be erased.",
        )
        return
    decision = current()
    if reason := forbidden(decision):
        raise click.ClickException(f"nothing was sent and nothing is changed: {reason}")
    if not (yes or as_json or not sys.stdin.isatty()):
        click.confirm(
            f"Ask {decision.endpoint.origin} to erase everything of this installation, and delete what is waiting here?", abort=True
        )
    _forget(directory, secret, decision, as_json=as_json)


def forbidden(decision: Decision) -> str:
    """Why no request may leave: a policy that says so, or no endpoint. A person's own off is no reason: the request is the person's own."""
    for source in decision.sources:
        if source.name.startswith(POLICIES) and source.says in {Mode.OFF, Mode.LOCAL}:
            return f"the {source.name} allows nothing to leave; ask whoever set it, or delete the state directory"
    endpoint = decision.endpoint
    if endpoint.url is None:
        return (
            f"there is no endpoint to ask ({endpoint.problem or 'none'}, from {endpoint.source}); `mlflow-usage reset` retires the id alone"
        )
    said = [source.name for source in decision.sources if source.name.startswith("endpoint: ")]
    return f"there is no endpoint to ask ({said[0].removeprefix('endpoint: ')} says none)" if said else ""


def _forget(directory: Path, secret: identity.Secret, decision: Decision, *, as_json: bool) -> None:
    from mlflow_usage.delivery import audit, erasure  # noqa: PLC0415  the exporter is loaded when there is something to send

    others = sorted({sent.endpoint for sent in audit.read(directory) if sent.outcome == "accepted"} - {decision.endpoint.origin})
    outcome = erasure.send(decision.endpoint, secret, directory, lambda text: click.echo(f"{text} …", err=True), time.sleep)
    if outcome.problem:
        raise click.ClickException(
            f"{decision.endpoint.origin}: {outcome.problem}; the id and what is waiting stay as they were: try again later"
        )
    try:
        identity.reset(directory)
    except OSError as error:
        raise click.ClickException(
            f"the erasure is asked for, but {directory}/{identity.FILE} cannot be removed: {error.strerror}"
        ) from error
    gone = clearing.delete(directory)
    made = None if decision.mode is Mode.OFF else identity.digest(identity.obtain(directory).secret)
    found = {
        "forgotten": True,
        "installation": identity.digest(secret),
        "endpoint": decision.endpoint.origin,
        "deleted_calls": gone.calls,
        "running": gone.running,
        "new_installation": made,
        "other_endpoints": others,
    }
    lines = [
        f"{decision.endpoint.origin} has acknowledged the request to erase everything of installation {found['installation']}.",
        f"Deleted {many(gone.calls, 'call')} that {'was' if gone.calls == 1 else 'were'} waiting. "
        + ("The next recorded call makes a new id." if made is None else f"New id: {made}."),
    ]
    if gone.running:
        them = "1 running program keeps the old id until it ends; what it still sends"
        if gone.running > 1:
            them = f"{gone.running} running programs keep the old id until they end; what they still send"
        lines.append(f"{them} is for the operator to refuse.")
    if others:
        lines.append(
            f"Not asked: {', '.join(others)}, where records went earlier. The request in `mlflow-usage sent` is the proof for its operator."
        )
    _say(as_json, found, "\n".join(lines))


def _say(as_json: bool, found: dict[str, object], text: str) -> None:
    click.echo(json.dumps(found, indent=1) if as_json else text)
