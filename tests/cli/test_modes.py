"""`mlflow-usage on`, `local` and `off`."""

from __future__ import annotations

import pytest

from mlflow_usage.consent import settings
from mlflow_usage.delivery import audit
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support.cli_shell import RESOURCE, Shell


def test_on_local_and_off_last(shell: Shell) -> None:
    assert shell.run("off").output.splitlines()[0] == f"Usage is off (decided by settings {shell.directory}/settings.toml)."
    assert shell.said("status")["mode"] == "off"
    assert "Usage is local" in shell.run("local").output
    assert shell.said("status")["mode"] == "local"
    assert "Usage is on, sending to http://localhost:4318" in shell.run("on").output
    assert shell.said("status")["mode"] == "on"
    assert shell.said("status", CI="true")["mode"] == "on"
    assert "Usage is off (decided by variable DO_NOT_TRACK" in shell.run("on", DO_NOT_TRACK="1").output
    assert shell.directory.stat().st_mode & 0o777 == 0o700
    assert (shell.directory / "settings.toml").stat().st_mode & 0o777 == 0o600


def test_an_endpoint_is_kept_until_another_is_chosen(shell: Shell) -> None:
    shell.run("on", "--endpoint", "https://collector.example.com")
    shell.run("off")
    shell.run("on")
    assert shell.said("status")["endpoint"] == "https://collector.example.com"
    assert "Usage is local" in shell.run("on", "--endpoint", "none").output
    assert "Your choice, on, is saved, but another source decides" in shell.run("on").output
    assert "Your choice" not in shell.run("local").output
    shell.run("on")
    assert "--endpoint" in shell.fails("on", "--endpoint", "collector.example.com", code=2)
    variable = {"MLFLOW_USAGE_ENDPOINT": "http://127.0.0.1:9"}
    assert "variable MLFLOW_USAGE_ENDPOINT decides where records go" in shell.run("on", "--endpoint", "none", **variable).output
    assert "where records go" not in shell.run("on", **variable).output + shell.run("on", "--endpoint", "none").output
    assert shell.said("status")["mode"] == "local"


def test_off_deletes_what_waits_and_says_how_much(shell: Shell) -> None:
    shell.record("mlflow.log_metric", "mlflow.log_metric", "mlflow.log_param")
    assert shell.said("preview")
    output = shell.run("off").output
    assert "Deleted 3 calls that were waiting." in output
    shell.run("on")
    shell.record("mlflow.log_param")
    (shell.directory / audit.OLDER).touch()
    assert "1 call in 1 record of 1 journal," in shell.run("status").output
    assert "1 call is kept and not sent" in shell.run("status", MLFLOW_USAGE="local").output
    output = shell.run("off").output
    assert "Deleted 1 call that was waiting." in output
    assert f"settings.toml, {audit.OLDER}." in output  # all that stays
    assert shell.said("preview") == []
    assert not list(shell.directory.glob("*.journal"))


def test_off_tells_of_running_programs(shell: Shell) -> None:
    shell.directory.mkdir(mode=0o700)
    recorder = Recorder(lambda: {"resource": RESOURCE, "mode": "on", "endpoint": ""}, lambda: shell.directory, life=Life())
    recorder.hit("mlflow.log_metric", None)
    assert "1 running process stops and deletes its own within" in shell.run("off").output
    another = Recorder(lambda: {"resource": RESOURCE, "mode": "on", "endpoint": ""}, lambda: shell.directory, life=Life())
    another.hit("mlflow.log_metric", None)
    assert "2 running processes stop and delete theirs within" in shell.run("off").output
    another.discard()
    recorder.discard()


GARBAGE: list[tuple[str, bytes]] = [
    ("settings.toml", b"\xff\xfe garbage"),
    ("settings.toml", b"mode = 'on"),
    ("settings.toml", b'mode = "on"\nacme = "x"\n'),
    ("settings.toml", b"mode = 7\n"),
    ("settings.toml", b"[" * 5000),
    ("settings.toml", b'mode = "on"\n' * 10_000),
]


@pytest.mark.parametrize(("name", "content"), GARBAGE)
def test_settings_that_cannot_be_read_are_off_and_can_be_replaced(shell: Shell, name: str, content: bytes) -> None:
    shell.directory.mkdir(mode=0o700)
    (shell.directory / name).write_bytes(content)
    found = shell.said("status")
    assert (found["mode"], found["decided_by"]) == ("off", f"settings {shell.directory}/settings.toml")
    (source,) = [source for source in found["sources"] if source["name"].startswith("settings")]
    assert source["detail"]
    assert source["detail"] in shell.run("status").output
    assert shell.run("on").exit_code == 0
    assert shell.said("status")["mode"] == "on"
    assert settings.read(shell.directory) == settings.UserSettings(settings.Mode.ON, None, f"{shell.directory}/settings.toml")
