"""One holder at a time among processes, by a lock on a file that ends with its process.

Must never leave a lock behind: a killed holder's lock is free again without anybody's judgement.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def exclusive(path: Path, *, waiting: Callable[[], None], every: float = 0.2) -> Iterator[None]:
    """Hold `path`'s lock; calls `waiting` once if somebody else has it, then waits."""
    with path.open("ab") as file:
        if not _taken(file):
            waiting()
            while not _taken(file):
                time.sleep(every)
        yield


def _taken(file: IO[bytes]) -> bool:
    try:
        _take(file)
    except OSError:
        return False
    return True
