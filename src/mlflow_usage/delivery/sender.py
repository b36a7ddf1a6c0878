"""The thread that delivers.

Decides when that thread starts and ends, and has the courier flush when the schedule says so. There is no thread before something is to be
delivered; none is started at exit, and none crosses a fork. The thread imports nothing. The sender must never make the host wait longer
than the exit budget, and never wake up while nothing was recorded.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any, Final

from mlflow_usage.delivery import schedule as schedules
from mlflow_usage.delivery.courier import Courier
from mlflow_usage.delivery.schedule import Schedule
from mlflow_usage.namedtuple import NamedTuple

EXIT_BUDGET: Final = 0.3  # seconds that the end of the process may wait

# What the thread is sent: one of these two, or a `Request`.
_WORK: Final = object()
_END: Final = object()


class Request(NamedTuple):
    """A flush that somebody waits for: where to say that it ended, and the monotonic time at which the waiting ends."""

    reply: Any
    deadline: float


if TYPE_CHECKING:
    from typing import Protocol

    class Life(Protocol):
        """Says whether a thread may be started: `process/life.py`."""

        def starts(self) -> bool:
            """Whether a thread may be started."""

        def on(self, event: str) -> None:
            """Apply an event."""


class Sender:
    """Wakes the courier: soon after a first record, then at most every ten seconds while something is to be delivered."""

    def __init__(self, courier: Callable[[], Courier], *, life: Life, clock: Callable[[], float] = time.monotonic) -> None:
        """Send through what `courier` makes, on the sender's own thread; `life` says whether that may be started."""
        self._make, self._life, self._clock = courier, life, clock
        self.after_fork()

    def after_fork(self) -> None:
        """Begin without a thread; a forked child lets go of its parent's connections with its courier."""
        self._pid = os.getpid()
        self._queue: Any = None
        self._thread: Any = None
        self._signalled = False
        self._courier: Courier | None = None

    def poke(self) -> None:
        """Say that something is to be delivered. Never waits; starts the thread at the first time in this process."""
        if os.getpid() != self._pid:
            self.after_fork()
        if self._signalled or not self._life.starts():
            return
        self._signalled = True
        if self._thread is None:
            # Looked up now, so that thread and queue are of one kind whenever gevent patched them.
            self._queue = queue.SimpleQueue()
            # In a context of its own: some watchers hand the starting thread's transaction to every new thread.
            self._thread = threading.Thread(target=Context().run, args=(self._run, self._queue), name="mlflow-usage", daemon=True)
            try:
                _start(self._thread)
            except RuntimeError:  # the interpreter is ending or the system has no thread left: a later process delivers
                self._life.on("exit")
                return
        messages = self._queue
        if messages is not None:  # else the thread ended just now
            messages.put(_WORK)

    def end(self) -> None:
        """End the thread: nothing will be delivered any more. A later `poke` starts another."""
        messages, self._queue, self._thread, self._signalled = self._queue, None, None, False
        if messages is not None and os.getpid() == self._pid:
            messages.put(_END)

    def flush(self, timeout: float) -> bool:
        """Deliver now and wait at most `timeout` seconds; return whether the flush came to its end."""
        messages, thread = self._queue, self._thread
        if messages is None or thread is None or os.getpid() != self._pid or not (thread.ident is None or thread.is_alive()):
            return False
        reply: Any = queue.SimpleQueue()
        messages.put(Request(reply, self._clock() + timeout))
        try:
            reply.get(timeout=timeout)
        except queue.Empty:
            return False
        return True

    @property
    def failing(self) -> bool:
        """Whether the last attempt of this process was not acknowledged."""
        return self._courier is not None and self._courier.failing

    def finish(self) -> bool:
        """Try once within the exit budget, unless an attempt of this process has failed; return whether all is done."""
        if os.getpid() != self._pid:
            return False
        if self._thread is None:
            return True
        if self.failing:
            return False
        return self.flush(EXIT_BUDGET)

    def _run(self, messages: Any) -> None:  # noqa: ANN401  a SimpleQueue, or gevent's
        try:
            first = messages.get()  # before anything else: the caller's thread may be waiting for this one to run
            courier = self._courier = self._make()
            with courier.silenced():
                self._loop(messages, courier, first)
        except Exception:  # noqa: BLE001  the boundary: a thread that dies says nothing, and the journals wait for a later process
            self._life.on("exit")

    def _loop(self, messages: Any, courier: Courier, message: Any) -> None:  # noqa: ANN401
        schedule = Schedule(schedules.FIRST, schedules.EVERY)
        while message is not _END:
            if message is _WORK:
                schedule.counted(self._clock())
            else:
                self._flush(schedule, courier, message)
                if courier.over:
                    self._leave(messages)
                    return
            message = self._next(messages, schedule.due)

    def _flush(self, schedule: Schedule, courier: Courier, request: Request | None) -> None:
        """Flush because of the schedule, or of a request, which does not wait for the endpoint's rest to end."""
        self._signalled, now = False, self._clock()
        schedule.begins(now)
        if request is None and schedule.resting(now):
            courier.ask_consent()
        elif (wait := self._attempt(courier, request and request.deadline)) is not None:
            schedule.failed(now, self._clock(), wait)
        if request is not None:
            request.reply.put(None)

    @staticmethod
    def _attempt(courier: Courier, deadline: float | None) -> float | None:
        try:
            return courier.flush(deadline)
        except Exception:  # noqa: BLE001  the boundary: it is tried again later, and consent is asked again
            return courier.wait()

    def _leave(self, messages: Any) -> None:  # noqa: ANN401
        """Let the thread end, because off is zero; should usage be allowed again, a later `poke` starts another."""
        if self._queue is messages:
            self._queue, self._thread, self._signalled = None, None, False

    def _next(self, messages: Any, due: float | None) -> Any:  # noqa: ANN401
        try:
            return messages.get(timeout=None if due is None else max(0.0, due - self._clock()))
        except queue.Empty:
            return None


def _start(thread: Any) -> None:  # noqa: ANN401  a Thread
    """Start a thread without waiting until it runs.

    The wait would make a program's first call 1.7 ms long instead of 1.0 (medians of 10 alternating runs on a busy machine).
    Until it runs, `threading.enumerate` lists it, and its `join` raises that it was not started.

    Raises:
        RuntimeError: as `Thread.start`.
    """
    started = getattr(thread, "_started", None)  # the event that `Thread.start` waits for, in CPython 3.10 to 3.14
    if not isinstance(started, threading.Event):
        thread.start()
        return
    started.wait = _at_once  # type: ignore[method-assign]
    try:
        thread.start()
    finally:
        del started.wait


def _at_once(timeout: float | None = None) -> bool:  # noqa: ARG001  as `Event.wait`
    return False
