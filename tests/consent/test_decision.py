"""The decision: every combination of sources, the source that decided, and real processes."""

from __future__ import annotations

import csv
import itertools
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from mlflow_usage.consent import automation, decision, gate, policy, settings, toml
from mlflow_usage.consent.automation import MainProgram
from mlflow_usage.consent.decision import Decision, decide
from mlflow_usage.consent.mode import Mode
from mlflow_usage.consent.policy import Policy, PolicyKind
from mlflow_usage.consent.settings import UserSettings
from mlflow_usage.installation import state

ABSENT = {"not set", "no file", "not called", "nobody's variable"}


def table() -> dict[str, list[tuple[str, str]]]:
    rows: dict[str, list[tuple[str, str]]] = {}
    with (Path(__file__).parent / "truth.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            rows.setdefault(row["source"], []).append((row["state"], row["asks for"]))
    return rows


def expected(asks: list[str]) -> str:
    asks = ["" if ask == "automatic" and "lift" in asks else ask for ask in asks]
    return "off" if {"off", "automatic"} & set(asks) else "local" if "local" in asks else "on"


def a_policy(kind: PolicyKind, text: str, *, trusted: bool = True) -> Policy:
    return policy.parse(toml.parse(text.encode()), kind, f"/{kind}/policy.toml", trusted=trusted)


def user_settings(text: str) -> UserSettings:
    try:
        return settings.parse(toml.parse(text.encode()), "/home/me/settings.toml")
    except ValueError as error:
        return UserSettings(Mode.OFF, None, "/home/me/settings.toml", str(error))


def decided(states: Mapping[str, str]) -> Decision:
    given = {source: state for source, state in states.items() if state not in ABSENT}
    environ = {name: value for name, value in given.items() if name.isupper()}
    if "automation" in given:
        name, _, value = given["automation"].partition("=")
        environ[name] = value
    return decide(
        environ,
        a_policy("machine", given["machine policy"]) if "machine policy" in given else None,
        a_policy("environment", given["environment policy"]) if "environment policy" in given else None,
        user_settings(given["settings"]) if "settings" in given else None,
        disabled="mlflow_usage.disable()" in given,
        main=MainProgram(),
    )


def test_every_combination_of_sources_gives_the_mode_of_the_most_restrictive() -> None:
    rows = table()
    count = 0
    for combination in itertools.product(*rows.values()):
        count += 1
        states = {source: state for source, (state, _) in zip(rows, combination, strict=True)}
        found = decided(states)
        assert found.mode.value == expected([asks for _, asks in combination]), states
        assert found.source in {source.name for source in found.sources if source.says is found.mode}
    assert count > 20_000


DECIDING = [
    ({"machine policy": 'mode = "off"', "MLFLOW_USAGE": "off"}, "machine policy /machine/policy.toml"),
    ({"environment policy": 'mode = "off"', "DO_NOT_TRACK": "1"}, "environment policy /environment/policy.toml"),
    ({"MLFLOW_DISABLE_TELEMETRY": "yes", "DO_NOT_TRACK": "1"}, "variable MLFLOW_DISABLE_TELEMETRY=yes"),
    ({"DO_NOT_TRACK": "1", "MLFLOW_USAGE": "off"}, "variable DO_NOT_TRACK=1"),
    ({"OTEL_SDK_DISABLED": "true"}, "variable OTEL_SDK_DISABLED=true"),
    ({"MLFLOW_USAGE": "off", "settings": 'mode = "off"'}, "variable MLFLOW_USAGE=off"),
    ({"MLFLOW_USAGE": "local", "settings": 'mode = "off"'}, "settings /home/me/settings.toml"),
    ({"mlflow_usage.disable()": "called", "settings": 'mode = "off"'}, "mlflow_usage.disable()"),
    ({"automation": "GITHUB_ACTIONS=true"}, "continuous integration: GitHub Actions (GITHUB_ACTIONS)"),
    ({"MLFLOW_USAGE_ENDPOINT": "none"}, "endpoint: variable MLFLOW_USAGE_ENDPOINT"),
    ({"settings": 'endpoint = "none"'}, "endpoint: settings"),
    ({"machine policy": 'endpoint = "none"'}, "machine policy /machine/policy.toml"),
    ({}, "default"),
]


@pytest.mark.parametrize(("states", "source"), DECIDING)
def test_the_source_that_decided_is_named(states: Mapping[str, str], source: str) -> None:
    assert decided(states).source == source


def test_every_source_that_spoke_is_listed_in_order_of_precedence() -> None:
    found = decided(
        {
            "machine policy": 'mode = "local"',
            "DO_NOT_TRACK": "1",
            "MLFLOW_USAGE": "on",
            "settings": 'mode = "local"',
            "automation": "CI=1",
        }
    )
    assert [(source.name.split(" /")[0], source.says and source.says.value) for source in found.sources] == [
        ("machine policy", "local"),
        ("variable DO_NOT_TRACK=1", "off"),
        ("variable MLFLOW_USAGE=on", "on"),
        ("settings", "local"),
        ("continuous integration: any system (CI)", None),
        ("default", "on"),
    ]


@pytest.mark.parametrize("states", [{"MLFLOW_USAGE": "On"}, {"settings": 'mode = "on"'}])
def test_an_explicit_on_lifts_a_detection_and_says_so(states: Mapping[str, str]) -> None:
    found = decided({**states, "automation": "JENKINS_URL=https://ci.example.com/"})
    assert found.mode is Mode.ON
    assert found.lifted is not None
    assert found.lifted.system == "Jenkins"
    assert any(source.says is None and source.detail.startswith("lifted by ") for source in found.sources)


def test_local_is_not_an_explicit_on() -> None:
    assert decided({"MLFLOW_USAGE": "local", "automation": "CI=1"}).mode is Mode.OFF


def test_a_value_that_is_no_mode_is_explained_and_cannot_play_with_the_terminal() -> None:
    found = decided({"MLFLOW_USAGE": "\x1b[31mon" + "x" * 100})
    assert found.mode is Mode.OFF
    assert found.source.startswith(r"variable MLFLOW_USAGE=\x1b[31mon")
    assert found.source.isprintable()
    assert len(found.source) < 100
    assert "off" in found.sources[0].detail


def test_a_users_none_holds_against_the_endpoint_of_a_policy() -> None:
    found = decided({"machine policy": 'endpoint = "https://collector.example.com"', "MLFLOW_USAGE_ENDPOINT": "none"})
    assert found.mode is Mode.LOCAL
    assert found.endpoint.url == "https://collector.example.com/v1/logs"


def test_the_variable_replaces_a_none_of_the_settings() -> None:
    found = decided({"settings": 'endpoint = "none"', "MLFLOW_USAGE_ENDPOINT": "https://collector.example.com"})
    assert found.mode is Mode.ON


def test_an_environments_none_holds_against_the_endpoint_of_the_machine() -> None:
    found = decided({"machine policy": 'endpoint = "https://collector.example.com"', "environment policy": 'endpoint = "none"'})
    assert found.mode is Mode.LOCAL


def test_the_reason_of_an_unusable_endpoint_is_kept() -> None:
    found = decided({"MLFLOW_USAGE_ENDPOINT": "collector.example.com"})
    assert found.mode is Mode.LOCAL
    assert found.endpoint.problem == "the endpoint does not start with http:// or https://"
    assert found.endpoint.problem in {source.detail for source in found.sources}


@pytest.mark.parametrize(
    ("text", "silent"), [('builtin = "off"', True), ('builtin = "off"\ncolour = "red"', True), ('mode = "local"', False)]
)
def test_a_policy_can_silence_mlflows_own_telemetry(text: str, silent: bool) -> None:
    for source in ("machine policy", "environment policy"):
        assert decided({source: text}).silences_builtin is silent


PENDING = [
    ({"MLFLOW_USAGE_REVIEW": "pending"}, False),
    ({"MLFLOW_USAGE_REVIEW": "pending", "MLFLOW_USAGE_ENDPOINT": "https://collector.example.com"}, True),
    ({"MLFLOW_USAGE_REVIEW": " Pending ", "machine policy": 'endpoint = "https://collector.example.com"'}, True),
    ({"MLFLOW_USAGE_REVIEW": "true", "MLFLOW_USAGE_ENDPOINT": "https://collector.example.com"}, False),
    ({"MLFLOW_USAGE_REVIEW": "pending", "MLFLOW_USAGE_ENDPOINT": "none"}, False),
    ({"MLFLOW_USAGE_ENDPOINT": "https://collector.example.com"}, False),
]


@pytest.mark.parametrize(("states", "pending"), PENDING)
def test_what_is_under_review_needs_the_variable_and_a_chosen_endpoint(states: Mapping[str, str], pending: bool) -> None:
    assert decided(states).pending is pending


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user without settings on a machine without a policy; the fixture's directory is where policies are looked for."""
    for name in list(os.environ):
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setattr(sys, "argv", ["train.py"])
    monkeypatch.setattr(gate, "machine_policy", lambda: f"{tmp_path}/machine/policy.toml")
    monkeypatch.setattr(gate, "environment_policy", lambda: f"{tmp_path}/environment/policy.toml")
    monkeypatch.setattr(automation, "main_program", lambda *_: MainProgram())
    monkeypatch.setattr(automation, "_PYTEST_VARIABLE", "NOT_UNDER_A_TEST")  # pytest sets it again for each phase
    return tmp_path


def test_the_real_world_is_read(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert decision.current().mode is Mode.ON
    assert decision.current(disabled=True).mode is Mode.OFF
    settings.write(world / "home" / ".local" / "state" / "mlflow-usage", mode=Mode.LOCAL, endpoint="https://collector.example.com")
    found = decision.current()
    assert (found.mode, found.endpoint.url) == (Mode.LOCAL, "https://collector.example.com/v1/logs")
    (world / "machine").mkdir()
    (world / "machine" / "policy.toml").write_text('mode = "off"\n')
    assert decision.current().source == f"machine policy {world}/machine/policy.toml"
    monkeypatch.setenv("MLFLOW_USAGE", "on")
    assert decision.current().mode is Mode.OFF


def test_deciding_writes_nothing(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (world / "home").mkdir()
    for value in ("on", "local", "off"):
        monkeypatch.setenv("MLFLOW_USAGE", value)
        assert decision.current().mode.value == value
    assert [path.name for path in world.rglob("*")] == ["home"]


def test_a_failure_is_off_and_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("no such thing")

    monkeypatch.setattr(state, "locate", broken)
    found = decision.current()
    assert (found.mode, found.source) == (Mode.OFF, "failure RuntimeError")


def test_deciding_imports_no_parser_and_nothing_of_opentelemetry() -> None:
    script = (
        "import sys; from mlflow_usage.consent import decision; decision.current();"
        "print(*sorted(set(sys.modules) & {'tomllib', 'tomli', 'platformdirs', 'opentelemetry', 'hashlib', 'uuid', 'dataclasses'}))"
    )
    environ = {**os.environ, "MLFLOW_USAGE_DIR": "/nowhere"}
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, env=environ)
    assert (result.stdout.strip(), result.stderr) == ("", "")
