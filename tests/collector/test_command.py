"""`mlflow-usage collector` as an operator runs it."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlflow_usage.cli.main import main
from mlflow_usage.collector.configuration import sink_names

COMMAND = (sys.executable, "-m", "mlflow_usage", "collector", "run")

PORTS = ("--port", "0", "--health-port", "0", "--metrics-port", "0")

pytestmark = pytest.mark.usefixtures("binary")


@contextmanager
def running(*arguments: str, cwd: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Run the command in a process of its own, and yield it with the line that announces it."""
    with subprocess.Popen([*COMMAND, *arguments], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline()
        finally:
            if process.poll() is None:
                process.terminate()


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_it_says_in_one_line_where_it_listens_and_writes_and_ends_when_asked(tmp_path: Path, ending: signal.Signals) -> None:
    with running("--archive", "kept", *PORTS, cwd=tmp_path) as (process, line):
        found = re.match(r"Listening on (http://127\.0\.0\.1:(\d+)), writing to archive (\S+); metrics at (\S+)\.", line)
        assert found is not None
        assert found[3] == str(tmp_path / "kept")
        with socket.create_connection(("127.0.0.1", int(found[2])), timeout=5):
            pass
        process.send_signal(ending)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "", "")
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", int(found[2])), timeout=5)


def test_beside_a_file_of_the_operator_s_it_claims_no_scheme(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("receivers: {otlp: {protocols: {http: {read_timeout: 5s}}}}\n", encoding="utf-8")
    with running("--sink", "null", "--config", "mine.yaml", *PORTS, cwd=tmp_path) as (_, line):
        assert re.match(r"Listening on 127\.0\.0\.1:\d+, writing to null", line)


def test_an_end_by_itself_is_an_error(tmp_path: Path) -> None:
    with running("--sink", "null", *PORTS, cwd=tmp_path) as (process, line):
        assert "null (nothing is kept)" in line
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text(encoding="ascii").split()
        os.kill(int(children[0]), signal.SIGKILL)
        out, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert out == ""
    assert err.startswith("Error: the Collector ended with exit code -9")


@pytest.mark.parametrize("option", ["--port", "--health-port", "--metrics-port"])
def test_a_port_in_use_is_one_line(option: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        ports = [port if PORTS[i - 1] == option else text for i, text in enumerate(PORTS)]
        result = CliRunner().invoke(main, ["collector", "run", "--sink", "null", *ports])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert f"Error: 127.0.0.1:{port} is in use: choose another port" in result.stderr
    assert result.stderr.splitlines()[-1].startswith("Error: ")
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--sink", "nowhere"], f"there is no sink 'nowhere': choose from {', '.join(sink_names())}"),
        (["--sink", "gateway"], "sink gateway needs a destination: give --gateway http://host:4318"),
        (["--sink", "gateway", "--gateway", "collector.example.org"], "the endpoint does not start with http:// or https://"),
        (["--endpoint", "192.0.2.1:0"], "there is no free port at 192.0.2.1: "),
        (["--endpoint", "[2001:db8::1]:0"], "there is no free port at [2001:db8::1]: "),
        (["--endpoint", "4318"], "--endpoint must be host:port, not '4318'"),
        (["--binary", "/etc/hostname"], "/etc/hostname cannot be run: "),
        (["--archive", "/proc/nowhere"], "the Collector ended with exit code 1"),
        (["--port", "70000"], "Invalid value for '--port'"),
    ],
)
def test_a_mistake_is_answered_in_one_line(arguments: list[str], said: str) -> None:
    ports = PORTS[2:] if {"--port", "--endpoint"} & set(arguments) else PORTS
    result = CliRunner().invoke(main, ["collector", "run", *arguments, *ports])
    assert result.exit_code in {1, 2}
    assert said in result.stderr.splitlines()[-1]
    assert "Traceback" not in result.output


def test_another_build_is_the_file_of_that_name_here_and_no_command_of_that_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for place, code in (("true", 3), ("mine", 0)):
        (tmp_path / place).write_text(f"#!/bin/sh\necho {place} of this place\nexit {code}\n", encoding="utf-8")
        (tmp_path / place).chmod(0o755)
    assert CliRunner().invoke(main, ["collector", "validate", "--binary", "mine"]).exit_code == 0
    assert "true of this place" in CliRunner().invoke(main, ["collector", "validate", "--binary", "true"]).output


def test_help_shows_an_example() -> None:
    for command in ("build", "validate", "run"):
        result = CliRunner().invoke(main, ["collector", command, "--help"])
        assert result.exit_code == 0
        assert f"mlflow-usage collector {command}" in result.output
