"""The deletion of everything that waits in the state directory, and the proof that nothing is left.

Decides nothing about consent. It must never touch the journal of a running program, which deletes its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mlflow_usage.insight.words import agree, many
from mlflow_usage.journal import files


class Cleared(NamedTuple):
    """What was deleted, and what remains: the journals of running programs, and files that cannot be deleted."""

    calls: int
    journals: int
    running: int
    remaining: tuple[str, ...]

    @property
    def text(self) -> str:
        """The sentence about what was deleted."""
        return f"Deleted {many(self.calls, 'call')} that {agree(self.calls, 'was', 'were')} waiting."


def clear(directory: Path) -> Cleared:
    """Delete the journals that no running program owns, then look again."""
    calls = deleted = 0
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is not None:
            calls += max(0, owned.journal.unacknowledged)
            owned.remove()
            deleted += 1
    running, remaining = 0, []
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is None:
            running += 1
        else:
            owned.abandon()
            remaining.append(str(path))
    return Cleared(calls, deleted, running, tuple(remaining))
