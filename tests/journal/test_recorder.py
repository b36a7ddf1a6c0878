from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow_usage.journal import files
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life


def drain(recorder: Recorder) -> int:
    """Seal and acknowledge until nothing waits; return the calls."""
    found = 0
    for owned in [*recorder.retired, *([recorder.live.owned] if recorder.live else [])]:
        journal = owned.journal
        while journal.pending or journal.dirty:
            if not journal.pending:
                journal.seal(os.urandom(16), 0)
            found += sum(entry.calls for entry in journal.batch().entries)
            journal.acknowledge()
    return found


@pytest.fixture
def quick_switches() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("quick_switches")
def test_sixteen_threads_are_counted_exactly_across_many_seals(tmp_path: Path) -> None:
    recorder = Recorder(dict, lambda: tmp_path, life=Life())

    def work() -> None:
        for number in range(20_000):
            recorder.hit("mlflow.log_metric" if number % 2 else "mlflow.log_param", None)
            if number % 1_000 == 0:
                time.sleep(0.002)  # the sealing thread gets its turns

    threads = [threading.Thread(target=work) for _ in range(16)]
    for thread in threads:
        thread.start()
    found, seals = 0, 0
    while any(thread.is_alive() for thread in threads):
        live = recorder.live
        if live is not None and live.journal.dirty:
            recorder.seal(live.owned, os.urandom(16))
            found += sum(entry.calls for entry in live.journal.batch().entries)
            live.journal.acknowledge()
            seals += 1
        time.sleep(0.001)
    assert found + drain(recorder) == 16 * 20_000
    assert seals > 0


def test_a_full_journal_is_followed_by_a_larger_one_and_nothing_is_lost(tmp_path: Path) -> None:
    recorder = Recorder(dict, lambda: tmp_path, life=Life())
    for number in range(300):
        recorder.count("mlflow.log_model", {"mlflow.usage.flavor": f"member_{number}"})
    assert recorder.retired
    assert sum(path.stat().st_size for path in tmp_path.glob("*.journal")) > 4096
    assert drain(recorder) == 300


def test_nothing_is_touched_before_the_first_call(tmp_path: Path) -> None:
    Recorder(dict, lambda: tmp_path / "state", life=Life())
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("place", ["missing/state", None])
def test_without_a_usable_directory_calls_are_counted_in_memory(tmp_path: Path, place: str | None) -> None:
    recorder = Recorder(dict, lambda: None if place is None else tmp_path / place, life=Life())
    recorder.hit("mlflow.log_metric", None)
    recorder.hit("mlflow.log_metric", None)
    assert drain(recorder) == 2
    assert not list(tmp_path.iterdir())


def test_a_signal_handler_that_calls_in_the_middle_of_a_first_call_is_counted(tmp_path: Path) -> None:
    recorder: Recorder

    def meta() -> dict[str, str]:
        recorder.hit("mlflow.log_param", None)  # what a handler does that interrupts the first call
        return {}

    recorder = Recorder(meta, lambda: tmp_path, life=Life())
    recorder.hit("mlflow.log_metric", None)
    assert drain(recorder) == 2


@pytest.mark.parametrize("hook", [True, False])
def test_a_forked_child_counts_into_its_own_journal(tmp_path: Path, *, hook: bool) -> None:
    """Without the hook it is a fork made in C."""
    recorder = Recorder(dict, lambda: tmp_path, life=Life())
    for _ in range(3):
        recorder.hit("mlflow.log_metric", "FileStore")
    child = os.fork()
    if child == 0:
        if hook:
            recorder.after_fork()
        for _ in range(5):
            recorder.hit("mlflow.log_metric", "FileStore")
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    recorder.hit("mlflow.log_metric", "FileStore")
    (dead,) = (path for path in files.scan(tmp_path) if path != recorder.live.owned.path)  # type: ignore[union-attr]
    taken = files.adopt(dead)
    assert taken is not None
    assert [entry.calls for entry in taken.journal.preview().entries] == [5]
    assert drain(recorder) == 4


def test_a_process_that_may_not_be_recorded_is_asked_once(tmp_path: Path) -> None:
    asked: list[None] = []
    recorder = Recorder(lambda: asked.append(None), lambda: tmp_path, life=Life())
    for _ in range(10):
        recorder.hit("mlflow.log_metric", None)
    assert len(asked) == 1
    assert not list(tmp_path.iterdir())


def test_after_consent_is_withdrawn_nothing_is_left_or_counted(tmp_path: Path) -> None:
    life = Life()
    recorder = Recorder(dict, lambda: tmp_path, life=life)
    recorder.hit("mlflow.log_metric", None)
    life.on("withdraw")
    recorder.discard()
    recorder.hit("mlflow.log_metric", None)
    assert not list(tmp_path.iterdir())


def test_the_hour_is_that_of_the_batch_s_first_call(tmp_path: Path) -> None:
    now = [3600.0 * 10 + 3599]
    recorder = Recorder(dict, lambda: tmp_path, clock=lambda: now[0], life=Life())
    recorder.hit("mlflow.log_metric", None)
    now[0] += 2  # the next hour, the same batch
    recorder.hit("mlflow.log_metric", None)
    live = recorder.live
    assert live is not None
    recorder.seal(live.owned, b"a" * 16)
    assert [(entry.calls, entry.hour) for entry in live.journal.batch().entries] == [(2, 10)]
    live.journal.acknowledge()
    recorder.hit("mlflow.log_metric", None)
    recorder.seal(live.owned, b"b" * 16)
    assert [(entry.calls, entry.hour) for entry in live.journal.batch().entries] == [(1, 11)]
