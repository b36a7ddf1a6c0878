"""The bounds within which dead journals are kept.

Decides which dead journals are dropped: the oldest first while all together exceed their size, and every one past its age. This module must
never count or touch the journal of a living process, nor drop a call that was to go to this endpoint without reporting it.
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


class JournalFile(NamedTuple):
    """A directory entry that names a journal: its size in bytes, and its age in seconds (a clock that jumped back makes nothing old)."""

    path: Path
    size: int
    age: float


class DeadJournal(NamedTuple):
    """A dead journal; `deliverable`: it was recorded to go to the endpoint that this process sends to."""

    path: Path
    size: int
    age: float
    deliverable: bool


def prune(directory: Path, recorder: Recorder, now: float, endpoint: str, *, spare: bool = False) -> None:
    """Drop what is too old or too much; `recorder` reports what was to go to `endpoint` (its stamp) with its next batch.

    `spare`: the endpoint is accepting, so what can be delivered to it is not too much.
    """
    files.sweep(directory)
    found = [file for path in files.scan(directory) if (file := _look(path, now)) is not None]
    # By the file's own time first, which is never later than the last call: so nothing is missed.
    if sum(file.size for file in found) <= MAX_BYTES and not any(file.age >= MAX_AGE for file in found):
        return
    dead = [journal for file in found if (journal := _dead(file, now, endpoint)) is not None]
    weighed = [journal for journal in dead if not (spare and journal.deliverable)]
    total = sum(journal.size for journal in weighed)
    for journal in dead:
        too_old, too_much = journal.age >= MAX_AGE, journal in weighed and total > MAX_BYTES
        if not too_old and not too_much:
            continue
        total -= journal.size if journal in weighed else 0
        owned = files.adopt(journal.path)
        if owned is None:
            continue
        calls = owned.journal.unknown
        if journal.deliverable and calls > 0:
            recorder.count(DROPPED, {REASON: "age" if too_old else "size"}, quietly=True, calls=calls)
        owned.remove()


def clear(directory: Path) -> None:
    """Remove every dead journal: a setting or policy says off."""
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is not None:
            owned.remove()


def any_dead(directory: Path) -> bool:
    """Return whether there is a dead journal."""
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is not None:
            owned.abandon()
            return True
    return False


def withdraw(recorder: Recorder, decision: Decision, directory: Path | None) -> None:
    """Delete what this process has pending, since consent is gone; dead journals too if a setting or policy said so."""
    recorder.discard()
    if directory is not None and decision.lasting:
        clear(directory)


def _look(path: Path, now: float) -> JournalFile | None:
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return JournalFile(path, status.st_size, now - status.st_mtime)


def _dead(file: JournalFile, now: float, endpoint: str) -> DeadJournal | None:
    """Return the journal of a file if its process is dead; its age is that of its newest call where the file's time says less."""
    owned = files.adopt(file.path)
    if owned is None:
        return None
    meta = owned.journal.meta
    deliverable = meta.get("mode") == "on" and meta.get("endpoint") == endpoint
    age = min(file.age, now - owned.journal.newest)
    owned.abandon()
    return DeadJournal(file.path, file.size, age, deliverable)
