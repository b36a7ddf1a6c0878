"""The times at which the sender flushes. Pure: it is told the time, and holds no clock, thread or queue.

Decides when the next flush is due: soon after a first call, then at most every ten seconds, and not before a failing endpoint may be tried
again. After a flush that left something to try again, consent must never be asked later
than about ten seconds after that flush began.
"""

from __future__ import annotations

from typing import Final

FIRST: Final = 1.0  # seconds from a first call to the flush that takes it
EVERY: Final = 10.0  # seconds between flushes


class Schedule:
    """When to flush next, in seconds of one monotonic clock."""

    __slots__ = ("_last", "_retry", "due", "every", "first")

    def __init__(self, first: float = FIRST, every: float = EVERY) -> None:
        """Start with nothing due."""
        self.first, self.every = first, every
        self.due: float | None = None  # None: nothing is due before the next call
        self._last = -every
        self._retry = 0.0

    def counted(self, now: float) -> None:
        """Take note that a call was counted."""
        self.due = max(now + self.first, self._last + self.every)

    def begins(self, now: float) -> None:
        """Take note that a flush begins."""
        self.due, self._last = None, now

    def resting(self, now: float) -> bool:
        """Return whether the endpoint is not to be tried yet; consent is asked all the same, and again soon."""
        if now >= self._retry:
            return False
        self.due = min(self._retry, now + self.every)
        return True

    def failed(self, began: float, now: float, wait: float) -> None:
        """Take note that the flush that began at `began` left something, which may be tried again `wait` seconds from `now`."""
        self._retry = now + wait
        self.due = min(self._retry, began + self.every)
