"""What dead processes left is kept within bounds, and goes as a whole when consent goes.

Decides which journals are given up: the oldest first, once all dead ones together exceed their size, and those past their age. It must
never count or touch the journal of a living process, and never give up a call without counting it as dropped.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from mlflow_usage.catalogue.deadlines import JOURNAL_DAYS
from mlflow_usage.consent.decision import Decision
from mlflow_usage.journal import files
from mlflow_usage.journal.batch import DROPPED, REASON
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.namedtuple import NamedTuple

MAX_BYTES: Final = 1024 * 1024  # of all dead journals together
MAX_AGE: Final = JOURNAL_DAYS * 86_400  # seconds since something was last counted


class Left(NamedTuple):
    """A journal's file as the directory tells of it."""

    path: Path
    size: int
    age: float  # seconds; a clock that jumped back makes nothing old


class Dead(NamedTuple):
    """A dead process's journal: what it weighs, how old it is, and whether this process could deliver it."""

    path: Path
    size: int
    age: float
    ours: bool


def prune(directory: Path, recorder: Recorder, now: float, endpoint: str, *, spare: bool = False) -> None:
    """Give up what is too old or too much; what was to go to `endpoint` (its stamp) is told as dropped with `recorder`'s next batch.

    `spare`: the endpoint takes what there is, so that what is for it is not too much.
    """
    files.sweep(directory)
    found = [left for path in files.scan(directory) if (left := _look(path, now)) is not None]
    # By the file's own time first: it is never later than the last call, so that nothing is missed.
    if sum(left.size for left in found) <= MAX_BYTES and not any(left.age >= MAX_AGE for left in found):
        return
    dead = [one for left in found if (one := _dead(left, now, endpoint)) is not None]
    total = sum(one.size for one in dead if not (spare and one.ours))
    for one in dead:
        old, much = one.age >= MAX_AGE, total > MAX_BYTES and not (spare and one.ours)
        if not old and not much:
            continue
        total -= 0 if spare and one.ours else one.size
        owned = files.adopt(one.path)
        if owned is None:
            continue
        calls = owned.journal.untold_of_all
        if one.ours and calls > 0:
            recorder.count(DROPPED, {REASON: "age" if old else "size"}, quietly=True, calls=calls)
        owned.remove()


def clear(directory: Path) -> None:
    """Remove what dead processes left: a setting or policy says off."""
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is not None:
            owned.remove()


def any_dead(directory: Path) -> bool:
    """Whether a dead process left something."""
    return any(_dead(Left(path, 0, 0.0), 0.0, "") is not None for path in files.scan(directory))


def withdraw(recorder: Recorder, decision: Decision, directory: Path | None) -> None:
    """Consent is gone: what this process has pending goes; what dead processes left goes, too, if a setting or policy said so."""
    recorder.discard()
    if directory is not None and decision.lasting:
        clear(directory)


def _look(path: Path, now: float) -> Left | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return Left(path, status.st_size, now - status.st_mtime)


def _dead(left: Left, now: float, endpoint: str) -> Dead | None:
    """What a journal's file is, if its process is dead; its age is that of its newest call where the file tells less."""
    owned = files.adopt(left.path)
    if owned is None:
        return None
    meta = owned.journal.meta
    ours = meta.get("mode") == "on" and meta.get("endpoint") == endpoint
    age = min(left.age, now - owned.journal.newest)
    owned.abandon()
    return Dead(left.path, left.size, age, ours)
