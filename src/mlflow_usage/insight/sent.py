"""What has left this machine, by the audit log.

Decides nothing and changes nothing. It must never fail for what the log holds.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from mlflow_usage.delivery import audit
from mlflow_usage.insight.waiting import when
from mlflow_usage.journal.batch import FORGET


class Sent(NamedTuple):
    """The content of the audit log, summed up."""

    requests: int = 0
    size: int = 0  # bytes, as they were on the wire
    records: int = 0
    calls: int = 0
    rejected: int = 0
    outcomes: tuple[tuple[str, int], ...] = ()
    last: str | None = None
    answer: str | None = None
    attempt: str | None = None  # the last request whose answer was no acknowledgement, if it is newer than `last`


def gather(directory: Path | None) -> Sent:
    """Return what has left, by the audit log of a state directory."""
    size = records = calls = rejected = requests = 0
    outcomes: Counter[str] = Counter()
    last = answer = attempt = None
    for request in audit.read(directory):
        requests, size, rejected = requests + 1, size + len(request.body), rejected + request.rejected
        outcomes[request.outcome] += 1
        if request.outcome != "accepted":
            attempt = f"{when(request.time)} ({request.outcome}, status {request.status or 'none'})"
            continue
        last, answer, attempt = when(request.time), f"{request.outcome}, status {request.status}", None
        with suppress(ValueError):
            found = list(_counts(audit.decode(request.body)))
            records, calls = records + len(found), calls + sum(found)
    return Sent(requests, size, records, calls, rejected, tuple(sorted(outcomes.items())), last, answer, attempt)


def _counts(request: dict[str, Any]) -> Iterator[int]:
    """Yield the calls of each record; a request to erase is none."""
    for record in (record for logs in request.get("resourceLogs", ()) for scope in logs["scopeLogs"] for record in scope["logRecords"]):
        for pair in record.get("attributes", ()):
            if pair["key"] == "mlflow.usage.count":
                yield 0 if record.get("eventName") == FORGET else int(pair["value"].get("intValue", 0))
