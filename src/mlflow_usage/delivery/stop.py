"""A 410: this version is to send nothing more to an endpoint, for a day, in any process of the installation.

Decides only how long that lasts. It must never outlive a clock that jumped back, and never fail.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from mlflow_usage import state

LASTS: Final = 86_400  # seconds


def place(directory: Path | None, stamp: str, version: str) -> Path | None:
    """The file that remembers it."""
    return None if directory is None else directory / f"stopped-{stamp}-{version}"


def begin(path: Path | None) -> None:
    """Remember from now on."""
    if path is not None:
        with suppress(OSError):
            descriptor = state.open_private(path, os.O_WRONLY | os.O_CREAT)
            try:
                os.utime(path if os.utime not in os.supports_fd else descriptor)
            finally:
                os.close(descriptor)


def holds(path: Path | None, now: float) -> bool:
    """Whether it is still so."""
    try:
        return path is not None and 0 <= now - path.lstat().st_mtime < LASTS
    except OSError:
        return False
