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
from pathlib import Path
from typing import Any

from mlflow_usage import account, consent, identity, state, system
from mlflow_usage.activation import Running
from mlflow_usage.catalogue.tables import REVISION
from mlflow_usage.consent import notice, policy
from mlflow_usage.consent.decision import Decision, current
from mlflow_usage.endpoint import stamp
from mlflow_usage.journal import JournalError
from mlflow_usage.mode import Mode


@dataclass(frozen=True)
class Report:
    """The status of this installation, as `mlflow-usage status --json` gives it. A key, once there, keeps its name and meaning."""

    mode: str
    decided_by: str
    sources: tuple[dict[str, str], ...]
    endpoint: str
    endpoint_source: str
    endpoint_problem: str | None
    policies: tuple[dict[str, Any], ...]
    builtin_silenced: bool
    directory: str | None
    directory_problem: str | None
    installation: str | None  # the hash that leaves, None before the first recorded call
    waiting_calls: int
    waiting_records: int
    waiting_journals: int
    waiting_since: str | None
    kept_calls: int  # recorded under mode local or for another endpoint: not sent by this installation as it is set now
    sent_requests: int
    sent_records: int
    sent_calls: int
    sent_bytes: int
    outcomes: dict[str, int]
    rejected_records: int
    last_sent: str | None
    last_answer: str | None
    last_failure: str | None
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
        """Name and text of each line; without a name it goes on with what the line above is about."""
        why = "".join(f" ({source['detail']})" for source in self.sources if source["name"] == self.decided_by and source["detail"])
        yield "mode", f"{self.mode}, decided by {self.decided_by}{why}"
        for source in self.sources:
            if source["name"] != self.decided_by and (source["says"] or source["detail"]):
                yield "", f"{source['name']}: {' '.join(filter(None, (source['says'], source['detail'])))}"
        where = self.endpoint if self.endpoint_problem is None else f"{self.endpoint} ({self.endpoint_problem})"
        yield "endpoint", f"{where}, from {self.endpoint_source}"
        yield from self._policies()
        yield "installation", self.installation or "none yet: made at the first recorded call"
        place = self.directory or "none: no home directory; calls are kept in memory only"
        yield "state", place if self.directory_problem is None else f"{place} (not used: {self.directory_problem})"
        since = f", since {self.waiting_since}" if self.waiting_since else ""
        parts = many(self.waiting_calls, "call"), many(self.waiting_records, "record"), many(self.waiting_journals, "journal")
        yield "waiting", "{} in {} of {}".format(*parts) + since
        if self.kept_calls:
            yield "", f"{many(self.kept_calls, 'call')} {'is' if self.kept_calls == 1 else 'are'} kept and not sent"
        yield from self._sent()
        for trouble in self.troubles:
            yield "note", trouble
        yield "catalogue", f"revision {self.catalogue}; mlflow-usage {self.version or 'unknown'}"
        shown = "" if self.mode == Mode.OFF.value else f"{'shown' if self.notice_shown else 'not shown yet'}: "
        yield "notice", f"{shown}{self.notice}"
        yield from self._changes()

    def _policies(self) -> Iterator[tuple[str, str]]:
        for name, found in zip(("policy", ""), self.policies, strict=False):
            sets = ", ".join(found["sets"]) or "nothing"
            said = f"invalid, hence off: {found['problem']}" if found["problem"] else f"sets {sets}"
            yield name, f"{found['kind']} {found['path']}: {said}" + (f" ({found['ignored']})" if found["ignored"] else "")
        if not self.policies:
            yield "policy", f"none ({consent.machine_policy()})"
        if self.builtin_silenced:
            yield "", "MLflow's own telemetry is silenced by policy"

    def _sent(self) -> Iterator[tuple[str, str]]:
        if not self.sent_requests:
            yield "sent", "nothing yet"
            return
        rejected = f"; {many(self.rejected_records, 'record')} rejected by the endpoint" if self.rejected_records else ""
        answers = ", ".join(f"{count:,} {outcome}" for outcome, count in self.outcomes.items())
        what = f"{many(self.sent_calls, 'call')} in {many(self.sent_requests, 'request')} of {many(self.sent_bytes, 'byte')}"
        yield "sent", f"{what} ({answers}){rejected}"
        yield "", f"last acknowledged {self.last_sent or 'never'}" + (f"; last failure {self.last_failure}" if self.last_failure else "")

    def _changes(self) -> Iterator[tuple[str, str]]:
        yield "change it", f"mode: {self._how()}"
        theirs = "policy" in self.endpoint_source
        yield "", f"endpoint: {'its policy alone' if theirs else 'mlflow-usage on --endpoint URL, or MLFLOW_USAGE_ENDPOINT'}"
        yield "", "id: mlflow-usage reset, or forget, which also asks for the erasure of what was sent"
        yield "look", "mlflow-usage preview | sent | explain EVENT | catalogue | doctor"

    def _how(self) -> str:
        for kind, how in (
            ("machine policy", "only whoever may write that file"),
            ("environment policy", "only whoever may write that file"),
            ("variable", f"unset {self.decided_by.removeprefix('variable ').partition('=')[0]}"),
            ("endpoint", "name an endpoint"),
            ("mlflow_usage.disable()", "mlflow_usage.enable()"),
        ):
            if self.decided_by.startswith(kind):
                return how
        others = " | ".join(mode.value for mode in Mode if mode.value != self.mode)
        return f"mlflow-usage {others}" + (", or MLFLOW_USAGE" if self.mode == "on" else "")


def many(number: int, what: str) -> str:
    """A number of things in words."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


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
    waiting, left = account.waiting(usable, decision), account.left(usable)
    policies = tuple(found for kind, path in _places() if (found := policy.read(kind, path)) is not None)
    return Report(
        mode=decision.mode.value,
        decided_by=decision.source,
        sources=tuple({"name": s.name, "says": s.says.value if s.says else "", "detail": s.detail} for s in decision.sources),
        endpoint=decision.endpoint.origin,
        endpoint_source=decision.endpoint.source,
        endpoint_problem=decision.endpoint.problem,
        policies=tuple(_policy(found) for found in policies),
        builtin_silenced=any(found.silences_builtin for found in policies),
        directory=None if directory is None else str(directory),
        directory_problem=problem,
        installation=None if secret is None else identity.digest(secret),
        waiting_calls=waiting.calls,
        waiting_records=waiting.records,
        waiting_journals=waiting.journals,
        waiting_since=waiting.oldest,
        kept_calls=waiting.kept,
        sent_requests=left.requests,
        sent_records=left.records,
        sent_calls=left.calls,
        sent_bytes=left.size,
        outcomes=dict(left.outcomes),
        rejected_records=left.rejected,
        last_sent=left.last,
        last_answer=left.answer,
        last_failure=left.attempt,
        notice=notice.text(decision) if decision.mode is not Mode.OFF else "not shown while off",
        notice_shown=notice.was_shown(usable, REVISION),
        catalogue=REVISION,
        version=system.own_version(),
        lifted=None if decision.lifted is None else decision.lifted.system,
        troubles=tuple(_troubles(decision, usable)),
    )


def _places() -> tuple[tuple[policy.Kind, str], ...]:
    return ("machine", consent.machine_policy()), ("environment", consent.environment_policy())


def _policy(found: policy.Policy) -> dict[str, Any]:
    """A policy as a person may see it: no header's value."""
    named = (("mode", found.mode and found.mode.value), ("endpoint", found.endpoint), ("certificate", found.certificate))
    sets = [f"{name} {value}" for name, value in named if value is not None and not found.problem]
    sets += [f"header {name}" for name, _ in found.headers] + (["builtin off"] if found.silences_builtin else [])
    return {"kind": found.kind, "path": found.path, "sets": tuple(sets), "problem": found.problem or None, "ignored": found.ignored or None}


def _troubles(decision: Decision, directory: Path | None) -> Iterator[str]:
    """What stands between a call and its delivery right now, beside the mode."""
    from mlflow_usage import delivery  # noqa: PLC0415

    session = Running.session
    if Running.uninstrumented:
        yield "this process is uninstrumented"
    if session is not None and session.refused is not None:
        yield "nothing is recorded in this process: its MLflow states no public version"
    if session is not None and session.held:
        yield "this process showed the notice first: a later one sends what it recorded"
    version = system.public_version(system.own_version()) or "0.0"
    if delivery.stopped(delivery.stop_file(directory, stamp(decision.endpoint), version), time.time()):
        yield "the endpoint asked this version to stop; it is asked again after a day"
    if session is not None and session.sender.failing:
        yield "the last attempt was not acknowledged; what is waiting is sent again later"


def preview() -> list[dict[str, Any]]:
    """The OTLP/JSON of each request that would leave next, one for each journal; in mode local or off, of what is kept here.

    A batch gets its uids when it is sealed: before that its records are shown without.
    """
    from mlflow_usage.delivery import otel  # noqa: PLC0415

    directory = state.locate(os.environ)
    version = system.public_version(system.own_version()) or "0.0"
    found = []
    decision = current(disabled=Running.disabled)
    for journal in account.journals(None if directory is None or state.problem(directory) else directory):
        if decision.mode is Mode.ON and not account.sendable(journal, decision):
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
