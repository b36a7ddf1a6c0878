"""The command as a whole: help, loading, and one line where something is broken."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from mlflow_usage.cli import main as cli
from mlflow_usage.installation import identity
from support.cli_shell import VARIABLES, Shell


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None, name
            yield from walk(found, (*path, name))


COMMANDS = dict(walk(cli.main))


@pytest.mark.parametrize("path", COMMANDS, ids=" ".join)
def test_every_command_explains_itself_with_an_example(shell: Shell, path: tuple[str, ...]) -> None:
    result = shell.run(*path, "--help")
    assert result.exit_code == 0
    example = [line.strip() for line in result.output.splitlines() if line.strip().startswith("Example: mlflow-usage")]
    assert len(example) == 1
    assert example[0].startswith(f"Example: {' '.join(('mlflow-usage', *path))}") or isinstance(COMMANDS[path], click.Group)
    options = [option for option in COMMANDS[path].params if isinstance(option, click.Option)]
    assert all(option.help for option in options)
    assert not shell.directory.exists()


def test_the_list_of_commands_says_what_each_is_for(shell: Shell) -> None:
    listed = shell.run("--help").output
    for name, place in cli.COMMANDS.items():
        assert f"{name} " in listed
        assert place.help[:40] in listed


@pytest.mark.parametrize("path", [path for path in COMMANDS if path and isinstance(COMMANDS[path], click.Group)], ids=" ".join)
def test_the_list_of_a_group_cuts_nothing_off(shell: Shell, path: tuple[str, ...]) -> None:
    assert not [line for line in shell.run(*path, "--help").output.splitlines()[1:] if line.endswith("...")]


def test_no_command_is_the_status(shell: Shell) -> None:
    assert shell.run().output == shell.run("status").output
    assert shell.run("status").exit_code == 0
    assert shell.said() == shell.said("status")
    assert "goes after the command: mlflow-usage status --json" in shell.fails("--json", "status", code=2)


def test_an_unknown_command_or_option_is_one_line(shell: Shell) -> None:
    assert "'of'" in shell.fails("of", code=2)
    assert "--jsn" in shell.fails("status", "--jsn", code=2)
    assert "Missing argument" in shell.fails("warehouse", "info", code=2)


def test_the_secret_is_never_shown(shell: Shell) -> None:
    secret = identity.obtain(shell.directory).secret
    shell.record("mlflow.log_metric")
    for arguments in (["status"], ["status", "--json"], ["preview"], ["preview", "--json"], ["sent"], ["reset"]):
        assert secret not in shell.run(*arguments).output


def test_the_version_is_the_distribution_s(shell: Shell) -> None:
    from importlib.metadata import version

    assert version("mlflow-usage") in shell.run("--version").output


@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize(
    ("streams", "expected"),
    [
        (">&-", (0, "", "")),
        ("2>&-", (0, "mode ", "")),
        ("<&- >&- 2>&-", (0, "", "")),
        (">/dev/full", (1, "", "Error: No space left on device\n")),
        (">/dev/full 2>/dev/full", (1, "", "")),
    ],
)
def test_output_that_nobody_can_take_is_no_traceback(shell: Shell, streams: str, expected: tuple[int, str, str], unbuffered: str) -> None:
    line = f"exec {sys.executable} -m mlflow_usage status {streams}"
    environ = {**os.environ, "MLFLOW_USAGE_DIR": str(shell.directory), "PYTHONUNBUFFERED": unbuffered}
    result = subprocess.run(["/bin/sh", "-c", line], env=environ, cwd=shell.directory.parent, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout[:5], result.stderr) == expected


def test_a_broken_environment_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "requests.py").write_text("raise ImportError('no requests')")
    environ = {**os.environ, "MLFLOW_USAGE_DIR": str(tmp_path / "state"), "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "mlflow_usage", "preview"]
    result = subprocess.run(command, env=environ, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "Error: no requests: this environment is broken; install mlflow-usage into it again\n"


HEAVY = ("deltalake", "pyarrow", "altair", "duckdb", "vl_convert", "jinja2", "mlflow.", "pandas", "numpy", "yaml")

OPERATORS = ("mlflow_usage.collector", "mlflow_usage.warehouse", "mlflow_usage.site", "mlflow_usage.catalogue.build")

LOADED = """
import runpy, sys
sys.argv = ["mlflow-usage", *sys.argv[1:]]
try:
    runpy.run_module("mlflow_usage", run_name="__main__", alter_sys=True)
except SystemExit as end:
    print("exit", end.code)
print(*sys.modules, sep="\\n", file=sys.stderr)
"""


def test_the_module_is_the_command_and_loads_nothing_of_the_operators_side(tmp_path: Path) -> None:
    environ = {key: value for key, value in os.environ.items() if key not in VARIABLES and not key.startswith(("MLFLOW", "PYTEST"))}
    environ["MLFLOW_USAGE_DIR"] = str(tmp_path / "state")
    result = subprocess.run([sys.executable, "-c", LOADED, "status"], capture_output=True, text=True, check=False, env=environ)
    assert result.stdout.startswith("mode ")
    assert result.stdout.endswith("exit 0\n")
    modules = result.stderr.splitlines()
    assert "mlflow_usage.insight.status" in modules
    assert not [module for module in modules if module.startswith((*HEAVY, *OPERATORS))]
    assert "mlflow" not in modules
