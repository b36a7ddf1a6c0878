"""The stop that an endpoint asks for with a 410.

Decides how long it lasts: a day, for this version and that endpoint, in every process of the installation. A stop that is dated in the
future, since a clock jumped back, must never count.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from mlflow_usage.installation import state

STOP_LASTS: Final = 86_400  # seconds


def stop_file(directory: Path | None, stamp: str, version: str) -> Path | None:
    """Return the file that remembers that a version stopped sending to an endpoint (its stamp)."""
    return None if directory is None else directory / f"stopped-{stamp}-{version}"


def stop(path: Path | None) -> None:
    """Remember that nothing more is sent. Never raises."""
    if path is not None:
        with suppress(OSError):
            descriptor = state.open_private(path, os.O_WRONLY | os.O_CREAT)
            try:
                os.utime(path if os.utime not in os.supports_fd else descriptor)
            finally:
                os.close(descriptor)


def stopped(path: Path | None, now: float) -> bool:
    """Return whether a remembered stop still lasts. Never raises."""
    try:
        return path is not None and 0 <= now - path.lstat().st_mtime < STOP_LASTS
    except OSError:
        return False
