"""What dead processes left stays within its bounds: given up by age and size, never while its process lives, and never untold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from mlflow_usage.consent.decision import Decision
from mlflow_usage.consent.endpoint import Endpoint
from mlflow_usage.consent.mode import Mode
from mlflow_usage.journal import bounds, files
from mlflow_usage.journal.batch import encode_key
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life

HERE, THERE = "0" * 16, "1" * 16  # stamps of endpoints
DAY = 86_400
NOW = 1_800_000_000.0


def recorder(place: Path, *, endpoint: str = HERE, mode: str = "on", age: float = 0) -> Recorder:
    """The recorder of a process that lives `age` seconds before now."""
    meta = {"resource": {"service.name": "mlflow"}, "mode": mode, "endpoint": endpoint}
    return Recorder(lambda: meta, lambda: place, clock=lambda: NOW - age, life=Life())


def dead(place: Path, calls: int = 1, *, endpoint: str = HERE, mode: str = "on", age: float = 0) -> Path:
    """The journal of a process that made some calls `age` seconds ago and died."""
    process = recorder(place, endpoint=endpoint, mode=mode, age=age)
    for _ in range(calls):
        process.hit("mlflow.log_metric", None)
    assert process.live is not None
    owned = process.live.owned
    assert owned.path is not None
    os.utime(owned.path, (NOW - age, NOW - age))
    owned.abandon()
    return owned.path


def told(living: Recorder) -> dict[str, int]:
    """Dropped calls, by their reason, that a process tells with its next batch."""
    if living.live is None:
        return {}
    return {
        reason: living.live.words[slot]
        for reason in ("age", "size")
        if (slot := living.live.keyed.get(encode_key("mlflow.usage.dropped", {"mlflow.usage.reason": reason}))) is not None
    }


def journals(place: Path, living: Recorder) -> set[Path]:
    own = living.live.owned.path if living.live else None
    return {path for path in files.scan(place) if path != own}


def test_what_is_young_and_little_stays(tmp_path: Path) -> None:
    kept = {dead(tmp_path, age=age) for age in (0, DAY, bounds.MAX_AGE - 1)}
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE)
    assert journals(tmp_path, living) == kept
    assert told(living) == {}


def test_what_is_too_old_goes_and_is_told(tmp_path: Path) -> None:
    young = dead(tmp_path, 5, age=DAY)
    for calls in (2, 3):
        dead(tmp_path, calls, age=bounds.MAX_AGE + 1)
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE)
    assert journals(tmp_path, living) == {young}
    assert told(living) == {"age": 5}


def test_age_is_that_of_the_newest_call(tmp_path: Path) -> None:
    """A file system may not date what is written through a map."""
    path = dead(tmp_path, age=DAY)
    os.utime(path, (0, 0))
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE)
    assert journals(tmp_path, living) == {path}


def test_a_clock_that_jumped_back_makes_nothing_old(tmp_path: Path) -> None:
    path = dead(tmp_path, age=-40 * 365 * DAY)
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE)
    assert journals(tmp_path, living) == {path}


def many(place: Path, number: int, *, endpoint: str = HERE) -> list[Path]:
    """Dead journals, the oldest first."""
    return [dead(place, endpoint=endpoint, age=number - each) for each in range(number)]


def test_what_is_too_much_goes_the_oldest_first_and_is_told(tmp_path: Path) -> None:
    found = many(tmp_path, 260)
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE)
    left = journals(tmp_path, living)
    assert sum(path.stat().st_size for path in left) <= bounds.MAX_BYTES
    assert left == set(found[-len(left) :])
    assert told(living) == {"size": 260 - len(left)}


def test_what_the_endpoint_takes_is_not_too_much(tmp_path: Path) -> None:
    ours, theirs = many(tmp_path, 260), dead(tmp_path, endpoint=THERE)
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE, spare=True)
    assert journals(tmp_path, living) == {*ours, theirs}


@pytest.mark.parametrize(("endpoint", "mode"), [(THERE, "on"), (HERE, "local")])
def test_what_was_for_another_endpoint_or_for_nobody_goes_untold(tmp_path: Path, endpoint: str, mode: str) -> None:
    """The number would tell this endpoint of calls that were never meant for it."""
    dead(tmp_path, 7, endpoint=endpoint, mode=mode, age=bounds.MAX_AGE + 1)
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE)
    assert not journals(tmp_path, living)
    assert told(living) == {}


def test_the_journal_of_a_living_process_is_not_touched_however_old(tmp_path: Path) -> None:
    old = recorder(tmp_path, age=2 * bounds.MAX_AGE)
    old.hit("mlflow.log_metric", None)
    assert old.live is not None
    path = old.live.owned.path
    assert path is not None
    os.utime(path, (0, 0))
    living = recorder(tmp_path)
    bounds.prune(tmp_path, living, NOW, HERE)
    bounds.clear(tmp_path)
    assert path.exists()
    assert not bounds.any_dead(tmp_path)


LIVING = """
import pathlib, sys
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
recorder = Recorder(lambda: {}, lambda: pathlib.Path(sys.argv[1]), life=Life())
recorder.hit("mlflow.log_metric", None)
print("living", flush=True)
sys.stdin.read()
"""


def test_a_journal_is_dead_when_its_process_is(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", LIVING, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "living\n"
    assert not bounds.any_dead(tmp_path)
    process.kill()
    process.communicate()
    assert bounds.any_dead(tmp_path)
    bounds.clear(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("source", "lasting"), [("variable MLFLOW_USAGE=off", False), ("settings /x", True), ("machine policy /x", True)])
def test_when_consent_goes_what_is_pending_goes(tmp_path: Path, source: str, *, lasting: bool) -> None:
    """This process's own always; what dead processes left where a person or an administrator said so for good."""
    left = dead(tmp_path)
    living = recorder(tmp_path)
    living.hit("mlflow.log_metric", None)
    bounds.withdraw(living, Decision(Mode.OFF, source, (), Endpoint(None)), tmp_path)
    assert list(tmp_path.glob("*.journal")) == ([] if lasting else [left])
    assert living.settled


def test_garbage_is_nobody_s_and_goes(tmp_path: Path) -> None:
    (tmp_path / "0.journal").write_bytes(b"garbage")
    (tmp_path / "1.lock").touch()
    assert not bounds.any_dead(tmp_path)
    (tmp_path / "0.journal").write_bytes(bytes(4096))
    bounds.prune(tmp_path, recorder(tmp_path), NOW, HERE)
    bounds.clear(tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_directory_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    bounds.prune(tmp_path / "missing", recorder(tmp_path), NOW, HERE)
    bounds.clear(tmp_path / "missing")
    bounds.withdraw(recorder(tmp_path), Decision(Mode.OFF, "settings /x", (), Endpoint(None)), None)
    assert not bounds.any_dead(tmp_path / "missing")
