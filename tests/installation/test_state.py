"""The state directory: its place, when it may be used, and that its files stay private."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import platformdirs
import pytest
from platformdirs.macos import MacOS

from mlflow_usage.installation import state
from mlflow_usage.installation.state import StateError, locate
from support.other_user import NOBODY, needs_root

posix = pytest.mark.skipif(sys.platform == "win32", reason="owners, modes and links")


@pytest.mark.parametrize("variables", [{}, {"XDG_STATE_HOME": "/xdg"}, {"XDG_STATE_HOME": "relative"}, {"XDG_STATE_HOME": ""}])
def test_it_is_where_platformdirs_says(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MLFLOW_USAGE_DIR", raising=False)
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert locate(os.environ) == platformdirs.user_state_path("mlflow-usage", appauthor=False)


@posix
def test_on_a_mac_it_is_where_platformdirs_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    monkeypatch.setenv("HOME", "/Users/me")
    assert locate(os.environ, platform="darwin") == Path(MacOS("mlflow-usage").user_state_dir)


@posix
def test_the_variable_wins(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert locate({"MLFLOW_USAGE_DIR": "/var/lib/me", "HOME": "/home/me"}) == Path("/var/lib/me")
    assert locate({"MLFLOW_USAGE_DIR": "~/usage", "HOME": "/home/me"}) == Path("/home/me/usage")
    assert locate({"MLFLOW_USAGE_DIR": "usage/../here"}) == tmp_path / "here"
    assert locate({"MLFLOW_USAGE_DIR": " ", "HOME": "/home/me"}) == Path("/home/me/.local/state/mlflow-usage")


@posix
def test_without_a_home_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    def nobody(_: int) -> None:
        raise KeyError

    assert locate({}) == Path(pwd.getpwuid(os.getuid()).pw_dir) / ".local/state/mlflow-usage"
    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert locate({}) is None
    assert locate({"HOME": ""}) is None
    assert locate({"HOME": "relative"}) is None


def test_locating_makes_nothing(tmp_path: Path) -> None:
    directory = locate({"MLFLOW_USAGE_DIR": str(tmp_path / "state")})
    assert directory is not None
    assert state.absent(directory)
    assert state.problem(directory) is None
    assert list(tmp_path.iterdir()) == []


@posix
def test_what_is_made_is_private_whatever_the_umask(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        directory = state.ensure(tmp_path / "a" / "b")
        state.write_private(directory / "file", b"content")
    finally:
        os.umask(old)
    for path, mode in ((tmp_path / "a", 0o700), (directory, 0o700), (directory / "file", 0o600)):
        assert stat.S_IMODE(path.stat().st_mode) == mode
    assert state.ensure(directory) == directory
    assert state.read_private(directory / "file") == b"content"


@posix
def test_a_directory_that_others_control_is_refused(tmp_path: Path) -> None:
    state.ensure(tmp_path / "real")
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "dangling").symlink_to("nowhere")
    (tmp_path / "file").touch()
    (tmp_path / "open").mkdir()
    (tmp_path / "open").chmod(0o770)
    for name, reason in {
        "link": "symbolic link",
        "dangling": "symbolic link",
        "file": "not a directory",
        "open": "written by others",
        "file/below": "cannot be made",
    }.items():
        with pytest.raises(StateError, match=reason):
            state.ensure(tmp_path / name)


@needs_root
def test_another_users_directory_is_refused(tmp_path: Path) -> None:
    os.chown(state.ensure(tmp_path / "theirs"), NOBODY, NOBODY)
    with pytest.raises(StateError, match="belongs to another user"):
        state.ensure(tmp_path / "theirs")


@needs_root
def test_root_makes_nothing_in_somebodys_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, NOBODY, NOBODY)
    with pytest.raises(StateError, match="root makes nothing there"):
        state.ensure(home / ".local" / "state" / "mlflow-usage")
    assert list(home.iterdir()) == []


@posix
def test_a_file_is_never_opened_through_a_link_and_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("x")
    (tmp_path / "link").symlink_to("secret")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe"):
        with pytest.raises(OSError):  # noqa: PT011  # ELOOP or StateError, both OSErrors
            state.open_private(tmp_path / name, os.O_RDONLY)
    with pytest.raises(OSError):  # noqa: PT011
        state.open_private(tmp_path / "link", os.O_WRONLY | os.O_TRUNC)
    assert (tmp_path / "secret").read_text() == "x"


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * 11)
    with pytest.raises(StateError, match="larger than 10 bytes"):
        state.read_private(tmp_path / "file", 10)


@posix
def test_a_write_that_fails_leaves_the_old_content_and_no_draft(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "inside").touch()
    with pytest.raises(OSError):  # noqa: PT011  # as the system says
        state.write_private(tmp_path / "taken", b"new")
    assert {path.name for path in tmp_path.iterdir()} == {"taken"}


def test_absent_is_only_what_is_certainly_not_there(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    assert state.absent(tmp_path / "nothing")
    assert state.absent(tmp_path / "file" / "below")
    assert not state.absent(tmp_path / "file")
    assert not state.absent(tmp_path / ("x" * 300))
    assert not state.absent("a\0b")
