"""Running it as an operator does."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from pathlib import Path

import pytest
from click.testing import CliRunner

from collector.wall import BASE, Stored, Wall, batch, record, wall
from mlflow_usage.cli.main import main
from mlflow_usage.collector.configuration import CollectorError, sink_names
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.collector.run import start, validate

COMMAND = (sys.executable, "-m", "mlflow_usage", "collector", "run")
PORTS = ("--port", "0", "--health-port", "0", "--metrics-port", "0")
pytestmark = pytest.mark.usefixtures("binary")


@contextmanager
def running(*arguments: str, cwd: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The command in a process of its own, and the line that it says when it is ready."""
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
        (["--sink", "s3"], "there is no sink 's3': choose from archive, gateway, null"),
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


def test_without_a_sink_it_refuses_to_start() -> None:
    with pytest.raises(CollectorError, match="no exporter configuration"):
        validate(Deployment(sinks=()))


@pytest.mark.parametrize("sinks", [chosen for n in range(1, 4) for chosen in combinations(sink_names(), n)], ids="+".join)
def test_every_combination_of_sinks_is_valid(sinks: tuple[str, ...]) -> None:
    arguments = [argument for sink in sinks for argument in ("--sink", sink)]
    result = CliRunner().invoke(main, ["collector", "validate", *arguments, "--gateway", "http://127.0.0.1:1"])
    assert result.exit_code == 0
    assert result.output == "Valid: " + " + ".join(["collector.yaml", "filter.yaml", *(f"sinks/{sink}.yaml" for sink in sinks)]) + "\n"


def test_an_overlay_of_the_operator_is_merged_last_and_checked(tmp_path: Path) -> None:
    overlay = tmp_path / "mine.yaml"
    overlay.write_text("receivers: {otlp: {protocols: {http: {max_request_body_size: 500}}}}\n", encoding="utf-8")
    assert validate(Deployment(overlays=(overlay,)))[-1] == overlay
    with wall(tmp_path / "archive", overlays=(overlay,)) as small:
        assert small.post(b"x" * 501).status == 400
    overlay.write_text("receivers: {otlp: {protocolz: {}}}\n", encoding="utf-8")
    result = CliRunner().invoke(main, ["collector", "validate", "--config", str(overlay)])
    assert result.exit_code == 1
    assert "Error: the configuration is invalid:" in result.stderr
    assert "protocolz" in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_restart_appends_to_the_archive(tmp_path: Path) -> None:
    for index in (1, 2):
        with wall(tmp_path) as collector:
            collector.send(batch(record(attributes=BASE | {"mlflow.usage.count": index})))
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert Stored(200, "", [json.loads(line) for line in lines]).attributes == [BASE | {"mlflow.usage.count": n} for n in (1, 2)]


def test_what_a_killed_collector_acknowledged_is_in_the_archive(tmp_path: Path) -> None:
    with wall(tmp_path) as collector:
        for index in range(1, 51):
            collector.send(batch(record(attributes=BASE | {"mlflow.usage.count": index})))
        collector.collector.process.kill()
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    stored = Stored(200, "", [json.loads(line) for line in lines])
    assert [attributes["mlflow.usage.count"] for attributes in stored.attributes] == list(range(1, 51))


def test_what_a_gateway_acknowledged_survives_its_death_and_its_targets_absence(tmp_path: Path) -> None:
    with start(Deployment(sinks=("null",))) as free:
        target = free.deployment.otlp  # free again, and known, when the block is left
    gateway = Deployment(sinks=("gateway",), settings={"gateway": f"http://{target}", "queue": tmp_path / "queue"})
    with start(gateway) as front:
        for index in range(1, 11):
            Wall(front, tmp_path / "none").send(batch(record(attributes=BASE | {"mlflow.usage.count": index})))
        front.process.kill()
    with wall(tmp_path / "archive", otlp=target) as back, start(gateway):
        deadline = time.monotonic() + 20
        counts: list[int] = []
        while len(set(counts)) < 10 and time.monotonic() < deadline:
            time.sleep(0.2)
            counts = [attributes["mlflow.usage.count"] for attributes in back.since(0).attributes]
    assert set(counts) == set(range(1, 11))


def test_two_sinks_get_the_same(tmp_path: Path) -> None:
    with wall(tmp_path / "second") as second:
        target = f"http://{second.collector.deployment.otlp}"
        settings = {"gateway": target, "queue": tmp_path / "queue"}
        with wall(tmp_path / "first", sinks=("archive", "gateway"), settings=settings) as first:
            sent = first.send(batch()).attributes
            deadline = time.monotonic() + 20
            while not second.size() and time.monotonic() < deadline:
                time.sleep(0.1)
        assert second.since(0).attributes == sent


def test_help_shows_an_example() -> None:
    for command in ("build", "validate", "run"):
        result = CliRunner().invoke(main, ["collector", command, "--help"])
        assert result.exit_code == 0
        assert f"mlflow-usage collector {command}" in result.output
