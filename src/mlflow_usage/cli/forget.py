"""`mlflow-usage forget`: a person's request to erase everything of this installation, here and at the endpoint."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Final

import click

from mlflow_usage.cli import clearing
from mlflow_usage.cli import directory as state_directory
from mlflow_usage.cli.options import json_option
from mlflow_usage.consent.decision import Decision, current
from mlflow_usage.consent.mode import Mode
from mlflow_usage.insight.words import agree
from mlflow_usage.installation import identity, state

POLICIES: Final = ("machine policy", "environment policy")


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
@json_option("one JSON object; asks for no confirmation")
def forget(*, yes: bool, as_json: bool) -> None:
    """Ask the endpoint to erase everything this installation sent, delete what is waiting, and retire the installation's id.

    It works while usage is off, too: nothing but the request is sent. The request carries the installation's secret, which proves that
    it is yours to make. Nothing is changed here until the endpoint has acknowledged it.

    Example: mlflow-usage forget --yes
    """
    directory = state_directory.readable("the installation's secret cannot be read")
    secret = identity.read(directory)
    if secret is None and directory is not None and not state.absent(directory / identity.FILE):
        raise click.ClickException(f"{directory / identity.FILE} holds no secret that can be read; `mlflow-usage reset` removes it")
    if directory is None or secret is None:
        _print({"forgotten": False, "installation": None}, "There is no installation id here, so nothing to erase.", as_json=as_json)
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
    """Return why no request may leave: a policy forbids it, or there is no endpoint. A person's own off does not forbid it."""
    for source in decision.sources:
        if source.name.startswith(POLICIES) and source.says in {Mode.OFF, Mode.LOCAL}:
            return f"the {source.name} allows nothing to leave; ask whoever set it, or delete the state directory"
    endpoint = decision.endpoint
    if endpoint.url is None:
        return (
            f"there is no endpoint to ask ({endpoint.problem or 'none'}, from {endpoint.source}); `mlflow-usage reset` retires the id alone"
        )
    sources = [source.name for source in decision.sources if source.name.startswith("endpoint: ")]
    return f"there is no endpoint to ask ({sources[0].removeprefix('endpoint: ')} says none)" if sources else ""


def _forget(directory: Path, secret: identity.Secret, decision: Decision, *, as_json: bool) -> None:
    from mlflow_usage.delivery import audit, erasure  # noqa: PLC0415  loads the exporter, which only this step needs

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
    cleared = clearing.clear(directory)
    made = None if decision.mode is Mode.OFF else identity.digest(identity.obtain(directory).secret)
    found = {
        "forgotten": True,
        "installation": identity.digest(secret),
        "endpoint": decision.endpoint.origin,
        "deleted_calls": cleared.calls,
        "running": cleared.running,
        "new_installation": made,
        "other_endpoints": others,
    }
    lines = [
        f"{decision.endpoint.origin} has acknowledged the request to erase everything of installation {found['installation']}.",
        f"{cleared.text} " + ("The next recorded call makes a new id." if made is None else f"New id: {made}."),
    ]
    if cleared.running:
        them = agree(cleared.running, "program keeps the old id until it ends", "programs keep the old id until they end")
        still = agree(cleared.running, "what it still sends", "what they still send")
        lines.append(f"{cleared.running} running {them}; it is for the operator to refuse {still}.")
    if others:
        lines.append(f"Not asked: {', '.join(others)}, where records went earlier.")
        lines.append("The request in `mlflow-usage sent` is your proof for their operators.")
    _print(found, "\n".join(lines), as_json=as_json)


def _print(found: dict[str, object], text: str, *, as_json: bool) -> None:
    click.echo(json.dumps(found, indent=1) if as_json else text)
