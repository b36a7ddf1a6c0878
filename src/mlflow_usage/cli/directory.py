"""The state directory, as a command reads it and writes it.

Decides which line a person reads where the directory must not be used. It creates nothing.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import click

from mlflow_usage.installation import state

INSTEAD: Final = "set MLFLOW_USAGE_DIR, or MLFLOW_USAGE=off instead"


def readable(otherwise: str = "nothing in it is read or sent") -> Path | None:
    """Return the state directory, or None where there is no home directory.

    Raises:
        click.ClickException: the directory must not be used; `otherwise` says what follows from that.
    """
    place = state.locate(os.environ)
    if place is not None and (problem := state.problem(place)) is not None:
        raise click.ClickException(f"{problem}; {otherwise}")
    return place


def writable() -> Path:
    """Return the state directory, to keep settings in.

    Raises:
        click.ClickException: there is no home directory, or the directory must not be used.
    """
    place = readable(f"settings cannot be kept in it: {INSTEAD}")
    if place is None:
        raise click.ClickException(f"there is no home directory to keep settings in; {INSTEAD}")
    return place
