"""The `mlflow` command: one call for each command whose body is entered, and output that does not differ by one character."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import types
import urllib.request
from pathlib import Path

import pytest

from support.process_stage import Stage

MLFLOW = Path(sys.executable).with_name("mlflow")
PROJECT = """name: tiny
entry_points:
  main:
    command: "{python} train.py"
"""
TRAIN = "import mlflow\nmlflow.log_metric('a', 1)\n"

# One process for everything: importing MLflow's command line takes seconds. Prints what a person would see.
PROGRAM = """
import json
from unittest import mock

import click
from click.testing import CliRunner
from mlflow.cli import cli

runner, seen = CliRunner(), []

def give(*arguments, group=cli):
    result = runner.invoke(group, arguments)
    seen.append([arguments, result.exit_code, result.output])

runner.invoke(cli, ["experiments", "search"])     # makes the database, and says so
give("--version")
give("--help")
give("models", "--help")
give("experiments", "search", "--help")
give("experiments")
give("experiments", "search", "--no-such-option")  # refused by click: no body is entered
give("no-such-command")
give("experiments", "search")
give("experiments", "create")                      # refused by click: an option is missing
give("experiments", "get")                         # refused by the body
with mock.patch("mlflow.server._run_server"):
    give("server", "--port", "5999")
    give("ui", "--port", "5999")
try:
    cli(["runs", "describe", "--run-id", "none"], standalone_mode=False)
except Exception as error:
    seen.append([type(error).__name__])

# A person's own command that gives MLflow's.
searched = cli.commands["experiments"].commands["search"]
@click.command()
@click.pass_context
def own(context):
    context.invoke(searched, view="active_only")
give(group=own)

# What somebody else has attached, also under a name of MLflow's own.
@click.command()
def acme_secret_tool():
    click.echo("ours")
cli.add_command(acme_secret_tool)
cli.commands["runs"].add_command(acme_secret_tool, name="list")
give("acme-secret-tool")
give("runs", "list")

# MLflow on its own account: a module of MLflow enters the body, as its MCP server does; a child of `mlflow.run(synchronous=False)`.
inside = {"__name__": "mlflow.mcp.server", "searched": searched, "runner": runner, "cli": cli}
exec("runner.invoke(searched)", inside)
with mock.patch("mlflow.projects.run"):
    give("run", ".", "--run-id", "0" * 32)
    give("run", ".")
# A group that has a body enters it on the way to its command, too.
give("autolog", "claude", "stop-hook")
give("autolog", "claude", "--status")

import inspect
bodies = [searched.callback, cli.commands["server"].callback]
seen.append([[body.__name__, body.__module__, str(inspect.signature(body)), inspect.getsource(body)[:80]] for body in bodies])
print(json.dumps(seen))
"""
COUNTED = {
    "mlflow.cli.experiments.search": 3,
    "mlflow.cli.experiments.get": 1,
    "mlflow.cli.server": 2,
    "mlflow.cli.runs.describe": 1,
    "mlflow.cli.run": 1,
    "mlflow.cli.autolog.claude": 1,
}


def test_a_command_counts_when_its_body_is_entered(stage: Stage) -> None:
    counted = stage.run(PROGRAM)
    assert counted.returncode == 0, counted.stderr[-4000:]
    assert b"acme" not in b"".join(path.read_bytes() for path in stage.state.rglob("*") if path.is_file())
    stage.drain()
    assert stage.receiver.calls() == COUNTED
    stores = {record["event"]: record.get("mlflow.usage.store") for _, record in stage.receiver.records()}
    assert set(stores.values()) == {"SqlAlchemyStore"}

    without = stage.run(PROGRAM, MLFLOW_USAGE="off")
    assert json.loads(counted.stdout.splitlines()[-1]) == json.loads(without.stdout.splitlines()[-1])
    assert stage.receiver.calls() == COUNTED


def give(stage: Stage, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
    """A command line as a person types it."""
    path = f"{MLFLOW.parent}{os.pathsep}{os.environ['PATH']}"
    command = [str(MLFLOW), *arguments]
    return subprocess.run(command, env=stage.environment(PATH=path, **extra), cwd=stage.place, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_what_a_person_s_shell_gives_is_counted(stage: Stage) -> None:
    assert give(stage, "experiments", "search").returncode == 0
    assert give(stage, "models", "--help").returncode == 0
    assert give(stage, "experiments", "search", "--no-such-option").returncode == 2
    module = subprocess.run([sys.executable, "-m", "mlflow", "runs", "list"], env=stage.environment(), capture_output=True, check=False)
    assert module.returncode == 2  # an option is missing
    module = subprocess.run([sys.executable, "-m", "mlflow", "doctor"], env=stage.environment(), capture_output=True, check=False)
    assert module.returncode == 0
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.cli.experiments.search": 1, "mlflow.cli.doctor": 1}


@pytest.mark.slow
def test_a_project_s_own_calls_are_counted_and_mlflow_s_child_is_not(stage: Stage) -> None:
    (stage.place / "MLproject").write_text(PROJECT.format(python=sys.executable), encoding="utf-8")
    (stage.place / "train.py").write_text(TRAIN, encoding="utf-8")
    result = give(stage, "run", ".", "--env-manager", "local", MLFLOW_DISABLE_ENV_CREATION="true")
    assert result.returncode == 0, result.stderr
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.cli.run": 1, "mlflow.log_metric": 1}

    code = """
import mlflow
submitted = mlflow.run(".", parameters={}, env_manager="local", synchronous=False)  # MLflow runs `mlflow run` in a process of its own
assert submitted.wait()
"""
    result = stage.run(code, PATH=f"{MLFLOW.parent}{os.pathsep}{os.environ['PATH']}")
    assert result.returncode == 0, result.stderr
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.cli.run": 1, "mlflow.run": 1, "mlflow.log_metric": 2}


def answers(port: int) -> bool:
    try:
        return bool(urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5).read() == b"OK")
    except OSError:
        return False


def until(condition: types.FunctionType | types.LambdaType, seconds: float = 120) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.2)
    return False


@pytest.mark.slow
@pytest.mark.parametrize("more", [("--workers", "2"), ("--workers", "1", "--gunicorn-opts", "--timeout 60")], ids=["uvicorn", "gunicorn"])
def test_a_server_is_counted_while_it_runs_and_its_workers_never(stage: Stage, more: tuple[str, ...]) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(MLFLOW), "server", "--host", "127.0.0.1", "--port", str(port), *more]
    # In its own process group: its children end with it.
    with (stage.place / "log").open("w") as log:
        server = subprocess.Popen(command, env=stage.environment(), cwd=stage.place, stdout=log, stderr=log, start_new_session=True)
    try:
        assert until(lambda: answers(port)), (stage.place / "log").read_text()
        assert until(lambda: bool(stage.receiver.calls()))
        assert server.poll() is None
        assert stage.receiver.calls() == {"mlflow.cli.server": 1}
        assert len([name for name in stage.files() if name.endswith(".lock")]) == 1  # the command's own
        client = stage.run(
            'import mlflow; mlflow.set_experiment("a"); mlflow.log_metric("b", 1)', MLFLOW_TRACKING_URI=f"http://127.0.0.1:{port}"
        )
        assert client.returncode == 0, client.stderr
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(60)
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.cli.server": 1, "mlflow.set_experiment": 1, "mlflow.log_metric": 1}
    assert len({resource["session.id"] for resource, _ in stage.receiver.records()}) == 2
