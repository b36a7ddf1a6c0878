"""The counters of this process, and the journals that hold them.

Decides into which slot of which journal a call is counted. After the first call of a kind since the last flush, a call is two look-ups and
an 8-byte store: no lock, no I/O, no allocation. The recorder must never raise into the caller, wait for a lock that is held across a
request, or touch a journal of a forked parent.

The additions of `hit` are exact because CPython switches threads only at calls and backward jumps (since 3.10), and none lies between
reading `live` and the store; a build without the GIL takes the lock instead.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from mlflow_usage.journal import files
from mlflow_usage.journal.batch import DROPPED, REASON, CallKind, JournalFullError, encode_key
from mlflow_usage.journal.files import Owned
from mlflow_usage.journal.fork import wiped_in_child
from mlflow_usage.journal.layout import SIZES

if TYPE_CHECKING:
    from typing import Protocol

    class Life(Protocol):
        """Says whether a call is counted: `process/life.py`."""

        def counts(self) -> bool:
            """Whether a call is counted."""

        def on(self, event: str) -> None:
            """Apply an event."""


REFUSED_KEY: Final = encode_key(DROPPED, {REASON: "refused"})
STORE: Final = "mlflow.usage.store"
FREE_THREADED: Final = not getattr(sys, "_is_gil_enabled", lambda: True)()
MAX_RETIRED: Final = 8  # journals of this process that still wait for the endpoint


class Live:
    """The journal that calls are counted into now."""

    __slots__ = ("fast_slots", "hours", "journal", "keyed", "owned", "stamped", "words")

    def __init__(self, owned: Owned) -> None:
        """Start counting into `owned`, whose first slot is reserved for dropped calls."""
        journal = owned.journal
        self.owned, self.journal = owned, journal
        self.words, self.hours = journal.live, journal.hours
        self.stamped = [0] * journal.slots  # per slot, the generation in which its hour was written
        self.fast_slots: dict[str | None, dict[str | CallKind, int]] = {}  # store -> event or kind -> slot
        self.keyed: dict[bytes, int] = {}
        journal.publish(REFUSED_KEY)


class Recorder:
    """Counts calls. One for each process; a forked child starts its own journal."""

    def __init__(  # noqa: PLR0913  what a recorder needs of the process, each named
        self,
        meta: Callable[[], Mapping[str, Any] | None],
        directory: Callable[[], Path | None],
        *,
        life: Life,
        on_first: Callable[[], None] = lambda: None,
        on_work: Callable[[], None] = lambda: None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Make a recorder, which touches nothing until the first call.

        `meta` gives the resource and stamp of a new journal, or None where the catalogue refuses the resource; `directory` the state
        directory, or None; `life` says whether a call counts; `on_first` runs at a process's first recorded call, `on_work` when there is
        something new to deliver.
        """
        self._meta, self._directory, self._clock = meta, directory, clock
        self._on_first, self._on_work, self._life = on_first, on_work, life
        self.live: Live | None = None
        self.retired: list[Owned] = []
        self.pid, self._parent = os.getpid(), wiped_in_child()
        self._size, self._first = 0, True
        self._lock = threading.RLock()
        self._busy = False
        self._delivering: Owned | None = None
        self._deferred: deque[tuple[str, Mapping[str, Any]]] = deque(maxlen=256)
        self.hit: Callable[[str | CallKind, str | None], None] = self._hit_locked if FREE_THREADED else self._hit

    def _hit(self, event: str | CallKind, store: str | None) -> None:
        """Count a call of `event` that carries nothing but its store, or of a kind whose other attributes are known."""
        live = self.live
        if live is not None and self._parent[0]:
            try:
                slot = live.fast_slots[store][event]
            except KeyError:
                pass
            else:
                if live.stamped[slot] == live.journal.generation:
                    live.words[slot] += 1
                    return
        self._miss(event, store)

    def _miss(self, event: str | CallKind, store: str | None) -> None:
        """Count a call the slow way, and remember its slot for the next of its kind."""
        more = {} if store is None else {STORE: store}
        if not isinstance(event, CallKind):
            self.count(event, more)
            return
        attributes = {**event.attributes, **more}
        self.count(event.event, attributes)
        live = self.live
        slot = None if live is None else live.keyed.get(encode_key(event.event, attributes))
        if live is not None and slot is not None:
            live.fast_slots.setdefault(store, {})[event] = slot

    def _hit_locked(self, event: str | CallKind, store: str | None) -> None:
        with self._lock:
            self._hit(event, store)

    def count(self, event: str, attributes: Mapping[str, Any], *, quietly: bool = False, calls: int = 1) -> None:
        """Count calls of `event` with `attributes`. `quietly` leaves the sender asleep: the next real call takes them along."""
        if os.getpid() != self.pid:
            self.after_fork()
        with self._lock:
            if not self._life.counts():
                return
            if self._busy:  # a signal handler of the host interrupted this very section
                self._deferred.append((event, attributes))
                return
            self._busy = True
            try:
                self._count(event, attributes, calls)
                while self._deferred:
                    self._count(*self._deferred.popleft(), 1)
            finally:
                self._busy = False
            first, self._first = self._first and not quietly, self._first and quietly
        if first:
            self._on_first()
        if not quietly:
            self._on_work()

    def _count(self, event: str, attributes: Mapping[str, Any], calls: int) -> None:
        key = encode_key(event, attributes)
        while True:
            live = self.live or self._open()
            if live is None:
                return
            try:
                slot = self._slot(live, key, event, attributes)
            except JournalFullError:
                if live.journal.published <= 1:
                    return  # a key that fits no journal
                self._retire()
                continue
            # Taken again when a seal came in between, so that the hour is that of the batch's first call.
            while live.stamped[slot] != live.journal.generation:
                generation = live.journal.generation
                live.hours[slot] = int(self._clock()) // 3600
                live.stamped[slot] = generation
            live.words[slot] += calls
            return

    def _slot(self, live: Live, key: bytes, event: str, attributes: Mapping[str, Any]) -> int:
        slot = live.keyed.get(key)
        if slot is None:
            slot = live.journal.publish(key)
            live.keyed[key] = slot
        if not attributes or (len(attributes) == 1 and STORE in attributes):
            live.fast_slots.setdefault(attributes.get(STORE), {})[event] = slot
        return slot

    def _open(self) -> Live | None:
        meta = self._meta()
        if meta is None:
            self._life.on("refuse")  # once: it would be asked at every call
            return None
        size, now, directory = SIZES[min(self._size, len(SIZES) - 1)], int(self._clock()), self._directory()
        owned: Owned | None = None
        if directory is not None:
            with suppress(OSError):
                if not files.on_network(directory):
                    owned = files.create(directory, meta, size, now)
        try:
            self.live = Live(owned or files.in_memory(meta, size, now))
        except JournalFullError:  # the meta fits no journal
            self._life.on("refuse")
        return self.live

    def _retire(self) -> None:
        """Put the live journal aside for delivery; the next call opens a larger one."""
        live, self.live = self.live, None
        self._size += 1
        if live is not None:
            self.retired.append(live.owned)
            let_go = [owned for owned in self.retired[:-MAX_RETIRED] if owned is not self._delivering]
            self.retired = [owned for owned in self.retired if owned not in let_go]
            for owned in let_go:
                owned.abandon()  # its file stays for a later process
            lost = sum(owned.journal.unacknowledged for owned in let_go if owned.path is None)
            if lost > 0:
                self._count(DROPPED, {REASON: "size"}, lost)

    # What the courier does with the journals

    def wake_at_next_call(self) -> None:
        """Let the next call of each kind take the slow way, which says that something is to be delivered."""
        live = self.live
        if live is not None:
            live.fast_slots = {}

    def rotate(self) -> None:
        """Retire the live journal, because another session, mode or endpoint begins."""
        with self._lock:
            if self.live is not None:
                self._retire()
                self._size = 0

    def begin(self, owned: Owned) -> bool:
        """Keep a journal of this process from being let go while it is delivered; return whether it still belongs to this process."""
        with self._lock:
            self._delivering = owned
            return owned.lock >= 0 or owned.path is None

    def seal(self, owned: Owned, batch_id: bytes) -> None:
        """Seal a journal of this process, live or retired a moment ago."""
        with self._lock if FREE_THREADED else nullcontext():
            owned.journal.seal(batch_id, int(self._clock()) // 3600)

    @property
    def settled(self) -> bool:
        """Whether nothing counted so far waits for an acknowledgement."""
        live = self.live
        return not any(owned.unsettled for owned in (*self.retired, *([live.owned] if live else [])))

    def finish(self) -> None:
        """Let go of the journals when the process ends, and remove those with nothing left to deliver."""
        with self._lock:
            live, self.live = self.live, None
            journals = [*self.retired, *([live.owned] if live else [])]
            self.retired.clear()
        for owned in journals:
            if not owned.unsettled:
                owned.remove()

    def let_go(self) -> None:
        """Leave the journals to whoever delivers a dead process's, but the one that is being delivered now."""
        with self._lock:
            self.rotate()
            for owned in self.retired:
                if owned is not self._delivering:
                    owned.abandon()
            self.retired.clear()

    def discard(self) -> None:
        """Delete what is pending: consent was withdrawn, and nothing is counted any more."""
        with self._lock:
            live, self.live = self.live, None
            journals = [*self.retired, *([live.owned] if live else [])]
            self.retired.clear()
        for owned in journals:
            owned.remove()

    def after_fork(self) -> None:
        """In a forked child: leave the parent's journals to the parent, and open one at the next call."""
        files.leave_to_parent()
        self._lock = threading.RLock()
        self._busy = False
        self._deferred.clear()
        self.live, self.retired, self._size = None, [], 0
        self.pid = os.getpid()
        self._parent = wiped_in_child()
