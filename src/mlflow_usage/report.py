"""What a person may know about this installation: why it is on or off, what is waiting, what has left.

Decides nothing and changes nothing: it reads the decision, the state directory and the running session. Every line of it must be true of
this very moment.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from mlflow_usage import identity, state, system
from mlflow_usage.activation import Running
from mlflow_usage.catalogue.tables import REVISION
from mlflow_usage.consent import notice
from mlflow_usage.consent.decision import Decision, current
from mlflow_usage.endpoint import stamp
from mlflow_usage.journal import files
from mlflow_usage.journal.batch import JournalError
from mlflow_usage.journal.layout import Journal
from mlflow_usage.mode import Mode


@dataclass(frozen=True)
class Report:
    """The status of this installation, as `mlflow-usage status --json` gives it."""

    mode: str
    decided_by: str
    sources: tuple[dict[str, str], ...]
    endpoint: str
    endpoint_source: str
    endpoint_problem: str | None
    directory: str | None
    directory_problem: str | None
    installation: str | None  # the hash that leaves, None before the first recorded call
    waiting_calls: int
    waiting_journals: int
    kept_calls: int  # recorded under mode local or for another endpoint: not sent by this installation as it is set now
    sent_requests: int
    rejected_records: int
    last_sent: str | None
    last_answer: str | None
    notice: str
    notice_shown: bool
    catalogue: int
    version: str | None
    lifted: str | None = None
    troubles: tuple[str, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """The report as plain values, for JSON."""
        return asdict(self)

    def __str__(self) -> str:
        """The report as a person reads it."""
        return "\n".join(f"{name:<14}{text}" for name, text in self.lines())

    def lines(self) -> Iterator[tuple[str, str]]:
        """Name and text of each line."""
        why = "".join(f" ({source['detail']})" for source in self.sources if source["name"] == self.decided_by and source["detail"])
        yield "mode", f"{self.mode}, decided by {self.decided_by}{why}"
        for source in self.sources:
            if source["name"] != self.decided_by and (source["says"] or source["detail"]):
                yield "", f"{source['name']}: {' '.join(filter(None, (source['says'], source['detail'])))}"
        where = self.endpoint if self.endpoint_problem is None else f"{self.endpoint} ({self.endpoint_problem})"
        yield "endpoint", f"{where}, from {self.endpoint_source}"
        yield "installation", self.installation or "none yet: made at the first recorded call"
        place = self.directory or "none: no home directory; calls are kept in memory only"
        yield "state", place if self.directory_problem is None else f"{place} (not used: {self.directory_problem})"
        yield "waiting", f"{self.waiting_calls:,} calls, in journals: {self.waiting_journals:,}{self._kept()}"
        yield "sent", self._sent()
        for trouble in self.troubles:
            yield "note", trouble
        yield "catalogue", f"revision {self.catalogue}; mlflow-usage {self.version or 'unknown'}"
        yield "notice", self.notice
        yield "change it", "mlflow-usage on | local | off | reset; look: mlflow-usage preview | sent | catalogue"

    def _kept(self) -> str:
        return f"; {self.kept_calls:,} calls are kept and not sent" if self.kept_calls else ""

    def _sent(self) -> str:
        if not self.sent_requests:
            return "nothing yet"
        rejected = f"; {self.rejected_records:,} records rejected by the endpoint" if self.rejected_records else ""
        return f"{self.sent_requests:,} requests in the log, the last {self.last_sent} ({self.last_answer}){rejected}"


def gather() -> Report:
    """Read everything once. Never raises for what a file holds."""
    session = Running.session
    # Off is final for a running session, whatever the variables say by now.
    ended = session is not None and session.decision.mode is Mode.OFF
    decision = session.decision if session is not None and ended else current(disabled=Running.disabled)
    directory = state.locate(os.environ)
    problem = None if directory is None else state.problem(directory)
    usable = directory if problem is None else None
    secret = identity.read(usable)
    waiting, kept, journals = _waiting(usable, decision)
    sent, rejected, last = _sent(usable)
    return Report(
        mode=decision.mode.value,
        decided_by=decision.source,
        sources=tuple({"name": s.name, "says": s.says.value if s.says else "", "detail": s.detail} for s in decision.sources),
        endpoint=decision.endpoint.origin,
        endpoint_source=decision.endpoint.source,
        endpoint_problem=decision.endpoint.problem,
        directory=None if directory is None else str(directory),
        directory_problem=problem,
        installation=None if secret is None else identity.digest(secret),
        waiting_calls=waiting,
        waiting_journals=journals,
        kept_calls=kept,
        sent_requests=sent,
        rejected_records=rejected,
        last_sent=None if last is None else datetime.fromtimestamp(last.time, timezone.utc).isoformat(timespec="seconds"),
        last_answer=None if last is None else f"{last.outcome}, status {last.status}",
        notice=notice.text(decision) if decision.mode is not Mode.OFF else "not shown while off",
        notice_shown=notice.was_shown(usable, REVISION),
        catalogue=REVISION,
        version=system.own_version(),
        lifted=None if decision.lifted is None else decision.lifted.system,
        troubles=tuple(_troubles(decision, usable)),
    )


def _troubles(decision: Decision, directory: Path | None) -> Iterator[str]:
    """What stands between a call and its delivery right now, beside the mode."""
    from mlflow_usage.delivery import stop  # noqa: PLC0415

    session = Running.session
    if Running.uninstrumented:
        yield "this process is uninstrumented"
    if session is not None and session.refused is not None:
        yield "nothing is recorded in this process: its MLflow states no public version"
    if session is not None and session.held:
        yield "this process showed the notice first: a later one sends what it recorded"
    version = system.public_version(system.own_version()) or "0.0"
    if stop.holds(stop.place(directory, stamp(decision.endpoint), version), time.time()):
        yield "the endpoint asked this version to stop; it is asked again after a day"
    if session is not None and session.sender.failing:
        yield "the last attempt was not acknowledged; what is waiting is sent again later"


def journals(directory: Path | None) -> Iterator[Journal]:
    """Copies of the journals of a state directory, and of this process's own in memory."""
    session = Running.session
    if session is not None:
        live = session.recorder.live
        yield from (owned.journal for owned in (*session.recorder.retired, *([live.owned] if live else [])) if owned.path is None)
    for path in files.scan(directory) if directory is not None else ():
        with suppress(OSError, JournalError):
            yield files.read(path)


def _sendable(journal: Journal, decision: Decision) -> bool:
    return journal.meta.get("mode") == Mode.ON.value and journal.meta.get("endpoint") == stamp(decision.endpoint)


def _waiting(directory: Path | None, decision: Decision) -> tuple[int, int, int]:
    waiting = kept = count = 0
    for journal in journals(directory):
        calls = max(0, journal.unacknowledged)
        if decision.mode is Mode.ON and _sendable(journal, decision):
            waiting, count = waiting + calls, count + (calls > 0)
        else:
            kept += calls
    return waiting, kept, count


def _sent(directory: Path | None) -> tuple[int, int, Any]:
    from mlflow_usage.delivery import audit  # noqa: PLC0415

    number, rejected, last = 0, 0, None
    for last in audit.read(directory):
        number += 1
        rejected += last.rejected
    return number, rejected, last


def preview() -> list[dict[str, Any]]:
    """The OTLP/JSON of each request that would leave next, one for each journal; in mode local or off, of what is kept here.

    A batch gets its uids when it is sealed: before that its records are shown without.
    """
    from mlflow_usage.delivery import otel  # noqa: PLC0415

    directory = state.locate(os.environ)
    version = system.public_version(system.own_version()) or "0.0"
    found = []
    decision = current(disabled=Running.disabled)
    for journal in journals(None if directory is None or state.problem(directory) else directory):
        if decision.mode is Mode.ON and not _sendable(journal, decision):
            continue
        with suppress(JournalError):
            request = otel.as_json(otel.records(journal.preview(), journal.meta, version))
            if request and not journal.pending:
                _without_uids(request)
            if request:
                found.append(request)
    return found


def _without_uids(request: dict[str, Any]) -> None:
    for record in (record for logs in request["resourceLogs"] for scope in logs["scopeLogs"] for record in scope["logRecords"]):
        record["attributes"] = [pair for pair in record["attributes"] if pair["key"] != "log.record.uid"]
