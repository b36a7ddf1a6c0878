"""The option `--json`, which every command that reports something has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])


def json_option(what: str = "one JSON object") -> Callable[[Command], Command]:
    """Return the option, the parameter `as_json` of a command; `what` says what it prints."""
    return click.option("--json", "as_json", is_flag=True, help=f"Print {what}.")


def refuse_json_before(command: str) -> NoReturn:
    """End a group whose `--json` was given before `command`, where it would have no effect."""
    raise click.UsageError(f"--json goes after the command: mlflow-usage {command} --json")
