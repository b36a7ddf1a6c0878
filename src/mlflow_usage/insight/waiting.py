"""What waits on this machine: for the endpoint, or for nothing because it is kept here.

Decides nothing and changes nothing: it reads the journals. It must never fail for what a file holds.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import NamedTuple

from mlflow_usage.consent.decision import Decision
from mlflow_usage.consent.endpoint import stamp
from mlflow_usage.consent.mode import Mode
from mlflow_usage.journal import files
from mlflow_usage.journal.batch import JournalError
from mlflow_usage.journal.layout import Journal
from mlflow_usage.process.running import Running


class Waiting(NamedTuple):
    """The calls that no endpoint has acknowledged: those that would leave, and those that are kept."""

    calls: int = 0
    records: int = 0
    journals: int = 0
    oldest: str | None = None  # the hour of its first call
    kept: int = 0


def journals(directory: Path | None) -> Iterator[Journal]:
    """Yield copies of the journals of a state directory, and this process's own journals in memory."""
    session = Running.session
    if session is not None:
        live = session.recorder.live
        yield from (owned.journal for owned in (*session.recorder.retired, *([live.owned] if live else [])) if owned.path is None)
    for path in files.scan(directory) if directory is not None else ():
        with suppress(OSError, JournalError):
            yield files.read(path)


def sendable(journal: Journal, decision: Decision) -> bool:
    """Return whether a journal was recorded under the decision's mode and endpoint."""
    return journal.meta.get("mode") == Mode.ON.value and journal.meta.get("endpoint") == stamp(decision.endpoint)


def gather(directory: Path | None, decision: Decision) -> Waiting:
    """Return what waits in a state directory under a decision."""
    calls = records = count = kept = 0
    hours: list[int] = []
    for journal in journals(directory):
        unacknowledged = max(0, journal.unacknowledged)
        if decision.mode is not Mode.ON or not sendable(journal, decision):
            kept += unacknowledged
            continue
        with suppress(JournalError):
            entries = journal.preview().entries
            calls, count, records = calls + unacknowledged, count + (unacknowledged > 0), records + len(entries)
            hours += [entry.hour for entry in entries]
    return Waiting(calls, records, count, when(min(hours) * 3600) if hours else None, kept)


def when(seconds: float) -> str:
    """Return a time in UTC, to the second, as a person reads it."""
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
