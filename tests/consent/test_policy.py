"""Policies: their keys and values, which of them are trusted, and the effect of a broken one."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from mlflow_usage.consent import gate, policy, toml
from mlflow_usage.consent.mode import Mode
from mlflow_usage.consent.policy import Policy
from support.other_user import NOBODY, as_user, needs_root

FULL = """
# Our machines report to our own platform team.
mode = "local"
endpoint = "https://collector.example.com"
certificate = "/etc/ssl/ca.pem"
client_certificate = "/etc/ssl/client.pem"
client_key = "/etc/ssl/client.key"
builtin = "off"
[headers]
Authorization = "Bearer s3cret"
"""


def parsed(text: str) -> Policy:
    return policy.parse(toml.parse(text.encode()), "machine", "/etc/mlflow-usage/policy.toml", trusted=True)


def test_a_full_policy_is_understood() -> None:
    assert parsed(FULL) == Policy(
        "machine",
        "/etc/mlflow-usage/policy.toml",
        mode=Mode.LOCAL,
        endpoint="https://collector.example.com",
        headers=(("authorization", "Bearer s3cret"),),
        certificate="/etc/ssl/ca.pem",
        client_certificate="/etc/ssl/client.pem",
        client_key="/etc/ssl/client.key",
        silences_builtin=True,
    )


def test_a_headers_value_is_not_shown() -> None:
    assert "s3cret" not in repr(parsed(FULL))
    assert "authorization" in repr(parsed(FULL))


@pytest.mark.parametrize("text", ["", "# nothing yet\n", 'mode = "on"'])
def test_a_policy_that_restricts_nothing_is_valid(text: str) -> None:
    assert parsed(text).problem == ""
    assert parsed(text).mode in {None, Mode.ON}


BROKEN = [
    ('colour = "red"', "unknown key 'colour'"),
    ('Mode = "off"', "unknown key 'Mode'"),
    ('mode = "quiet"', "mode is not on, local or off"),
    ("mode = false", "mode is not on, local or off"),
    ('builtin = "on"', "builtin can only be off"),
    ("builtin = false", "builtin can only be off"),
    ("certificate = 1", "certificate is not a path"),
    ('client_key = ""', "client_key is not a path"),
    ("endpoint = 4318", "endpoint is not a string"),
    ('endpoint = ""', "the endpoint is empty"),
    ('endpoint = "otel"', "the endpoint does not start with http:// or https://"),
    ('endpoint = "https://user:pw@collector.example.com"', "the endpoint holds a user or password; use headers"),
    ('headers = "a=b"', "headers is not a table"),
    ("headers = { a = 1 }", "header 'a' is not a string"),
    ('headers = { "a b" = "c" }', "a header's name is not valid"),
    ('headers = { a = "b\\r\\nc: d" }', "the value of header 'a' holds a line break"),
]


@pytest.mark.parametrize(("text", "problem"), BROKEN)
def test_an_unknown_key_or_value_is_off_and_explained(text: str, problem: str) -> None:
    found = parsed(text)
    assert found.mode is Mode.OFF
    assert found.endpoint is None
    assert found.problem.startswith(problem)


def test_a_broken_policy_can_still_silence_mlflows_own_telemetry() -> None:
    assert parsed('builtin = "off"\nmode = "quiet"').silences_builtin


def test_no_policy_is_none(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert policy.read("machine", f"{tmp_path}/policy.toml") is None
    assert policy.read("machine", f"{tmp_path}/file/policy.toml") is None


UNREADABLE = [
    ("it is not valid TOML", lambda path: path.write_text("mode =")),
    ("it is not valid TOML", lambda path: path.write_bytes(b"\xff\xfe")),
    ("it is larger than 65536 bytes", lambda path: path.write_text("#" * 70_000)),
    ("it is a symbolic link to nothing", lambda path: path.symlink_to("nowhere")),
    ("it cannot be read", lambda path: path.symlink_to(path)),
    ("it cannot be read", lambda path: path.mkdir()),
    ("it is not a regular file", os.mkfifo if hasattr(os, "mkfifo") else None),
]


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes")
@pytest.mark.parametrize(("problem", "make"), UNREADABLE)
def test_a_policy_that_cannot_be_read_is_off(problem: str, make: object, tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    assert callable(make)
    make(path)
    found = policy.read("machine", str(path))
    assert found is not None
    assert found.mode is Mode.OFF
    assert found.problem.startswith(problem)


def test_a_linked_policy_is_followed_as_configuration_systems_need(tmp_path: Path) -> None:
    (tmp_path / "..data").write_text('mode = "off"')
    (tmp_path / "policy.toml").symlink_to("..data")
    found = policy.read("machine", f"{tmp_path}/policy.toml")
    assert found is not None
    assert (found.mode, found.problem) == (Mode.OFF, "")


def test_places_do_not_depend_on_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ProgramData", "C:\\Users\\me\\mine")
    monkeypatch.setenv("MLFLOW_USAGE_POLICY", "/home/me/policy.toml")
    assert gate.machine_policy("linux") == "/etc/mlflow-usage/policy.toml"
    assert gate.machine_policy("darwin") == "/Library/Application Support/mlflow-usage/policy.toml"
    if sys.platform != "win32":
        assert gate.machine_policy("win32") == "C:\\ProgramData\\mlflow-usage\\policy.toml"
    assert gate.environment_policy("/opt/env") == "/opt/env/etc/mlflow-usage/policy.toml"
    assert gate.environment_policy() == f"{sys.prefix}/etc/mlflow-usage/policy.toml"


@pytest.fixture
def environment(public_place: Path) -> Path:
    """A policy in an environment that every user can enter and only root can write."""
    path = public_place / "env" / "etc" / "mlflow-usage" / "policy.toml"
    path.parent.mkdir(parents=True)
    path.write_text(FULL)
    return path


@needs_root
def test_an_environments_policy_is_trusted_where_the_user_cannot_write_it(environment: Path) -> None:
    with as_user():
        found = policy.read("environment", str(environment))
    assert found is not None
    assert (found.trusted, found.ignored, found.endpoint) == (True, "", "https://collector.example.com")


@needs_root
@pytest.mark.parametrize("level", range(4))
def test_it_is_not_where_the_user_owns_the_file_or_a_directory_above_it(environment: Path, level: int) -> None:
    os.chown([environment, *environment.parents][level], NOBODY, NOBODY)
    with as_user():
        found = policy.read("environment", str(environment))
    assert found is not None
    assert not found.trusted
    assert found.ignored


@needs_root
@pytest.mark.parametrize(("mode", "trusted"), [(0o777, False), (0o755, True), (0o1777, True)])
def test_a_directory_that_everybody_writes_spoils_it_unless_it_is_sticky(environment: Path, mode: int, trusted: bool) -> None:
    environment.parent.parent.chmod(mode)
    with as_user():
        found = policy.read("environment", str(environment))
    assert found is not None
    assert found.trusted is trusted


@needs_root
def test_a_link_in_a_users_directory_is_not_trusted(environment: Path, public_place: Path) -> None:
    mine = public_place / "mine"
    mine.mkdir()
    (mine / "env").symlink_to(environment.parents[2])
    os.chown(mine, NOBODY, NOBODY)
    with as_user():
        found = policy.read("environment", f"{mine}/env/etc/mlflow-usage/policy.toml")
    assert found is not None
    assert not found.trusted


@needs_root
def test_root_trusts_it_as_in_a_container(environment: Path) -> None:
    found = policy.read("environment", str(environment))
    assert found is not None
    assert found.trusted


@needs_root
def test_a_policy_that_the_user_may_not_read_is_off(environment: Path) -> None:
    environment.chmod(0o600)
    with as_user():
        found = policy.read("machine", str(environment))
    assert found is not None
    assert found.mode is Mode.OFF
    assert found.problem.startswith("it cannot be read")
