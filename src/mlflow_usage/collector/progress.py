"""Progress of a long task: one line that is overwritten on a terminal, a plain line now and then elsewhere.

Decides how often a state is shown. It must never leave half a line on a terminal.
"""

from __future__ import annotations

import time
from typing import Final, TextIO

LIVE: Final = 0.2  # seconds between two states on a terminal
PLAIN: Final = 10.0  # seconds between two lines elsewhere
CLEAR: Final = "\r\x1b[K"


class ProgressLine:
    """The line, on one output."""

    def __init__(self, out: TextIO) -> None:
        """Write to `out`: on a terminal at once, elsewhere after the first interval."""
        self._out, self._live = out, out.isatty()
        self._shown = float("-inf") if self._live else time.monotonic()

    def show(self, text: str) -> None:
        """Show a state, unless one was shown just now."""
        now = time.monotonic()
        if now - self._shown >= (LIVE if self._live else PLAIN):
            self._shown = now
            print(f"{CLEAR}{text}" if self._live else text, end="" if self._live else "\n", file=self._out, flush=True)

    def close(self) -> None:
        """Clear the live line."""
        if self._live:
            print(CLEAR, end="", file=self._out, flush=True)
