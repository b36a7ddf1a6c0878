"""Numbers and names as people read them, and versions in their order."""

from __future__ import annotations

import re
from typing import Final

UNITS: Final = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
MINUS: Final = "\u2212"
ROUNDING: Final = 0.9995  # from here three digits round up to the next unit


def short(number: float) -> str:
    """Return three significant digits: `44.1k`, `1.2M`, `987`."""
    for size, unit in UNITS:
        if number >= size * (ROUNDING if size > UNITS[-1][0] else 1):
            value = number / size
            digits = 0 if value >= 99.95 else 1 if value >= 9.995 else 2  # noqa: PLR2004  three significant digits
            text = f"{value:.{digits}f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) + unit
    return f"{number:.0f}"


def percent(share: float) -> str:
    """Return `34 %`, `2.1 %` or `< 0.1 %`."""
    if 0 < share < 0.001:  # noqa: PLR2004  what one decimal can say
        return "< 0.1 %"
    return f"{share:.0%}".replace("%", " %") if share >= 0.1 or share == 0 else f"{share * 100:.1f} %"  # noqa: PLR2004


def signed(change: float) -> str:
    """Return a change such as `+3.2 %`, with a real minus sign."""
    if abs(change) < 0.0005:  # noqa: PLR2004  rounds to nothing
        return "±0 %"
    return ("+" if change > 0 else MINUS) + percent(abs(change))


def family_name(family: str) -> str:
    """Return a family of events as a heading."""
    return family.replace("_", " ").capitalize()


def by_version(version: str) -> tuple[int, ...]:
    """Return a key that sorts versions by their numbers; a text without numbers sorts first."""
    return tuple(int(part) for part in re.findall(r"\d+", version))
