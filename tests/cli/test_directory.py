"""A state directory that must not be used, or that holds garbage: one line, and no harm."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlflow_usage.delivery import audit
from support.cli_shell import Shell
from support.other_user import IS_ROOT, NOBODY, as_user

JOURNALS = [b"", b"garbage", b"\0" * 4096, b"MLFUSAGE" + b"\xff" * 4088]

READERS = [["status"], ["preview"], ["sent"], ["off"], ["reset"], ["local"], ["on"]]


@pytest.mark.parametrize("content", JOURNALS)
def test_garbage_journals_are_passed_over(shell: Shell, content: bytes) -> None:
    for arguments in READERS:
        shell.directory.mkdir(mode=0o700, exist_ok=True)
        (shell.directory / "0.journal").write_bytes(content)
        assert shell.run(*arguments).exit_code == 0
        shell.record("mlflow.log_metric")
        assert shell.run(*arguments).exit_code == 0


def as_a_link(directory: Path) -> str:
    directory.with_name("elsewhere").mkdir(mode=0o700)
    directory.symlink_to(directory.with_name("elsewhere"))
    return "is a symbolic link"


def as_a_file(directory: Path) -> str:
    directory.write_text("")
    return "is not a directory"


def as_everybody_s(directory: Path) -> str:
    directory.mkdir()
    directory.chmod(0o777)
    return "can be written by others"


def as_nobody_s(directory: Path) -> str:
    directory.mkdir()
    directory.chmod(0o000)
    return "cannot be read"


@pytest.fixture
def person(shell: Shell, public_place: Path) -> Iterator[Shell]:
    """The shell of a user whom file modes bind: root reads everything."""
    shell.directory = public_place / "state"
    if not IS_ROOT:
        yield shell
        return
    os.chown(public_place, NOBODY, NOBODY)
    with as_user():
        yield shell


@pytest.mark.parametrize("spoil", [as_a_link, as_a_file, as_everybody_s, as_nobody_s])
def test_a_directory_that_may_not_be_used_is_said_and_not_used(person: Shell, spoil: Callable[[Path], str]) -> None:
    reason = spoil(person.directory)
    found = person.said("status")
    assert reason in found["directory_problem"]
    assert reason in person.run("status").output
    for command in ("preview", "sent", "forget"):
        assert reason in person.fails(command)
    for command in ("on", "local", "off", "reset"):
        message = person.fails(command)
        assert reason in message
        assert "MLFLOW_USAGE" in message
    if person.directory.is_dir():
        person.directory.chmod(0o700)
    elsewhere = person.directory.with_name("elsewhere")
    assert not elsewhere.exists() or not list(elsewhere.iterdir())


def test_a_directory_that_cannot_be_made_is_one_line(shell: Shell) -> None:
    (shell.directory.parent / "file").write_text("")
    shell.directory = shell.directory.parent / "file" / "state"
    for command in ("on", "local", "off"):
        assert "MLFLOW_USAGE=off" in shell.fails(command)
    assert shell.run("reset").exit_code in {0, 1}
    assert shell.said("status")["mode"] == "on"


@pytest.mark.parametrize("name", ["settings.toml", "installation", audit.FILE, "0.journal"])
@pytest.mark.parametrize("kind", ["link", "directory", "fifo"])
def test_what_stands_where_a_file_should_harms_nobody(shell: Shell, name: str, kind: str) -> None:
    shell.directory.mkdir(mode=0o700)
    victim = shell.directory.parent / "victim"
    victim.write_text("precious")
    path = shell.directory / name
    make = {"link": lambda: path.symlink_to(victim), "directory": path.mkdir, "fifo": lambda: os.mkfifo(path)}[kind]
    for arguments in (["status"], ["preview"], ["sent"], ["reset"], ["off"], ["on"]):
        if not os.path.lexists(path):
            make()
        result = shell.run(*arguments)
        assert result.exit_code in {0, 1}
        if result.exit_code:
            assert len(result.stderr.splitlines()) == 1, result.stderr
    assert victim.read_text() == "precious"


def test_without_a_home_it_says_what_to_do(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlflow_usage.installation.state.locate", lambda _: None)
    found = shell.said("status")
    assert found["directory"] is None
    assert "no home directory" in shell.run("status").output
    assert "MLFLOW_USAGE_DIR" in shell.fails("off")
