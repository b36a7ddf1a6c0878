"""What waits on this machine, what is kept, and what has left it.

Decides nothing and changes nothing: it reads the journals and the log of requests. It must never fail for what a file holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, NamedTuple

from mlflow_usage.activation import Running
from mlflow_usage.consent.decision import Decision
from mlflow_usage.endpoint import stamp
from mlflow_usage.journal import FORGET, JournalError, files
from mlflow_usage.journal.layout import Journal
from mlflow_usage.mode import Mode


class Waiting(NamedTuple):
    """What no endpoint has acknowledged: what would leave, and what is kept because of the mode or another endpoint."""

    calls: int = 0
    records: int = 0
    journals: int = 0
    oldest: str | None = None  # the hour of its first call
    kept: int = 0


class Left(NamedTuple):
    """What the log of requests holds."""

    requests: int = 0
    size: int = 0  # bytes, as they were on the wire
    records: int = 0
    calls: int = 0
    rejected: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    last: str | None = None
    answer: str | None = None
    attempt: str | None = None  # the last request whose answer was no acknowledgement, if it is newer than `last`


def journals(directory: Path | None) -> Iterator[Journal]:
    """Copies of the journals of a state directory, and of this process's own in memory."""
    session = Running.session
    if session is not None:
        live = session.recorder.live
        yield from (owned.journal for owned in (*session.recorder.retired, *([live.owned] if live else [])) if owned.path is None)
    for path in files.scan(directory) if directory is not None else ():
        with suppress(OSError, JournalError):
            yield files.read(path)


def sendable(journal: Journal, decision: Decision) -> bool:
    """Whether what a journal holds was recorded to go where the decision says."""
    return journal.meta.get("mode") == Mode.ON.value and journal.meta.get("endpoint") == stamp(decision.endpoint)


def waiting(directory: Path | None, decision: Decision) -> Waiting:
    """What waits in a state directory under a decision."""
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
    return Waiting(calls, records, count, _when(min(hours) * 3600) if hours else None, kept)


def left(directory: Path | None) -> Left:
    """What has left, by the log of a state directory."""
    from mlflow_usage.delivery import audit  # noqa: PLC0415  most programs never ask

    size = records = calls = rejected = requests = 0
    outcomes: Counter[str] = Counter()
    last = answer = attempt = None
    for sent in audit.read(directory):
        requests, size, rejected = requests + 1, size + len(sent.body), rejected + sent.rejected
        outcomes[sent.outcome] += 1
        if sent.outcome != "accepted":
            attempt = f"{_when(sent.time)} ({sent.outcome}, status {sent.status or 'none'})"
            continue
        last, answer, attempt = _when(sent.time), f"{sent.outcome}, status {sent.status}", None
        with suppress(ValueError):
            found = list(_counts(audit.decode(sent.body)))
            records, calls = records + len(found), calls + sum(found)
    return Left(requests, size, records, calls, rejected, tuple(sorted(outcomes.items())), last, answer, attempt)


def _counts(request: dict[str, Any]) -> Iterator[int]:
    """The calls of each record; a request to erase is none."""
    for record in (record for logs in request.get("resourceLogs", ()) for scope in logs["scopeLogs"] for record in scope["logRecords"]):
        for pair in record.get("attributes", ()):
            if pair["key"] == "mlflow.usage.count":
                yield 0 if record.get("eventName") == FORGET else int(pair["value"].get("intValue", 0))


def _when(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, timezone.utc).isoformat(timespec="seconds")
