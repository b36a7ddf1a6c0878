"""`mlflow-usage forget`: it sends the proof, and changes nothing before the acknowledgement."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlflow_usage.consent import gate
from mlflow_usage.delivery import audit
from mlflow_usage.installation import identity
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support.cli_shell import RESOURCE, Shell, terminal
from support.receiver import Receiver


def ask(shell: Shell, receiver: Receiver, *arguments: str, **environ: str) -> str:
    result = shell.run("forget", *arguments, MLFLOW_USAGE_ENDPOINT=receiver.endpoint, **environ)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.parametrize(
    "environ", [{}, {"MLFLOW_USAGE": "off"}, {"MLFLOW_USAGE": "local"}, {"DO_NOT_TRACK": "1"}, {"CI": "true"}], ids=str
)
def test_forget_asks_with_the_proof_and_waits_for_the_acknowledgement(shell: Shell, receiver: Receiver, environ: dict[str, str]) -> None:
    secret = identity.obtain(shell.directory).secret
    shell.record("mlflow.log_metric", "mlflow.log_metric")
    found = json.loads(ask(shell, receiver, "--json", **environ))
    ((resource, record),) = receiver.records()
    assert (record["event"], record["mlflow.usage.secret"], record["mlflow.usage.count"]) == ("mlflow.usage.forget", secret, 1)
    assert set(record) == {"event", "mlflow.usage.secret", "mlflow.usage.count", "log.record.uid"}
    assert resource["app.installation.id"] == identity.digest(secret) == found["installation"]
    assert set(resource) == {"app.installation.id", "session.id", "service.name", "service.version", "mlflow.usage.catalogue"}
    assert (found["forgotten"], found["deleted_calls"], found["running"]) == (True, 2, 0)
    assert not list(shell.directory.glob("*.journal"))
    now = identity.read(shell.directory)
    assert now != secret
    assert (now is None) is (shell.said("status", **environ)["mode"] == "off")  # off makes no id
    assert found["new_installation"] == (now and identity.digest(now))


def test_forget_is_told_in_words_and_every_byte_of_it_in_sent(shell: Shell, receiver: Receiver) -> None:
    secret = identity.obtain(shell.directory).secret
    shown = ask(shell, receiver)
    assert identity.digest(secret) in shown
    assert "has acknowledged" in shown
    assert f"secret={secret}" in shell.run("sent").output
    found = shell.said("status")
    assert (found["sent_requests"], found["sent_records"], found["sent_calls"]) == (1, 1, 0)


ANSWERS = {
    "503": ((503, {}, b""), 4),
    "a captive portal": ((200, {"Content-Type": "text/html"}, b"<html>"), 4),
    "a redirect": ((302, {"Location": "http://127.0.0.1:1/"}, b""), 4),
    "400": ((400, {}, b""), 1),
    "410": ((410, {}, b""), 1),
    "a rejected record": ((200, {"Content-Type": "application/x-protobuf"}, b"\x0a\x02\x08\x01"), 1),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_without_an_acknowledgement_nothing_is_lost(shell: Shell, receiver: Receiver, name: str) -> None:
    receiver.reply, attempts = ANSWERS[name]
    secret = identity.obtain(shell.directory).secret
    shell.record("mlflow.log_metric")
    message = shell.run("forget", MLFLOW_USAGE_ENDPOINT=receiver.endpoint)
    assert message.exit_code == 1
    (said,) = [line for line in message.stderr.splitlines() if line.startswith("Error")]
    assert receiver.endpoint in said
    assert len(receiver.requests) == attempts
    assert message.stderr.count("attempt") == attempts  # the person sees that it is being tried
    assert identity.read(shell.directory) == secret
    assert len(list(shell.directory.glob("*.journal"))) == 1


def test_an_endpoint_that_is_away_for_a_moment_is_asked_again(shell: Shell, receiver: Receiver) -> None:
    identity.obtain(shell.directory)
    good = receiver.reply
    receiver.reply = lambda _: (503, {"Retry-After": "0"}, b"") if len(receiver.requests) < 3 else good
    assert "has acknowledged" in ask(shell, receiver)


def test_nobody_there_is_one_line(shell: Shell) -> None:
    secret = identity.obtain(shell.directory).secret
    result = shell.run("forget", MLFLOW_USAGE_ENDPOINT="http://127.0.0.1:9")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "there was no answer" in result.stderr
    assert identity.read(shell.directory) == secret


def test_an_id_that_cannot_be_read_is_not_said_to_be_none(shell: Shell) -> None:
    shell.directory.mkdir(mode=0o700)
    (shell.directory / identity.FILE).write_bytes(b"\0" * 64)
    assert f"{shell.directory / identity.FILE} holds no secret that can be read" in shell.fails("forget", "--yes")
    shell.run("reset")
    assert "no installation id here" in shell.run("forget").output


def test_where_there_is_no_id_there_is_nothing_to_forget(shell: Shell) -> None:
    assert "no installation id" in shell.run("forget").output
    assert shell.said("forget")["forgotten"] is False
    assert not shell.directory.exists()


@pytest.mark.parametrize("text", ['mode = "off"', 'mode = "local"', 'endpoint = "none"', "colour = 1"])
def test_where_a_policy_lets_nothing_leave_not_even_an_erasure_does(shell: Shell, receiver: Receiver, tmp_path: Path, text: str) -> None:
    secret = identity.obtain(shell.directory).secret
    path = tmp_path / "policy.toml"
    path.write_text(text)
    shell.monkeypatch.setattr(gate, "machine_policy", lambda: str(path))
    assert str(path) in shell.fails("forget", "--yes", MLFLOW_USAGE_ENDPOINT=receiver.endpoint)
    assert receiver.requests == []
    assert identity.read(shell.directory) == secret


@pytest.mark.parametrize("value", ["none", "ftp://x"])
def test_without_an_endpoint_nothing_can_be_asked(shell: Shell, value: str) -> None:
    secret = identity.obtain(shell.directory).secret
    assert "no endpoint to ask" in shell.fails("forget", MLFLOW_USAGE_ENDPOINT=value)
    assert identity.read(shell.directory) == secret


def test_forget_tells_of_running_programs_and_of_endpoints_that_were_not_asked(shell: Shell, receiver: Receiver) -> None:
    identity.obtain(shell.directory)
    recorder = Recorder(lambda: {"resource": RESOURCE, "mode": "on", "endpoint": ""}, lambda: shell.directory, life=Life())
    recorder.hit("mlflow.log_metric", None)
    audit.append(shell.directory, audit.Sent(1.0, "https://elsewhere.example.com", 200, "accepted", b""))
    shown = ask(shell, receiver)
    assert "1 running program keeps the old id until it ends" in shown
    assert "https://elsewhere.example.com" in shown
    recorder.discard()


@pytest.mark.parametrize(("typed", "forgotten"), [(b"n\n", False), (b"y\n", True)])
def test_on_a_terminal_it_asks_first(shell: Shell, receiver: Receiver, typed: bytes, forgotten: bool) -> None:
    secret = identity.obtain(shell.directory).secret
    code, shown = terminal(["forget"], shell, typed=typed, MLFLOW_USAGE_ENDPOINT=receiver.endpoint)
    assert "[y/N]" in shown
    assert (code == 0, bool(receiver.requests), identity.read(shell.directory) != secret) == (forgotten, forgotten, forgotten)
