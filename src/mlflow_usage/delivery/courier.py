"""From journals to the endpoint: what is sent, what is kept, what is given up.

Decides, for one flush, which batches go and what their answers do to the journals. It must never send a record that was made under
another mode or endpoint, never give up a batch without counting it, and never go on when consent has gone.
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

MAX_STRETCH: Final = 10.0  # seconds of delivering what others left, after which consent is asked and our own comes first again
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


class Result(NamedTuple):
    """What became of a batch: the last answer, and how many of its calls were refused for good and how many were taken."""

    answer: Answer
    refused: int
    taken: int = 0


class Courier:
    """Delivers the journals of this process, then those that dead processes left."""

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
        """Deliver what `recorder` counted and what lies in `directory`; `life` says what may leave."""
        self._recorder, self._decide, self._directory = recorder, decide, directory
        self._version, self._life, self._clock = version, life, clock
        self._exporter: otel.Exporter | None = None
        self._endpoint: Endpoint | None = None
        self._failures = self.rejected = 0
        self._retry_after: float | None = None
        self._passed = self.failing = False
        self._stopped: dict[str, float] = {}  # endpoint's stamp -> when a 410 came, for where no file can be made

    @staticmethod
    def apart() -> AbstractContextManager[None]:
        """What the sender's thread runs in."""
        return otel.apart()

    @property
    def over(self) -> bool:
        """Whether consent has gone: nothing is delivered any more."""
        return not self._life.consents()

    def flush(self, deadline: float | None = None) -> float | None:
        """Deliver what there is; returns the seconds to wait before it makes sense to try again, None where all is done.

        `deadline`, on the monotonic clock, ends the work on other processes' journals.
        """
        decision = self.look()
        endpoint = decision.endpoint
        if self.over:
            return None
        if decision.mode is not Mode.ON or endpoint.url is None or not self._life.sends() or self._is_stopped(endpoint):
            self._keep_within_bounds()
            return None
        self._passed = False
        until = time.monotonic() + MAX_STRETCH if deadline is None else deadline
        try:
            wait = self._deliver_the_dead(endpoint, until) if self._deliver_own(endpoint) else self.wait()
        finally:
            if self._exporter is not None:
                self._exporter.rest()
        if not wait:
            self._failures, self.failing = 0, False
        if wait != 0:  # what is left now could not be delivered
            self._keep_within_bounds()
        return wait

    def _keep_within_bounds(self) -> None:
        directory = self._directory()
        if directory is not None:
            bounds.prune(directory, self._recorder, self._clock(), stamp(self._decide().endpoint))

    def look(self) -> Decision:
        """Ask every source of consent again, and let the next call of each kind wake delivery: where nothing is sent, nothing else does."""
        decision = self._decide()
        if self.over:
            bounds.withdraw(self._recorder, decision, self._directory())
        else:
            self._restamp(decision)
        live = self._recorder.live
        if live is not None:
            live.simple = {}
        return decision

    def _deliver_own(self, endpoint: Endpoint) -> bool:
        """Deliver this process's journals, the live one first; returns whether it makes sense to go on."""
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

    def _deliver_the_dead(self, endpoint: Endpoint, until: float) -> float | None:
        """Deliver what dead processes left, and return as `flush` does; at once again where time ran out."""
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
        """Deliver a dead process's journal; returns whether it makes sense to go on."""
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
        """Send the pending batch of a journal, then what was counted since. Returns whether the endpoint takes more."""
        journal, live = owned.journal, self._recorder.live
        is_live = live is not None and live.owned is owned
        for _ in range(3 if is_live else 8):
            if not journal.pending:
                if not (journal.dirty or (journal.untold and not is_live)):
                    return True
                self._recorder.seal(owned, uuid.uuid4().bytes)
            batch = journal.batch()
            result = self._send(batch.entries, batch, owned, endpoint)
            if result.answer.outcome is Outcome.STOPPED:
                stop.stop(self._stop_file(endpoint))
                self._stopped[stamp(endpoint)] = self._clock()
                self.failing = True
                return False
            if result.answer.outcome is Outcome.KEPT and not self._exhausted(owned, result.answer):
                self.failing = True
                # A connection that fails fails for every batch; an answer may be about this one only.
                self._retry_after = result.answer.retry_after
                return result.answer.status is not None and not is_live and self._passed
            refused = sum(e.calls for e in batch.entries) - result.taken if result.answer.outcome is Outcome.KEPT else result.refused
            if not is_live and all(entry.slot == 0 for entry in batch.entries):
                refused = 0  # a refusal of nothing but the news of refusals ends here
            journal.acknowledge(refused)
        return True

    def _send(self, entries: tuple[Entry, ...], batch: Batch, owned: Owned, endpoint: Endpoint) -> Result:
        made = otel.records(Batch(batch.id, entries), owned.journal.meta, self._version)
        calls = sum(entry.calls for entry in entries)
        if not made:
            return Result(Answer(Outcome.REFUSED), calls)
        told = sum(int(record.log_record.attributes["mlflow.usage.count"]) for record in made)  # type: ignore[index,arg-type,misc]
        # Consent may have gone since this flush began.
        answer = self._through(endpoint).export(made) if self._life.sends() else NONE
        if answer.outcome is Outcome.ACCEPTED:
            self._passed = True
            self.rejected += answer.rejected
            return Result(answer, calls - told, told)
        if answer.outcome is Outcome.TOO_LARGE:
            if len(entries) == 1:
                return Result(answer, calls)
            half = len(entries) // 2
            first = self._send(entries[:half], batch, owned, endpoint)
            if first.answer.outcome in (Outcome.KEPT, Outcome.STOPPED):
                return first
            second = self._send(entries[half:], batch, owned, endpoint)
            return Result(second.answer, first.refused + second.refused, first.taken + second.taken)
        return Result(answer, calls if answer.outcome is Outcome.REFUSED else 0)

    def _through(self, endpoint: Endpoint) -> otel.Exporter:
        if self._exporter is None or self._endpoint != endpoint:
            session = GuardedSession(endpoint, f"mlflow-usage/{self._version}", self._witness)
            self._exporter, self._endpoint = otel.Exporter(endpoint, session), endpoint
        return self._exporter

    def _witness(self, body: bytes, answer: Answer) -> None:
        origin = self._endpoint.origin if self._endpoint is not None else ""
        audit.append(self._directory(), audit.answered(origin, self._clock(), body, answer))

    def _exhausted(self, owned: Owned, answer: Answer) -> bool:
        if answer.status is None or not self._passed:
            return False
        owned.journal.attempts += 1
        return owned.journal.attempts >= MAX_ATTEMPTS

    def wait(self) -> float:
        """An attempt failed: the seconds until the next."""
        self._failures += 1
        self.failing = True
        first, longest = BACK_OFF
        return self._retry_after or min(first * 2 ** min(self._failures - 1, 8), longest)

    # Consent and bounds

    def _restamp(self, decision: Decision) -> None:
        """Calls counted from now on belong to the mode and endpoint that hold now."""
        live = self._recorder.live
        if live is not None:
            meta = live.journal.meta
            if (meta.get("mode"), meta.get("endpoint")) != (decision.mode.value, stamp(decision.endpoint)):
                self._recorder.rotate()

    def _is_stopped(self, endpoint: Endpoint) -> bool:
        now = self._clock()
        return now - self._stopped.get(stamp(endpoint), -math.inf) < stop.STOP_LASTS or stop.stopped(self._stop_file(endpoint), now)

    def _stop_file(self, endpoint: Endpoint) -> Path | None:
        return stop.stop_file(self._directory(), stamp(endpoint), self._version)
