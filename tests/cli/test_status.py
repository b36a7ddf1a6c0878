"""`mlflow-usage status`: what decided, and every key of the report."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from mlflow_usage.consent import gate
from support.cli_shell import Shell
from support.repository import ROOT

FIELDS = {
    *("mode", "decided_by", "sources", "endpoint", "endpoint_source", "endpoint_problem", "directory", "directory_problem"),
    *("installation", "waiting_calls", "waiting_journals", "kept_calls", "sent_requests", "rejected_records", "last_sent"),
    *("last_answer", "notice", "notice_shown", "catalogue", "version", "lifted", "failures"),
}


def test_the_status_of_a_fresh_installation(shell: Shell) -> None:
    found = shell.said("status")
    assert set(found) >= FIELDS - {"failures"}
    assert (found["mode"], found["decided_by"], found["endpoint"]) == ("on", "default", "http://localhost:4318")
    assert (found["installation"], found["waiting_calls"], found["sent_requests"], found["notice_shown"]) == (None, 0, 0, False)
    assert found["directory"] == str(shell.directory)
    assert not shell.directory.exists()
    lines = shell.run("status").output.splitlines()
    assert lines[0].split() == ["mode", "on,", "decided", "by", "default"]
    assert all("None" not in line for line in lines)


@pytest.mark.parametrize(
    ("environ", "mode", "decided"),
    [
        ({"MLFLOW_USAGE": "off"}, "off", "MLFLOW_USAGE"),
        ({"DO_NOT_TRACK": "1"}, "off", "DO_NOT_TRACK"),
        ({"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_USAGE": "on"}, "off", "MLFLOW_DISABLE_TELEMETRY"),
        ({"CI": "true"}, "off", "continuous integration"),
        ({"MLFLOW_USAGE": "local"}, "local", "MLFLOW_USAGE"),
        ({"MLFLOW_USAGE_ENDPOINT": "none"}, "local", "MLFLOW_USAGE_ENDPOINT"),
        ({"MLFLOW_USAGE_ENDPOINT": "ftp://x"}, "local", "MLFLOW_USAGE_ENDPOINT"),
        ({"CI": "true", "MLFLOW_USAGE": "on"}, "on", "default"),
    ],
)
def test_the_status_says_what_decided(shell: Shell, environ: dict[str, str], mode: str, decided: str) -> None:
    found = shell.said("status", **environ)
    assert found["mode"] == mode
    assert decided in found["decided_by"] or mode == "on"
    assert decided in shell.run("status", **environ).output or mode == "on"
    assert not shell.directory.exists()


def test_a_program_asks_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import mlflow_usage

    monkeypatch.setenv("MLFLOW_USAGE_DIR", str(tmp_path / "state"))
    monkeypatch.setenv("MLFLOW_USAGE", "off")
    report = mlflow_usage.status()
    assert (report.mode, report.decided_by) == ("off", "variable MLFLOW_USAGE=off")
    assert str(report).startswith("mode          off, decided by variable MLFLOW_USAGE=off")
    assert mlflow_usage.preview() == []
    assert mlflow_usage.flush() is True


def test_the_status_says_which_policy_sets_what(shell: Shell, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    shell.monkeypatch.setattr(gate, "machine_policy", lambda: str(path))
    path.write_text('endpoint = "https://usage.example.org"\nheaders = { Authorization = "Bearer s3cret" }\nbuiltin = "off"\n')
    (found,) = shell.said("status")["policies"]
    assert found["sets"] == ["endpoint https://usage.example.org", "header authorization", "builtin off"]
    shown = shell.run("status").output
    assert "s3cret" not in shown + json.dumps(found)
    assert "MLflow's own telemetry is silenced" in shown
    assert "endpoint: its policy alone" in shown
    path.write_text('mode = "quiet"\n')
    assert "invalid, hence off: mode is not on, local or off" in shell.run("status").output
    assert "only whoever may write that file" in shell.run("status").output


def test_every_key_of_the_status_is_documented() -> None:
    from dataclasses import fields

    from mlflow_usage.insight.status import Report

    page = (ROOT / "docs" / "status.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE) == [field.name for field in fields(Report)]
