"""What dead processes left is kept within bounds, and goes as a whole when consent goes.

Decides which journals are given up: the oldest first, once all dead ones together exceed their size, and those past their age. It must
never count or touch the journal of a living process, and never give up a call without counting it as dropped.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final, NamedTuple

from mlflow_usage.consent.decision import Decision
from mlflow_usage.journal import files
from mlflow_usage.journal.recorder import Recorder

MAX_BYTES: Final = 1024 * 1024  # of all dead journals together
MAX_AGE: Final = 7 * 86_400  # seconds since something was last counted
DROPPED: Final = "mlflow.usage.dropped"
REASON: Final = "mlflow.usage.reason"


class Left(NamedTuple):
    """A journal's file as the directory tells of it."""

    path: Path
    size: int
    age: float  # seconds; a clock that jumped back makes nothing old


def prune(directory: Path, recorder: Recorder, now: float, most: float = MAX_BYTES) -> None:
    """Give up what is too old or exceeds `most` bytes; the calls in it are counted by `recorder`, to be told with its next batch."""
    files.sweep(directory)
    found = [left for path in files.scan(directory) if (left := _look(path, now)) is not None]
    if sum(left.size for left in found) <= most and not any(left.age >= MAX_AGE for left in found):
        return
    dead = [left for left in found if _is_dead(left.path)]
    total = sum(left.size for left in dead)
    for left in dead:
        if total <= most and left.age < MAX_AGE:
            continue
        total -= left.size
        owned = files.adopt(left.path)
        if owned is None:
            continue
        calls = owned.journal.unacknowledged
        if owned.journal.meta.get("mode") == "on" and calls > 0:
            recorder.count(DROPPED, {REASON: "age" if left.age >= MAX_AGE else "size"}, quietly=True, calls=calls)
        owned.remove()


def withdraw(recorder: Recorder, decision: Decision, directory: Path | None) -> None:
    """Consent is gone: what this process has pending goes; what dead processes left goes, too, if a setting or policy said so."""
    recorder.discard()
    if directory is not None and decision.source.startswith(("settings", "machine policy", "environment policy")):
        for path in files.scan(directory):
            owned = files.adopt(path)
            if owned is not None:
                owned.remove()


def _look(path: Path, now: float) -> Left | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return Left(path, status.st_size, now - status.st_mtime)


def _is_dead(path: Path) -> bool:
    owned = files.adopt(path)
    if owned is not None:
        owned.abandon()
    return owned is not None
