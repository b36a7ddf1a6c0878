"""A state directory that another user or program prepared: nothing of theirs is read or harmed."""

from __future__ import annotations

import os
import shutil
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from mlflow_usage.delivery import stop
from mlflow_usage.installation import state
from mlflow_usage.installation.state import StateError
from promises.faults.scene import Scene
from support.other_user import NOBODY, needs_root
from support.receiver import Receiver

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="owners, modes and links")
SECRET = "the victim's own words\n"
NAMES = ("installation", "settings.toml", "sent.jsonl", "sent.1.jsonl", "notice-1", f"{'0' * 32}.journal", f"{'0' * 32}.lock")


def link(place: Path, victim: Path) -> None:
    place.symlink_to(victim)


def dangling(place: Path, victim: Path) -> None:
    place.symlink_to(victim.with_name("not-there"))


def hard(place: Path, victim: Path) -> None:
    os.link(victim, place)


def pipe(place: Path, victim: Path) -> None:  # noqa: ARG001
    os.mkfifo(place)


def folder(place: Path, victim: Path) -> None:
    place.symlink_to(victim.parent)


def directory(place: Path, victim: Path) -> None:  # noqa: ARG001
    place.mkdir()


KINDS = {each.__name__: each for each in (link, dangling, hard, pipe, folder, directory)}
PROGRAM = """
session = begin()
for number in range(50):
    session.hit(EVENTS[number % 5], "FileStore")
session.sender.flush(5)
"""


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Receiver() as receiver:
        yield Scene(tmp_path, receiver)


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_lies_under_one_of_our_names_the_program_goes_on_and_nobody_else_s_file_changes(kind: str, scene: Scene) -> None:
    victims = scene.place / "victim"
    victims.mkdir()
    scene.state.mkdir(mode=0o700)
    for name in NAMES:
        victim = victims / name
        victim.write_text(SECRET, encoding="utf-8")
        KINDS[kind](scene.state / name, victim)
    ended = scene.play(PROGRAM)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert sorted(path.name for path in victims.iterdir()) == sorted(NAMES)
    assert {path.read_text(encoding="utf-8") for path in victims.iterdir()} == {SECRET}
    for request in scene.receiver.requests:
        assert SECRET.strip() not in str(request.content)


def test_a_hard_link_is_never_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "diary"
    victim.write_text(SECRET, encoding="utf-8")
    os.link(victim, tmp_path / "sent.jsonl")
    for flags in (os.O_WRONLY | os.O_APPEND, os.O_RDWR | os.O_CREAT):
        with pytest.raises(StateError, match="hard link"):
            state.open_private(tmp_path / "sent.jsonl", flags)
    assert state.read_private(tmp_path / "sent.jsonl") == SECRET.encode()  # as for a new secret, which has two names for a moment
    state.write_private(tmp_path / "sent.jsonl", b"ours")
    assert victim.read_text(encoding="utf-8") == SECRET


@needs_root
def test_a_directory_that_another_user_made_first_is_not_used(scene: Scene) -> None:
    scene.state.mkdir(mode=0o777)
    os.chown(scene.state, NOBODY, NOBODY)
    (scene.state / "settings.toml").write_text('endpoint = "http://127.0.0.1:1"\n', encoding="utf-8")
    ended = scene.play(PROGRAM)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert scene.files() == ["settings.toml"]


@needs_root
def test_another_user_s_files_in_our_directory_are_not_believed(scene: Scene) -> None:
    scene.state.mkdir(mode=0o700)
    for name, content in {
        "installation": "f" * 64,
        "settings.toml": 'mode = "on"\nendpoint = "http://127.0.0.1:1"\n',
        "sent.jsonl": "{}\n",
    }.items():
        (scene.state / name).write_text(content, encoding="utf-8")
        os.chown(scene.state / name, NOBODY, NOBODY)
    ended = scene.play(PROGRAM)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert not scene.receiver.requests  # settings that may not be read are off
    (scene.state / "settings.toml").unlink()
    assert scene.play(PROGRAM).code == 0
    (resource, _), *_ = scene.receiver.records()
    import hashlib

    assert resource["app.installation.id"] != hashlib.sha256(b"f" * 64).hexdigest()


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777])
def test_a_directory_that_others_may_write_is_not_used(mode: int, scene: Scene) -> None:
    scene.state.mkdir()
    scene.state.chmod(mode)
    ended = scene.play(PROGRAM)
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert scene.files() == []


def append(path: Path) -> None:
    descriptor = state.open_private(path, os.O_WRONLY | os.O_APPEND)
    try:
        os.write(descriptor, b"ours")
    finally:
        os.close(descriptor)


def test_a_race_for_a_file_s_name_never_writes_through_a_link(tmp_path: Path) -> None:
    """Someone swaps a link in and out while files are written."""
    place, victim = state.ensure(tmp_path / "state"), tmp_path / "victim"
    victim.write_text(SECRET, encoding="utf-8")
    over = threading.Event()

    def swap() -> None:
        while not over.is_set():
            try:
                (place / "swap").symlink_to(victim)
                (place / "swap").replace(place / "settings.toml")
                os.link(victim, place / "swap")
                (place / "swap").replace(place / "sent.jsonl")
            except OSError:  # noqa: PERF203
                (place / "swap").unlink(missing_ok=True)

    def attempt(work: Callable[[], object]) -> None:
        try:
            work()
        except OSError:
            return

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(2_000):
            attempt(lambda: state.write_private(place / "settings.toml", b"ours"))
            attempt(lambda: append(place / "settings.toml"))
            attempt(lambda: stop.stop(place / "settings.toml"))
    finally:
        over.set()
        thread.join()
    assert victim.read_text(encoding="utf-8") == SECRET


def test_what_is_made_can_be_read_by_its_owner_only_whatever_the_umask(scene: Scene) -> None:
    ended = scene.play("os.umask(0)\n" + PROGRAM)
    assert ended.code == 0
    assert stat.S_IMODE(scene.state.stat().st_mode) == 0o700
    made = list(scene.state.iterdir())
    assert made
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
    shutil.rmtree(scene.state)
