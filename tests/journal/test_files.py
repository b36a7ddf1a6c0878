from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlflow_usage import filelock
from mlflow_usage.journal import files
from mlflow_usage.journal.batch import encode_key
from mlflow_usage.journal.layout import SIZES

META = {"resource": {}, "mode": "on", "endpoint": ""}


def test_a_journal_of_a_living_owner_cannot_be_taken(tmp_path: Path) -> None:
    owned = files.create(tmp_path, META, SIZES[0], 0)
    assert owned.path is not None
    assert files.adopt(owned.path) is None
    assert owned.path.stat().st_mode & 0o777 == 0o600


def test_the_journal_of_a_killed_process_is_taken_over_with_everything_in_it(tmp_path: Path) -> None:
    code = (
        "import sys, os, signal, pathlib\n"
        "from mlflow_usage.journal.recorder import Recorder\n"
        "from mlflow_usage.process.life import Life\n"
        "recorder = Recorder(lambda: {}, lambda: pathlib.Path(sys.argv[1]), life=Life())\n"
        "for _ in range(1000): recorder.hit('mlflow.log_metric', None)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode == -9
    (path,) = files.scan(tmp_path)
    owned = files.adopt(path)
    assert owned is not None
    assert [entry.calls for entry in owned.journal.preview().entries] == [1000]
    owned.remove()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"garbage", bytes(SIZES[0]), b"MLFUSAGE" + bytes(SIZES[0] - 8)])
def test_a_file_that_is_no_journal_is_removed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "0.journal"
    path.write_bytes(content)
    assert files.adopt(path) is None
    assert not list(tmp_path.iterdir())


def test_a_link_is_never_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    owned = files.create(tmp_path, META, SIZES[0], 0)
    assert owned.path is not None
    victim.write_bytes(owned.path.read_bytes())
    (tmp_path / "1.journal").symlink_to(victim)
    os.link(victim, tmp_path / "2.journal")
    before = victim.read_bytes()
    assert files.adopt(tmp_path / "1.journal") is None
    assert files.adopt(tmp_path / "2.journal") is None
    assert victim.read_bytes() == before


def test_a_copy_for_reading_changes_nothing(tmp_path: Path) -> None:
    owned = files.create(tmp_path, META, SIZES[0], 0)
    assert owned.path is not None
    owned.journal.live[owned.journal.publish(encode_key("mlflow.log_metric", {}))] += 2
    before = owned.path.read_bytes()
    assert files.read(owned.path).preview().entries[0].calls == 2
    assert owned.path.read_bytes() == before


def test_orphaned_locks_are_swept_and_living_ones_are_not(tmp_path: Path) -> None:
    (tmp_path / "dead.lock").touch()
    owned = files.create(tmp_path, META, SIZES[0], 0)
    files.sweep(tmp_path)
    assert owned.path is not None
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([owned.path.name, owned.path.with_suffix(".lock").name])


def test_a_link_into_a_network_file_system_is_one(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "home").symlink_to(tmp_path / "share")
    assert files.on_network(tmp_path / "home", f"server:/x {tmp_path}/share nfs4 rw 0 0\n")


MOUNTS = "/dev/vda / ext4 rw 0 0\nserver:/home /home nfs4 rw 0 0\n/dev/vdb /home/local\\040disk ext4 rw 0 0\n"


@pytest.mark.parametrize(
    ("place", "network"), [("/var/lib/x", False), ("/home/ann/.local", True), ("/homeless", False), ("/home/local disk/x", False)]
)
def test_a_network_file_system_is_recognised(place: str, *, network: bool) -> None:
    assert files.on_network(Path(place), MOUNTS) is network


def test_a_lock_that_is_swept_away_at_the_wrong_moment_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, refusals = filelock.take, [1, 1]
    monkeypatch.setattr(filelock, "take", lambda descriptor: not refusals.pop() if refusals else real(descriptor))
    owned = files.create(tmp_path, META, SIZES[0], 0)
    assert owned.path is not None
    assert len(list(tmp_path.iterdir())) == 2


def test_a_forked_child_keeps_no_lock_of_its_parent(tmp_path: Path) -> None:
    owned = files.create(tmp_path, META, SIZES[0], 0)
    child = os.fork()
    if child == 0:
        files.leave_to_parent()
        os._exit(0 if owned.lock == -1 else 1)
    assert os.waitpid(child, 0)[1] == 0
    assert owned.lock >= 0
