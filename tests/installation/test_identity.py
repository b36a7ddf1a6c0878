"""Identity: one secret for an installation, however many processes ask at once; only its digest leaves; sessions."""

from __future__ import annotations

import multiprocessing
import os
import re
import stat
import sys
import uuid
from multiprocessing.synchronize import Event
from pathlib import Path

import pytest

from mlflow_usage.installation import identity, state
from mlflow_usage.installation.identity import Installation, Secret

PROCESSES = 40


def ask(directory: Path, start: Event, answers: multiprocessing.Queue[tuple[str, bool]]) -> None:
    start.wait()
    found = identity.obtain(directory)
    answers.put((found.secret, found.lasting))


def at_once(directory: Path) -> set[tuple[str, bool]]:
    """Return what many processes get that ask at the same moment."""
    start = multiprocessing.Event()
    answers: multiprocessing.Queue[tuple[str, bool]] = multiprocessing.Queue()
    processes = [multiprocessing.Process(target=ask, args=(directory, start, answers)) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    start.set()
    found = [answers.get(timeout=60) for _ in processes]
    for process in processes:
        process.join(60)
    assert len(found) == PROCESSES
    return set(found)


def test_many_processes_at_once_agree(tmp_path: Path) -> None:
    directory = tmp_path / "state"
    ((secret, lasting),) = at_once(directory)
    assert lasting
    assert identity.read(directory) == secret
    assert [path.name for path in directory.iterdir()] == ["installation"]


@pytest.mark.parametrize("garbage", [b"", b"\x00" * 64, b"not a secret\n", b"A" * 64, b"0" * 63, b"0" * 65, b"x" * 100_000])
def test_garbage_is_replaced_once_and_all_agree(garbage: bytes, tmp_path: Path) -> None:
    (tmp_path / "installation").write_bytes(garbage)
    assert identity.read(tmp_path) is None
    ((secret, lasting),) = at_once(tmp_path)
    assert lasting
    assert identity.read(tmp_path) == secret


def test_without_hard_links_many_processes_agree_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unsupported(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    if multiprocessing.get_start_method() != "fork":
        pytest.skip("another process does not see the replaced function")
    monkeypatch.setattr(os, "link", unsupported)
    ((_, lasting),) = at_once(tmp_path)
    assert lasting


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    first = identity.obtain(tmp_path)
    assert first == identity.obtain(tmp_path)
    assert re.fullmatch("[0-9a-f]{64}", first.secret)
    assert first.lasting
    if sys.platform != "win32":
        assert stat.S_IMODE((tmp_path / "installation").stat().st_mode) == 0o600


def test_two_installations_have_nothing_in_common(tmp_path: Path) -> None:
    assert identity.obtain(tmp_path / "a").secret != identity.obtain(tmp_path / "b").secret


def test_reading_makes_nothing(tmp_path: Path) -> None:
    assert identity.read(None) is None
    assert identity.read(tmp_path / "state") is None
    assert list(tmp_path.iterdir()) == []


def test_a_reset_returns_the_retired_secret_once_and_the_next_one_is_new(tmp_path: Path) -> None:
    secret = identity.obtain(tmp_path).secret
    assert identity.reset(tmp_path) == secret
    assert identity.reset(tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    assert identity.obtain(tmp_path).secret != secret
    assert identity.reset(tmp_path / "nowhere") is None


def test_a_reset_forgets_what_replaced_garbage_too(tmp_path: Path) -> None:
    (tmp_path / "installation").write_bytes(b"garbage")
    secret = identity.obtain(tmp_path).secret
    assert identity.reset(tmp_path) == secret
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "installation").write_bytes(b"garbage")
    assert identity.obtain(tmp_path).secret != secret


def test_without_a_directory_the_secret_lives_in_the_process(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    first = identity.obtain(None)
    assert not first.lasting
    assert identity.obtain(tmp_path / "file") == first
    assert identity.obtain(tmp_path / "file" / "below") == first
    assert identity.read(None) is None


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_link_in_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    directory = state.ensure(tmp_path / "state")
    (tmp_path / "elsewhere").write_text("0" * 64)
    (directory / "installation").symlink_to(tmp_path / "elsewhere")
    assert not identity.obtain(directory).lasting
    assert (tmp_path / "elsewhere").read_text() == "0" * 64


def test_only_the_sha_256_of_the_hex_text_is_the_digest() -> None:
    # printf '%s' abab…ab | sha256sum
    assert identity.digest(Secret("ab" * 32)) == "271a413bd339c5709fdceaec41f14f11e9fbfb5042d72d331c65f32b284cd09a"


def test_the_secret_is_not_shown() -> None:
    assert "ab" * 8 not in repr(Installation(Secret("ab" * 32), lasting=True))


def test_sessions_are_random_uuids() -> None:
    sessions = {identity.new_session() for _ in range(1000)}
    assert len(sessions) == 1000
    for session in sessions:
        parsed = uuid.UUID(session)
        assert (str(parsed), parsed.version, parsed.variant) == (session, 4, uuid.RFC_4122)
