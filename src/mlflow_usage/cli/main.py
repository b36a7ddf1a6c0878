"""The command `mlflow-usage`: the table of its commands.

Decides which module serves which command. It must never import another one: a user's `mlflow-usage status` loads nothing of the
operator's side.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

import click

from mlflow_usage.cli.options import json_option, refuse_json_before


class Command(NamedTuple):
    """A command by its module and attribute, and its line in the help, which is shown without importing it."""

    module: str
    attribute: str
    help: str


COMMANDS: Final = {
    "status": Command("status", "status", "Say whether usage is recorded and sent, and what decided it."),
    "preview": Command("preview", "preview", "Show the exact next batch; nothing is sent."),
    "explain": Command("explain", "explain", "Say what one event means, which functions count for it, and who allowed it."),
    "sent": Command("sent", "sent", "Show what has left this machine, newest first."),
    "catalogue": Command("catalogue", "group", "List everything that may ever be collected; compare two catalogues."),
    "on": Command("modes", "on", "Record and send."),
    "local": Command("modes", "local", "Record and keep on this machine."),
    "off": Command("modes", "off", "Record nothing, send nothing, delete what is waiting."),
    "reset": Command("reset", "reset", "Forget this installation's id."),
    "forget": Command("forget", "forget", "Ask that everything this installation sent be erased."),
    "doctor": Command("doctor", "doctor", "Look for what would keep a call from being counted and delivered."),
    "collector": Command("collector", "group", "For operators: build, check and run the Collector."),
    "warehouse": Command("warehouse", "group", "For operators: load the Collector's archive into a Delta table."),
    "site": Command("site", "group", "For operators: build the public pages."),
}
STREAMS: Final = ("stdin", "stdout", "stderr")


class LazyGroup(click.Group):
    """A group that imports a command when it is run."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  click's signature
        """Run, also where a stream is closed from the start, or where the output cannot be written."""
        for name in STREAMS:
            if getattr(sys, name) is None:
                _silence(name)
        try:
            try:
                return super().main(*args, **extra)
            finally:
                sys.stdout.flush()  # a buffered stream would fail only at the interpreter's exit, which makes the exit code 120
        except OSError as error:  # a command reports what it foresees itself
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"{where}{error.strerror or error}")
        except ImportError as error:
            _fail(f"{error}: this environment is broken; install mlflow-usage into it again")

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Return the commands in the order of a person's questions."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import the command's module and return the command."""
        row = COMMANDS.get(cmd_name)
        if row is None:
            return None
        command: Any = getattr(importlib.import_module(f"mlflow_usage.cli.{row.module}"), row.attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """List the commands from the table, without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, row.help) for name, row in COMMANDS.items()])


def _fail(message: str) -> NoReturn:
    _silence("stdout")  # at exit the interpreter would try again to write what is buffered
    try:
        click.echo(f"Error: {message}", err=True)
    except OSError:
        _silence("stderr")
    sys.exit(1)


def _silence(name: str) -> None:
    """Replace a stream by the null device. Opening it takes a closed stream's descriptor, which a file of ours must not get."""
    setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115  as long as the process


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.version_option(package_name="mlflow-usage")
@json_option("the status as one JSON object")
@click.pass_context
def main(context: click.Context, *, as_json: bool) -> None:
    """Anonymous usage telemetry for MLflow: look at it, choose, operate it.

    Without a command it prints the status of this installation.

    Example: mlflow-usage off
    """
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        context.color = False
    if context.invoked_subcommand is None:
        command = main.get_command(context, "status")
        assert command is not None  # noqa: S101  it is in the table
        context.invoke(command, as_json=as_json)
    elif as_json:
        refuse_json_before(context.invoked_subcommand)
