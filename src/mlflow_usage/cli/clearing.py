"""What waits in the state directory, deleted, and the proof that nothing of it is left.

Decides nothing about consent. It must never touch the journal of a running program: that program deletes its own.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from mlflow_usage.journal import files


class Gone(NamedTuple):
    """What was deleted, and what could not be: programs that run, and files that stayed."""

    calls: int
    files: int
    running: int
    left: tuple[str, ...]


def delete(directory: Path) -> Gone:
    """Delete the journals that no running program owns, then look again."""
    calls = deleted = 0
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is not None:
            calls += max(0, owned.journal.unacknowledged)
            owned.remove()
            deleted += 1
    running, left = 0, []
    for path in files.scan(directory):
        owned = files.adopt(path)
        if owned is None:
            running += 1
        else:
            owned.abandon()
            left.append(str(path))
    return Gone(calls, deleted, running, tuple(left))
