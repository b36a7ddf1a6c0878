"""A lock on a file, held by one process at a time.

It must never outlive its holder: the system frees the lock when the process ends, however it ends.
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

    def _lock(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _lock(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


@contextmanager
def exclusive(path: Path, *, waiting: Callable[[], None], every: float = 0.2) -> Iterator[None]:
    """Hold the lock of `path` during the block; while another process holds it, call `waiting` once and wait."""
    with path.open("ab") as file:
        if not _locked(file):
            waiting()
            while not _locked(file):
                time.sleep(every)
        yield


def _locked(file: IO[bytes]) -> bool:
    try:
        _lock(file)
    except OSError:
        return False
    return True
