"""The command `mlflow-usage`.

Decides which module serves which command, and loads only that one: a user's `mlflow-usage status` imports nothing of the operator's side.
"""

from __future__ import annotations

import importlib
import os
import sys
from pathlib import Path
from typing import Any, Final, NamedTuple, NoReturn

import click


class Command(NamedTuple):
    """Where a command is: module of this package and attribute; and its line in the help, which must not import it."""

    module: str
    attribute: str
    help: str


COMMANDS: Final = {
    "status": Command("status", "status", "Say whether usage is recorded and sent, and what decided it."),
    "preview": Command("preview", "preview", "Show the exact next batch; nothing is sent."),
    "explain": Command("explain", "explain", "Say what one event is, which functions count for it, and who allowed it."),
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
    """A group whose commands are imported when they are asked for."""

    def main(self, *args: Any, **extra: Any) -> Any:  # noqa: ANN401  click's signature
        """Run, also where a stream was closed before, or where what is printed cannot be written."""
        for name in STREAMS:
            if getattr(sys, name) is None:
                _silence(name)
        try:
            try:
                return super().main(*args, **extra)
            finally:
                sys.stdout.flush()  # a buffered stream would fail only at the interpreter's exit, which makes the exit code 120
        except OSError as error:  # what a command foresees it says itself
            where = f"{error.filename}: " if error.filename else ""
            _fail(f"{where}{error.strerror or error}")
        except ImportError as error:
            _fail(f"{error}: this environment is broken; install mlflow-usage into it again")

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  click's signature
        """Name the commands, in the order of a person's questions."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  click's signature
        """Import the command's module and return the command."""
        place = COMMANDS.get(cmd_name)
        if place is None:
            return None
        command: Any = getattr(importlib.import_module(f"mlflow_usage.cli.{place.module}"), place.attribute)
        return command if isinstance(command, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  click's signature
        """List the commands by the table above, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, place.help) for name, place in COMMANDS.items()])


def _fail(message: str) -> NoReturn:
    _silence("stdout")  # what it could not write it would try again at the exit
    try:
        click.echo(f"Error: {message}", err=True)
    except OSError:
        _silence("stderr")
    sys.exit(1)


def _silence(name: str) -> None:
    """Put nothing in a stream's place, at its descriptor where that is free: no file of ours may be opened there and be written into."""
    setattr(sys, name, Path(os.devnull).open("r" if name == "stdin" else "w", encoding="utf-8"))  # noqa: SIM115  as long as the process


@click.group(cls=LazyGroup, invoke_without_command=True)
@click.version_option(package_name="mlflow-usage")
@click.option("--json", "as_json", is_flag=True, help="Print the status as one JSON object.")
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
        assert command is not None  # noqa: S101  it is in the table above
        context.invoke(command, as_json=as_json)
    elif as_json:
        raise click.UsageError(f"--json stands after the command: mlflow-usage {context.invoked_subcommand} --json")
