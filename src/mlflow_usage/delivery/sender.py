"""The thread that delivers.

Decides when something is sent, and hands each journal to the courier. There is no thread before there is something to deliver, none is
started at exit, and none crosses a fork; it imports nothing. It must never make the host wait longer than the exit budget, and never
wake up while nothing was recorded.
"""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from contextvars import Context
from typing import TYPE_CHECKING, Any, Final

from mlflow_usage.delivery.courier import Courier

FIRST: Final = 1.0  # seconds from a first record to the flush that takes it
EVERY: Final = 10.0  # seconds between flushes
EXIT_BUDGET: Final = 0.3  # seconds that the end of the process may wait

_WORK: Final = "work"
_END: Final = "end"


if TYPE_CHECKING:
    from typing import Protocol

    class Life(Protocol):
        """Says whether a thread may be started: `process/life.py`."""

        def starts(self) -> bool:
            """Whether a thread may be started."""

        def on(self, event: str) -> None:
            """Apply an event."""


class Sender:
    """Wakes the courier: soon after a first record, then at most every ten seconds while there is something."""

    def __init__(self, courier: Callable[[], Courier], *, life: Life, clock: Callable[[], float] = time.monotonic) -> None:
        """Send through what `courier` makes, which happens on the sender's own thread; `life` says whether one may be started."""
        self._make, self._life, self._clock = courier, life, clock
        self.after_fork()

    def after_fork(self) -> None:
        """Begin without a thread; in a forked child the parent's connections are let go with its courier."""
        self._pid = os.getpid()
        self._queue: Any = None
        self._thread: Any = None
        self._signalled = False
        self._courier: Courier | None = None

    def poke(self) -> None:
        """There is something to deliver. Never waits; starts the thread at the first time in this process."""
        if os.getpid() != self._pid:
            self.after_fork()
        if self._signalled or not self._life.starts():
            return
        self._signalled = True
        if self._thread is None:
            # Looked up now, so that thread and queue are of one kind whenever gevent patched them.
            self._queue = queue.SimpleQueue()
            # In a context of its own: some watchers hand the starting thread's transaction on to every thread.
            self._thread = threading.Thread(target=Context().run, args=(self._run, self._queue), name="mlflow-usage", daemon=True)
            try:
                _start(self._thread)
            except RuntimeError:  # the interpreter is ending or the system has no thread left: a later process delivers
                self._life.on("exit")
                return
        messages = self._queue
        if messages is not None:  # the thread ended just now
            messages.put(_WORK)

    def end(self) -> None:
        """Nothing will be delivered any more: the thread ends. A later `poke` starts another."""
        messages, self._queue, self._thread, self._signalled = self._queue, None, None, False
        if messages is not None and os.getpid() == self._pid:
            messages.put(_END)

    def flush(self, timeout: float) -> bool:
        """Deliver now and wait at most `timeout` seconds; returns whether the flush came to its end."""
        messages, thread = self._queue, self._thread
        if messages is None or thread is None or os.getpid() != self._pid or not (thread.ident is None or thread.is_alive()):
            return False
        reply: Any = queue.SimpleQueue()
        messages.put((reply, self._clock() + timeout))
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
        """The process ends: try once within the budget, unless an attempt of this process has failed. Returns whether all is done."""
        if os.getpid() != self._pid:
            return False
        if self._thread is None:
            return True
        if self.failing:
            return False
        return self.flush(EXIT_BUDGET)

    def _run(self, messages: Any) -> None:  # noqa: ANN401  a SimpleQueue, or gevent's
        try:
            first = messages.get()  # what is done before it would keep the caller's thread waiting for its start
            courier = self._courier = self._make()
            with courier.apart():
                self._loop(messages, courier, first)
        except Exception:  # noqa: BLE001  the boundary: a thread that dies says nothing, and the journals wait for a later process
            self._life.on("exit")

    def _loop(self, messages: Any, courier: Courier, message: Any) -> None:  # noqa: ANN401
        last, due, earliest = -EVERY, None, 0.0
        while message != _END:
            now = self._clock()
            if message == _WORK:
                due = max(now + FIRST, last + EVERY)
            else:
                reply, deadline = message if isinstance(message, tuple) else (None, None)
                self._signalled, due, last = False, None, now
                if reply is None and now < earliest:  # the endpoint is left alone for a while; consent is asked all the same
                    courier.look()
                    due = min(earliest, now + EVERY)
                elif (wait := self._attempt(courier, deadline)) is not None:
                    earliest = self._clock() + wait
                    due = min(earliest, now + EVERY)  # while something is pending, consent is asked
                if reply is not None:
                    reply.put(None)
                if courier.over:
                    self._leave(messages)
                    return
            message = self._next(messages, due)

    @staticmethod
    def _attempt(courier: Courier, deadline: float | None) -> float | None:
        try:
            return courier.flush(deadline)
        except Exception:  # noqa: BLE001  the boundary: whatever it was, it is tried again later, and consent is asked again
            return courier.wait()

    def _leave(self, messages: Any) -> None:  # noqa: ANN401
        """Off is zero: the thread ends by itself; should usage be allowed again, a later `poke` starts another."""
        if self._queue is messages:
            self._queue, self._thread, self._signalled = None, None, False

    def _next(self, messages: Any, due: float | None) -> Any:  # noqa: ANN401
        try:
            return messages.get(timeout=None if due is None else max(0.0, due - self._clock()))
        except queue.Empty:
            return None


def _start(thread: Any) -> None:  # noqa: ANN401  a Thread
    """Start a thread, and do not wait until it runs: on an idle machine that takes as long as all else of a program's first call.

    Until it runs it is listed by `threading.enumerate`, and its `join` says that it was not started.

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
