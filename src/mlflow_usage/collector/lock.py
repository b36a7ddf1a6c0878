"""A lock on a file that a process waits for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mlflow_usage import filelock


@contextmanager
def exclusive(path: Path, *, waiting: Callable[[], None], every: float = 0.2) -> Iterator[None]:
    """Hold the lock of `path` during the block; while another process holds it, call `waiting` once and wait."""
    with path.open("ab") as file:
        if not filelock.take(file.fileno()):
            waiting()
            while not filelock.take(file.fileno()):
                time.sleep(every)
        yield
