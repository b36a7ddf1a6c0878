"""A person's commands beyond looking and choosing: explain, forget, doctor, and the status on a terminal."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow_usage.catalogue.tables import ATTRIBUTES, EVENTS
from mlflow_usage.consent import endpoint, gate
from mlflow_usage.consent.endpoint import stamp
from mlflow_usage.delivery import audit, erasure
from mlflow_usage.installation import identity
from mlflow_usage.instrumentation.targets import TARGETS, rows
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support.cli_shell import RESOURCE, Shell, clean
from support.receiver import Receiver
from support.repository import ROOT


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    clean(monkeypatch)
    monkeypatch.setattr(erasure, "PAUSES", (0.0, 0.0, 0.0))
    return Shell(tmp_path / "state", monkeypatch)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made


# explain


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_explained(shell: Shell, event: str) -> None:
    found = shell.said("explain", event)
    assert found["event"] == event
    for key in ("brief", "question", "owner", "review", "expires"):
        assert found[key]
    assert set(found["attributes"]) == set(found["example"]) == set(EVENTS[event].attributes)
    assert bool(found["functions"]) is not event.startswith("mlflow.usage.")


def test_an_example_is_one_that_the_catalogue_accepts(shell: Shell) -> None:
    from mlflow_usage.catalogue.check import check_record

    for event in EVENTS:
        example = shell.said("explain", event)["example"]
        judged = check_record(event, example)
        assert (judged.refused, judged.changed) == (None, ())


def test_an_explanation_says_who_allowed_it_and_what_it_may_be(shell: Shell) -> None:
    shown = shell.run("explain", "mlflow.log_model").output
    for part in ("approved:2025-06-26", "mlflow-maintainers", "mlflow.sklearn:log_model", "anything else is custom_flavor", "example"):
        assert part in shown
    assert set(ATTRIBUTES["mlflow.usage.model_type"].members) <= set(re.split(r"[ ,;]+", shown))


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("mlflow.sklearn.log_model", "mlflow.log_model"),
        ("mlflow.openai.autolog", "mlflow.autolog"),
        ("MlflowClient.log_metric", "mlflow.log_metric"),
        ("mlflow.MlflowClient.log_metric", "mlflow.log_metric"),
        ("mlflow.tracking.fluent.log_metric", "mlflow.log_metric"),
        ("log_params", "mlflow.log_params"),
        ("mlflow.log_params()", "mlflow.log_params"),
    ],
)
def test_a_function_s_name_finds_its_event(shell: Shell, name: str, event: str) -> None:
    assert shell.said("explain", name)["event"] == event


def test_every_function_that_is_counted_is_found_by_where_it_is_defined(shell: Shell) -> None:
    from mlflow_usage.cli.explain import resolve

    targets = [(f"{module}.{path}", event) for module in TARGETS for path, event, _ in rows(module)]
    assert len(targets) > 400
    # Where an event has the very name of the place, the event comes first.
    assert [name for name, event in targets if resolve(name, EVENTS) != event and name not in EVENTS] == []
    assert shell.run("explain", "mlflow.log_metric").exit_code == 0


def test_an_unknown_event_is_one_line_with_what_is_close(shell: Shell) -> None:
    assert "mlflow.log_metric" in shell.fails("explain", "mlflow.log_metrc")
    assert "did you mean mlflow.log_metric" in shell.fails("explain", "LOG_METRIC")
    assert "MlflowClient.log_metric" in shell.fails("explain", "mlflowclient.log_metric")
    assert "`mlflow-usage catalogue`" in shell.fails("explain", "acme")


# forget


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


# doctor


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


# the screen


def terminal(arguments: list[str], shell: Shell, *, columns: int = 100, typed: bytes = b"", **environ: str) -> tuple[int, str]:
    """What a person sees on a terminal of so many columns."""
    leader, follower = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    own = {"MLFLOW_USAGE_DIR": str(shell.directory), "COLUMNS": str(columns), "TERM": "xterm", **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow_usage", *arguments], stdin=follower, stdout=follower, stderr=follower, env={**kept, **own}
    )
    os.close(follower)
    os.write(leader, typed)
    shown = b""
    try:
        while chunk := os.read(leader, 65536):
            shown += chunk
    except OSError:  # how a terminal says that its other end is closed
        pass
    os.close(leader)
    return process.wait(), shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("columns", [60, 100])
def test_the_status_fits_the_terminal(shell: Shell, columns: int) -> None:
    shell.record("mlflow.log_metric")
    code, shown = terminal([], shell, columns=columns, NO_COLOR="1")
    assert code == 0
    assert "\x1b" not in shown
    long = [line for line in shown.splitlines() if len(line) > columns]
    assert [line for line in long if " " in line[14:]] == []  # a path or an id is never broken
    assert shown.startswith("mode          on, decided by default\n")


def test_the_status_has_colours_where_they_are_seen(shell: Shell) -> None:
    _, shown = terminal([], shell)
    assert "\x1b[32m\x1b[1mon\x1b[0m" in shown
    assert "\x1b" not in shell.run().output


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
