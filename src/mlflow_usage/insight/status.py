"""The status of this installation: why it is on or off, what waits, what has left.

Decides nothing and changes nothing: it reads the decision, the state directory and the running session. Every line must be true at this
very moment.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mlflow_usage.catalogue.tables import REVISION
from mlflow_usage.consent import gate, notice, policy
from mlflow_usage.consent.decision import Decision, current
from mlflow_usage.consent.endpoint import stamp
from mlflow_usage.consent.mode import Mode
from mlflow_usage.insight import sent, waiting
from mlflow_usage.insight.words import agree, many
from mlflow_usage.installation import identity, state, system
from mlflow_usage.process.life import DISABLED, HELD, REFUSED, UNINSTRUMENTED
from mlflow_usage.process.running import Running


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
        """Yield name and text of each line; a line without a name continues the one above."""
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
            yield "", f"{many(self.kept_calls, 'call')} {agree(self.kept_calls, 'is', 'are')} kept and not sent"
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
            yield "policy", f"none ({gate.machine_policy()})"
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


def decided() -> Decision:
    """Return the decision that holds in this process. Off is final for a running session, whatever the variables say by now."""
    session, life = Running.session, Running.life
    return session.decision if session is not None and not life.consents() else current(disabled=life.barred(DISABLED))


def gather() -> Report:
    """Read everything once. Never raises for what a file holds."""
    decision = decided()
    directory = state.locate(os.environ)
    problem = None if directory is None else state.problem(directory)
    usable = directory if problem is None else None
    secret = identity.read(usable)
    stock, left = waiting.gather(usable, decision), sent.gather(usable)
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
        waiting_calls=stock.calls,
        waiting_records=stock.records,
        waiting_journals=stock.journals,
        waiting_since=stock.oldest,
        kept_calls=stock.kept,
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


def _places() -> tuple[tuple[policy.PolicyKind, str], ...]:
    return ("machine", gate.machine_policy()), ("environment", gate.environment_policy())


def _policy(found: policy.Policy) -> dict[str, Any]:
    """Return a policy as a person may see it: without the headers' values."""
    named = (("mode", found.mode and found.mode.value), ("endpoint", found.endpoint), ("certificate", found.certificate))
    sets = [f"{name} {value}" for name, value in named if value is not None and not found.problem]
    sets += [f"header {name}" for name, _ in found.headers] + (["builtin off"] if found.silences_builtin else [])
    return {"kind": found.kind, "path": found.path, "sets": tuple(sets), "problem": found.problem or None, "ignored": found.ignored or None}


def _troubles(decision: Decision, directory: Path | None) -> Iterator[str]:
    """Yield what stands between a call and its delivery right now, apart from the mode."""
    from mlflow_usage.delivery import stop  # noqa: PLC0415

    session = Running.session
    if Running.life.barred(UNINSTRUMENTED):
        yield "this process is uninstrumented"
    if Running.life.barred(REFUSED):
        yield "nothing is recorded in this process: its MLflow states no public version"
    if Running.life.barred(HELD):
        yield "this process showed the notice first: a later one sends what it recorded"
    if stop.stopped(stop.stop_file(directory, stamp(decision.endpoint), system.sent_version()), time.time()):
        yield "the endpoint asked this version to stop; it is asked again after a day"
    if session is not None and session.sender.failing:
        yield "the last attempt was not acknowledged; what is waiting is sent again later"
