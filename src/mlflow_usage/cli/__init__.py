"""The command `mlflow-usage`.

Decides which module serves which command, and loads only that one: a user's `mlflow-usage status` imports nothing of the operator's side.
"""

from __future__ import annotations

import importlib
from typing import Any, Final

import click

# command -> module of this package and attribute
COMMANDS: Final = {
    "status": "status:status",
    "preview": "look:preview",
    "sent": "look:sent",
    "catalogue": "look:catalogue",
    "on": "choose:on",
    "local": "choose:local",
    "off": "choose:off",
    "reset": "choose:reset",
    "collector": "collector:group",
    "warehouse": "warehouse:group",
    "site": "site:group",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """The commands, in the order of a person's questions."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import the command's module and return the command."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: Any = getattr(importlib.import_module(f"mlflow_usage.cli.{module}"), attribute)
        return command if isinstance(command, click.Command) else None


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.version_option(package_name="mlflow-usage")
@click.pass_context
def main(context: click.Context) -> None:
    """Anonymous usage telemetry for MLflow: look at it, choose, operate it.

    Without a command it prints the status of this installation.

    Example: mlflow-usage off
    """
    if context.invoked_subcommand is None:
        command = main.get_command(context, "status")
        assert command is not None  # noqa: S101  it is in the table above
        context.invoke(command)
