"""`mlflow-usage doctor`: healthy where all is well, and one line for each ill."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import pytest

from mlflow_usage.consent import endpoint
from mlflow_usage.consent.endpoint import stamp
from support.cli_shell import Shell
from support.receiver import Receiver


def findings(output: str) -> dict[str, tuple[str, str]]:
    return {finding["name"]: (finding["grade"], finding["text"]) for finding in json.loads(output)["findings"]}


def test_the_doctor_finds_a_healthy_installation_healthy(shell: Shell, receiver: Receiver) -> None:
    result = shell.run("doctor", "--json", MLFLOW_USAGE_ENDPOINT=receiver.endpoint)
    found = findings(result.stdout)
    assert result.exit_code == 0, found
    assert {grade for grade, _ in found.values()} == {"ok"}
    wrapped, _, of = found["wrapped"][1].split()[:3]
    assert wrapped == of
    assert int(of) > 300
    assert receiver.records() == []
    assert len(receiver.requests) == 1
    assert not shell.directory.exists()


@pytest.mark.parametrize("mode", ["off", "local"])
def test_the_doctor_asks_no_network_of_one_who_chose_not_to_send(shell: Shell, receiver: Receiver, mode: str) -> None:
    result = shell.run("doctor", "--json", MLFLOW_USAGE_ENDPOINT=receiver.endpoint, MLFLOW_USAGE=mode)
    found = findings(result.stdout)
    assert (result.exit_code, found["mode"][0], found["endpoint"][0]) == (0, "note", "note")
    assert receiver.requests == []
    assert not shell.directory.exists()


ILLS: list[tuple[str, dict[str, str], str]] = [
    ("endpoint", {"MLFLOW_USAGE_ENDPOINT": "http://127.0.0.1:9"}, "does not answer"),
    ("endpoint", {"MLFLOW_USAGE_ENDPOINT": "ftp://x"}, "does not start with http"),
    ("endpoint", {"MLFLOW_USAGE_CERTIFICATE": "/nowhere/ca.pem", "MLFLOW_USAGE_ENDPOINT": "https://127.0.0.1:9"}, "cannot be read"),
    ("state", {"MLFLOW_USAGE_DIR": "/dev/null/state"}, ""),
]


@pytest.mark.parametrize(("name", "environ", "text"), ILLS, ids=[f"{row[0]} {row[2]}" for row in ILLS])
def test_the_doctor_says_what_would_stop_delivery(shell: Shell, name: str, environ: dict[str, str], text: str) -> None:
    from mlflow_usage.cli import checks

    shell.monkeypatch.setattr(checks, "mlflow", lambda: iter(()))
    result = shell.run("doctor", **environ)
    assert result.exit_code == 1
    (line,) = [line for line in result.stdout.splitlines() if re.match(f"problem +{name}", line)]
    assert text in line


def test_the_doctor_tells_a_refused_token_and_a_full_stop(shell: Shell, receiver: Receiver) -> None:
    from mlflow_usage.cli import checks
    from mlflow_usage.delivery import stop

    shell.monkeypatch.setattr(checks, "mlflow", lambda: iter(()))
    shell.directory.mkdir(mode=0o700)
    where = endpoint.resolve({"MLFLOW_USAGE_ENDPOINT": receiver.endpoint}, None, None)
    stop.stop(stop.stop_file(shell.directory, stamp(where), shell.said("status")["version"]))
    receiver.reply = (401, {}, b"")
    shown = shell.run("doctor", MLFLOW_USAGE_ENDPOINT=receiver.endpoint).output
    assert "answered 401" in shown
    assert "(410)" in shown


@pytest.mark.parametrize(("apart", "grade"), [(0, "ok"), (-7_200, "note"), (7_200, "note"), (-864_000, "problem"), (864_000, "problem")])
def test_the_doctor_compares_the_clock_with_the_endpoint_s(apart: int, grade: str) -> None:
    from email.utils import formatdate

    from mlflow_usage.cli import checks

    (found,) = checks._clock(formatdate(time.time() + apart, usegmt=True))
    assert found.grade == grade
    assert list(checks._clock("yesterday")) == list(checks._clock(None)) == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("raise RuntimeError('first\\nsecond')", "`import mlflow` fails: RuntimeError: first"),
        ("import sys; sys.exit(3)", "`import mlflow` fails: no output"),
        ("import os; os.write(1, b'7'); os._exit(0)", "`import mlflow` fails: no output"),
    ],
)
def test_the_doctor_says_why_mlflow_cannot_be_imported(shell: Shell, tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "mlflow").mkdir()
    (tmp_path / "mlflow" / "__init__.py").write_text(text)
    shell.monkeypatch.chdir(tmp_path.parent)
    result = shell.run("doctor", "--json", MLFLOW_USAGE_ENDPOINT="none", PYTHONPATH=tmp_path.name)
    assert result.exit_code == 1
    assert findings(result.stdout)["wrapped"] == ("problem", said)


def test_the_doctor_says_that_there_is_no_mlflow(shell: Shell) -> None:
    from mlflow_usage.cli import checks

    shell.monkeypatch.setattr(checks, "DISTRIBUTIONS", ("no-such-distribution",))
    (found,) = checks.mlflow()
    assert found.grade == "problem"
