"""The journal: where calls are counted, and what is told of it.

Here are the words that everything about it shares: a kind of call, a batch and its entries, the text that names one of them, and the
byte that tells a forked child. Decides how an event and its attributes become a key. It must never depend on the catalogue's order or on
this version's tables: a later version delivers what this one left.
"""

from __future__ import annotations

import json
import mmap
from collections.abc import Mapping
from typing import Any, Final

from mlflow_usage.named import NamedTuple

PREFIX: Final = "mlflow.usage."
DROPPED: Final = f"{PREFIX}dropped"  # the event that tells of calls that were given up
REASON: Final = f"{PREFIX}reason"  # its attribute
FORGET: Final = f"{PREFIX}forget"  # the event that asks for an erasure; it is no call
WIPEONFORK: Final = 18  # MADV_WIPEONFORK of Linux 4.14 and later; not named by the mmap module


class JournalError(Exception):
    """The bytes are not a journal that this version can read."""


class JournalFullError(Exception):
    """No room for another slot: the caller must move on to a new journal."""


class Kind:
    """One kind of call that carries attributes, made once and kept by the function it is a call of.

    It is hashed by identity, so that finding its counter costs the same however many attributes there are.
    """

    __slots__ = ("attributes", "event")

    def __init__(self, event: str, attributes: Mapping[str, Any]) -> None:
        """A call of `event` with `attributes`."""
        self.event, self.attributes = event, attributes


class Entry(NamedTuple):
    """One record of a batch."""

    slot: int
    event: str
    attributes: dict[str, Any]
    calls: int
    hour: int  # hours since the epoch, UTC


class Batch(NamedTuple):
    """What is sent in one request, or in several after a refusal for its size."""

    id: bytes  # 16 bytes
    entries: tuple[Entry, ...]


def encode_key(event: str, attributes: Mapping[str, Any]) -> bytes:
    """The key of a slot: short, and independent of the catalogue's order so that another version can read it."""
    short = {key.removeprefix(PREFIX): value for key, value in attributes.items()}
    return json.dumps([event, short], separators=(",", ":"), sort_keys=True).encode()


def decode_key(key: bytes) -> tuple[str, dict[str, Any]]:
    """The event and attributes of a key.

    Raises:
        JournalError: it is not one.
    """
    try:
        event, short = json.loads(key)
        return str(event), {name if "." in name else PREFIX + name: value for name, value in short.items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise JournalError(str(error)) from error


def wiped_in_a_child() -> Any:  # noqa: ANN401  an mmap or bytes
    """A byte that is 1 here and 0 in a forked child, also when the fork was made in C and ran no handler of ours.

    Linux hands a page marked WIPEONFORK to a child zeroed: a look at it is ten times cheaper than `os.getpid`. Elsewhere the byte is
    always 1, and Python's own fork handlers have to do.
    """
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        page.madvise(WIPEONFORK)
        page[0] = 1
    except (AttributeError, OSError, ValueError):
        return b"\x01"
    return page
