"""`mlflow-usage catalogue`: everything that may ever be collected, and what changes between two catalogues.

Decides how both are shown. It must never read the catalogue's YAML sources, which need packages that a user's machine lacks.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any, Final, NoReturn

import click

from mlflow_usage.catalogue.scope import Change, ScopeError, changes
from mlflow_usage.cli.options import json_option, refuse_json_before

CATALOGUE: Final = Path(__file__).parent.parent / "catalogue" / "catalogue.json"
WIDER, UNREADABLE = 1, 2  # exit codes
TITLES: Final = {"wider": "Wider: more is collected", "narrower": "Narrower: less is collected", "neither": "Neither wider nor narrower"}


@click.group(invoke_without_command=True)
@json_option("the whole catalogue as JSON")
@click.pass_context
def group(context: click.Context, *, as_json: bool) -> None:
    """List everything that may ever be collected; `diff` says what changes between two catalogues.

    Example: mlflow-usage catalogue --json
    """
    if context.invoked_subcommand is None:
        _list(as_json=as_json)
    elif as_json:
        refuse_json_before(f"catalogue {context.invoked_subcommand} …")


@group.command("list", short_help="List everything that may ever be collected.")
@json_option("the whole catalogue as JSON")
def list_(*, as_json: bool) -> None:
    """List everything that may ever be collected, and what is under review.

    Example: mlflow-usage catalogue list
    """
    _list(as_json=as_json)


def _list(*, as_json: bool) -> None:
    text = CATALOGUE.read_text(encoding="utf-8")
    if as_json:
        click.echo(text, nl=False)
        return
    content = json.loads(text)
    click.echo(click.style(f"Catalogue revision {content['revision']}: {len(content['events'])} events", bold=True))
    for title, part in (("With every batch", "resource"), ("With a record", "attributes"), ("Events", "events")):
        click.echo(click.style(f"\n{title}", bold=True))
        for name, entry in content[part].items():
            click.echo(f"  {name:<40}  {entry['brief']}")
    pending = content["pending"]
    lines = [f"  {name:<40}  {entry['brief']}" for part in ("resource", "attributes", "events") for name, entry in pending[part].items()]
    lines += [f"  {name:<40}  {', '.join(values)}" for part in ("members", "carried") for name, values in pending[part].items()]
    click.echo(click.style("\nUnder review, not collected", bold=True))
    for line in lines or ["  nothing"]:
        click.echo(line)


@group.command(short_help="Say what changes between two catalogues.")
@click.argument("old", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@json_option("the changes as JSON")
def diff(*, old: Path, new: Path, as_json: bool) -> None:
    """Say in plain words what changes between two catalogues, and which review covers it.

    OLD and NEW are files that `mlflow-usage catalogue --json` printed. Elements under review are not collected, and not compared.

    Exits with 0 where nothing is wider, 1 where more is collected, 2 where a file cannot be read.

    Example: mlflow-usage catalogue diff old.json new.json
    """
    before, after = _read(old), _read(new)
    try:
        found = changes(before, after)
    except (ScopeError, AttributeError, TypeError) as error:
        _fail(f"{old}, {new}: {error if isinstance(error, ScopeError) else 'not two catalogues'}")
    wider = any(change.effect == "wider" for change in found)
    if as_json:
        listed = [{key: value for key, value in change._asdict().items() if key != "value"} for change in found]
        revisions = {"old_revision": before.get("revision"), "new_revision": after.get("revision")}
        click.echo(json.dumps({**revisions, "wider": wider, "changes": listed}, indent=1))
    else:
        _print(before, after, found)
    sys.exit(WIDER if wider else 0)


def _print(before: dict[str, Any], after: dict[str, Any], found: list[Change]) -> None:
    click.echo(f"From revision {before.get('revision', '?')} to revision {after.get('revision', '?')}.")
    if not found:
        click.echo("The same is collected.")
    for effect, title in TITLES.items():
        matching = [change for change in found if change.effect == effect]
        if matching:
            click.echo(click.style(f"\n{title}", bold=True))
        for change in matching:
            click.echo(f"  {change.entry}: {change.text}")
            if effect == "wider":
                click.echo(f"    review: {change.review or 'none'}")
    if any(change.effect == "wider" for change in found) and before.get("revision") == after.get("revision"):
        click.echo("\nThe revision is the same: nobody would be told. A wider scope needs a higher one.")


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_bytes())
    except OSError as error:
        _fail(f"{path}: {error.strerror or error}")
    except (ValueError, RecursionError):
        _fail(f"{path}: not JSON; make it with `mlflow-usage catalogue --json`")
    if not isinstance(content, dict):
        _fail(f"{path}: not a catalogue; make one with `mlflow-usage catalogue --json`")
    return content


def _fail(message: str) -> NoReturn:
    click.echo(f"Error: {message}", err=True)
    sys.exit(UNREADABLE)
