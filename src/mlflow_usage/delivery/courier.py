"""How a batch gets from a journal to the endpoint.

Decides, for one flush, which batches go and what each answer does to its journal. The courier must never send a record that was made under
another stamp, drop a batch without counting it, or continue when consent has gone.
"""

from __future__ import annotations

import math
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from mlflow_usage.consent.decision import Decision
from mlflow_usage.consent.endpoint import Endpoint, stamp
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery import audit, otel, stop
from mlflow_usage.delivery.answer import NONE, Answer, Outcome
from mlflow_usage.delivery.http import GuardedSession
from mlflow_usage.journal import bounds, files
from mlflow_usage.journal.batch import Batch, Entry, JournalError
from mlflow_usage.journal.files import Owned
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.namedtuple import NamedTuple

MAX_STRETCH: Final = 10.0  # seconds spent on dead journals, after which consent is asked and the process's own journals come first again
MAX_ATTEMPTS: Final = 20
BACK_OFF: Final = (10.0, 600.0)  # seconds: first, and longest

if TYPE_CHECKING:
    from typing import Protocol

    class Life(Protocol):
        """Says whether what was counted may leave: `process/life.py`."""

        def sends(self) -> bool:
            """Whether it may leave from this process."""

        def consents(self) -> bool:
            """Whether consent stands."""


class Sent(NamedTuple):
    """The result of sending a batch: the last answer, and how many of its calls were accepted and how many are dropped for good."""

    answer: Answer
    dropped: int
    accepted: int = 0


class Courier:
    """Delivers the journals of this process, then dead ones."""

    def __init__(  # noqa: PLR0913  what a courier needs of the process, each named
        self,
        recorder: Recorder,
        decide: Callable[[], Decision],
        directory: Callable[[], Path | None],
        version: str,
        *,
        life: Life,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Deliver what `recorder` counted and the dead journals of `directory`; `life` says what may leave."""
        self._recorder, self._decide, self._directory = recorder, decide, directory
        self._version, self._life, self._clock = version, life, clock
        self._exporter: otel.Exporter | None = None
        self._endpoint: Endpoint | None = None
        self._failures = 0
        self.rejected = 0
        self._retry_after: float | None = None
        self._accepted_before = False  # in this flush: a failure is then about one batch, not about the endpoint
        self.failing = False
        self._stopped: dict[str, float] = {}  # endpoint's stamp -> when a 410 came, for where no file can be made

    @staticmethod
    def silenced() -> AbstractContextManager[None]:
        """Return what the sender's thread runs in."""
        return otel.silenced()

    @property
    def over(self) -> bool:
        """Whether consent has gone: nothing is delivered any more."""
        return not self._life.consents()

    def flush(self, deadline: float | None = None) -> float | None:
        """Deliver everything; return the seconds after which to try again, None where nothing is left.

        `deadline`, on the monotonic clock, ends the work on dead journals.
        """
        decision = self.ask_consent()
        endpoint = decision.endpoint
        if self.over:
            return None
        if decision.mode is not Mode.ON or endpoint.url is None or not self._life.sends() or self._is_stopped(endpoint):
            self._keep_within_bounds()
            return None
        self._accepted_before = False
        until = time.monotonic() + MAX_STRETCH if deadline is None else deadline
        try:
            wait = self._deliver_dead_journals(endpoint, until) if self._deliver_own_journals(endpoint) else self.wait()
        finally:
            if self._exporter is not None:
                self._exporter.close()
        if not wait:
            self._failures, self.failing = 0, False
        if wait != 0:  # what is left now could not be delivered
            self._keep_within_bounds()
        return wait

    def wait(self) -> float:
        """Take note that an attempt failed; return the seconds until the next."""
        self._failures += 1
        self.failing = True
        first, longest = BACK_OFF
        return self._retry_after or min(first * 2 ** min(self._failures - 1, 8), longest)

    # Consent and bounds

    def ask_consent(self) -> Decision:
        """Ask every source of consent, and let the next call of each kind wake the sender: where nothing is sent, nothing else does."""
        decision = self._decide()
        if self.over:
            bounds.withdraw(self._recorder, decision, self._directory())
        else:
            self._restamp(decision)
        self._recorder.wake_at_next_call()
        return decision

    def _restamp(self, decision: Decision) -> None:
        """Count calls from now on under the mode and endpoint that hold now."""
        live = self._recorder.live
        if live is not None:
            meta = live.journal.meta
            if (meta.get("mode"), meta.get("endpoint")) != (decision.mode.value, stamp(decision.endpoint)):
                self._recorder.rotate()

    def _keep_within_bounds(self) -> None:
        directory = self._directory()
        if directory is not None:
            bounds.prune(directory, self._recorder, self._clock(), stamp(self._decide().endpoint))

    def _is_stopped(self, endpoint: Endpoint) -> bool:
        now = self._clock()
        return now - self._stopped.get(stamp(endpoint), -math.inf) < stop.STOP_LASTS or stop.stopped(self._stop_file(endpoint), now)

    def _stop_file(self, endpoint: Endpoint) -> Path | None:
        return stop.stop_file(self._directory(), stamp(endpoint), self._version)

    # Journals

    def _deliver_own_journals(self, endpoint: Endpoint) -> bool:
        """Deliver this process's journals, the live one first; return whether the endpoint takes more."""
        recorder = self._recorder
        live = recorder.live
        for owned in (*([live.owned] if live else []), *recorder.retired):
            if not recorder.begin(owned):
                continue
            if self._matches(owned, endpoint) and not self._deliver(owned, endpoint):
                return False
            if owned in recorder.retired and not owned.unsettled:
                with suppress(ValueError):
                    recorder.retired.remove(owned)
                owned.remove()
        return True

    def _deliver_dead_journals(self, endpoint: Endpoint, until: float) -> float | None:
        """Deliver dead journals, and return as `flush` does: 0 where time ran out."""
        directory = self._directory()
        if directory is None:
            return None
        bounds.prune(directory, self._recorder, self._clock(), stamp(endpoint), spare=True)  # what can be delivered is not too much
        for path in files.scan(directory):
            if time.monotonic() > until:
                return 0.0
            dead = files.adopt(path)
            if dead is not None and not self._deliver_dead(dead, endpoint):
                return self.wait()
        return None

    def _matches(self, owned: Owned, endpoint: Endpoint) -> bool:
        meta = owned.journal.meta
        return meta.get("mode") == Mode.ON.value and meta.get("endpoint") == stamp(endpoint)

    def _deliver_dead(self, owned: Owned, endpoint: Endpoint) -> bool:
        """Deliver a dead journal; return whether the endpoint takes more."""
        try:
            if not self._matches(owned, endpoint):
                owned.abandon()
                return True
            done = self._deliver(owned, endpoint)
        except JournalError:
            owned.remove()
            return True
        if owned.unsettled:
            owned.abandon()
        else:
            owned.remove()
        return done

    def _deliver(self, owned: Owned, endpoint: Endpoint) -> bool:
        """Send the pending batch of a journal, then what was counted since; return whether the endpoint takes more."""
        journal, live = owned.journal, self._recorder.live
        is_live = live is not None and live.owned is owned
        for _ in range(3 if is_live else 8):
            if not journal.pending:
                if not (journal.dirty or (journal.unreported and not is_live)):
                    return True
                self._recorder.seal(owned, uuid.uuid4().bytes)
            batch = journal.batch()
            sent = self._send(batch.entries, batch, owned, endpoint)
            if sent.answer.outcome is Outcome.STOPPED:
                stop.stop(self._stop_file(endpoint))
                self._stopped[stamp(endpoint)] = self._clock()
                self.failing = True
                return False
            if sent.answer.outcome is Outcome.RETRYABLE:
                if not self._exhausted(owned, sent.answer):
                    self.failing = True
                    # A connection that fails fails for every batch; an answer may be about this one only.
                    self._retry_after = sent.answer.retry_after
                    return sent.answer.status is not None and not is_live and self._accepted_before
                sent = sent._replace(dropped=sum(entry.calls for entry in batch.entries) - sent.accepted)
            # Do not report a report that was dropped: that would never end.
            reports_only = not is_live and all(entry.slot == 0 for entry in batch.entries)
            journal.acknowledge(0 if reports_only else sent.dropped)
        return True

    # Requests

    def _send(self, entries: tuple[Entry, ...], batch: Batch, owned: Owned, endpoint: Endpoint) -> Sent:
        """Send entries of a batch in one request, or in halves where that is too large."""
        made = otel.records(Batch(batch.id, entries), owned.journal.meta, self._version)
        calls = sum(entry.calls for entry in entries)
        if not made:
            return Sent(Answer(Outcome.REJECTED), calls)
        passed = sum(int(record.log_record.attributes["mlflow.usage.count"]) for record in made)  # type: ignore[index,arg-type,misc]
        # Consent may have gone since this flush began.
        answer = self._exporter_of(endpoint).export(made) if self._life.sends() else NONE
        if answer.outcome is Outcome.ACCEPTED:
            self._accepted_before = True
            self.rejected += answer.rejected
            return Sent(answer, calls - passed, passed)
        if answer.outcome is Outcome.TOO_LARGE:
            return self._send_in_halves(entries, batch, owned, endpoint) if len(entries) > 1 else Sent(answer, calls)
        return Sent(answer, calls if answer.outcome is Outcome.REJECTED else 0)

    def _send_in_halves(self, entries: tuple[Entry, ...], batch: Batch, owned: Owned, endpoint: Endpoint) -> Sent:
        half = len(entries) // 2
        first = self._send(entries[:half], batch, owned, endpoint)
        if first.answer.outcome in (Outcome.RETRYABLE, Outcome.STOPPED):
            return first
        second = self._send(entries[half:], batch, owned, endpoint)
        return Sent(second.answer, first.dropped + second.dropped, first.accepted + second.accepted)

    def _exporter_of(self, endpoint: Endpoint) -> otel.Exporter:
        if self._exporter is None or self._endpoint != endpoint:
            session = GuardedSession(endpoint, f"mlflow-usage/{self._version}", self._write_audit)
            self._exporter, self._endpoint = otel.Exporter(endpoint, session), endpoint
        return self._exporter

    def _write_audit(self, body: bytes, answer: Answer) -> None:
        origin = self._endpoint.origin if self._endpoint is not None else ""
        audit.append(self._directory(), audit.answered(origin, self._clock(), body, answer))

    def _exhausted(self, owned: Owned, answer: Answer) -> bool:
        """Return whether a batch was answered too often while others were accepted."""
        if answer.status is None or not self._accepted_before:
            return False
        owned.journal.attempts += 1
        return owned.journal.attempts >= MAX_ATTEMPTS
