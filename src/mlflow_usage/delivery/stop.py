"""A 410: this version is to send nothing more to an endpoint, for a day, in any process of the installation.

Decides only how long that lasts. It must never outlive a clock that jumped back, and never fail.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Final

LASTS: Final = 86_400  # seconds


def place(directory: Path | None, stamp: str, version: str) -> Path | None:
    """The file that remembers it."""
    return None if directory is None else directory / f"stopped-{stamp}-{version}"


def begin(path: Path | None) -> None:
    """Remember from now on."""
    if path is not None:
        with suppress(OSError):
            path.touch(mode=0o600)


def holds(path: Path | None, now: float) -> bool:
    """Whether it is still so."""
    try:
        return path is not None and 0 <= now - path.stat().st_mtime < LASTS
    except OSError:
        return False
