"""`mlflow-usage reset`: a new id for the installation."""

from __future__ import annotations

import json

import click

from mlflow_usage.cli import directory
from mlflow_usage.cli.options import json_option
from mlflow_usage.installation import identity


@click.command()
@json_option()
def reset(*, as_json: bool) -> None:
    """Forget this installation's id; the next recorded call makes a new, unrelated one. Nothing that was sent is erased.

    Example: mlflow-usage reset
    """
    place = directory.writable()
    try:
        retired = identity.reset(place)
    except OSError as error:
        raise click.ClickException(f"the installation id in {place} cannot be removed: {error.strerror}") from error
    if as_json:
        click.echo(json.dumps({"retired": None if retired is None else identity.digest(retired)}, indent=1))
        return
    click.echo("There was no installation id." if retired is None else "The installation id is forgotten; a new one is made when needed.")
