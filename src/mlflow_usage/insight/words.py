"""Numbers in sentences: `1 call was`, `2 calls were`."""

from __future__ import annotations


def many(number: int, what: str) -> str:
    """Return a number of things: `1 call`, `2,000 calls`."""
    return f"{number:,} {what}{agree(number, '', 's')}"


def agree(number: int, one: str, more: str) -> str:
    """Return the word that agrees with a number: `one` for 1, else `more`."""
    return one if number == 1 else more
