"""The mode: how far usage goes.

Decides what the three modes are and which of several is the most restrictive; a leaf, so that saying no costs almost nothing.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Mode(Enum):
    """Recorded and sent, recorded and kept, or not recorded at all."""

    ON = "on"
    LOCAL = "local"
    OFF = "off"


def strictest(modes: Iterable[Mode]) -> Mode:
    """Return the most restrictive of some modes; `on` where there is none."""
    found = set(modes)
    return Mode.OFF if Mode.OFF in found else Mode.LOCAL if Mode.LOCAL in found else Mode.ON
