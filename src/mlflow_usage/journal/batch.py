"""A batch: the records of one request, and the text that names each of them in the journal.

Decides how an event and its attributes become the key of a slot. It must never depend on the order of the catalogue or on this version's
tables: a later version delivers what this one left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from mlflow_usage.namedtuple import NamedTuple

PREFIX: Final = "mlflow.usage."
DROPPED: Final = f"{PREFIX}dropped"  # the event that reports dropped calls
REASON: Final = f"{PREFIX}reason"  # its attribute
FORGET: Final = f"{PREFIX}forget"  # the event that asks for an erasure; it is no call


class JournalError(Exception):
    """The bytes are not a journal that this version can read."""


class JournalFullError(Exception):
    """No room for another slot: the caller must move on to a new journal."""


class CallKind:
    """One kind of call that carries attributes, made once by the wrapped function that keeps it.

    It is hashed by identity, so that finding its counter costs the same whatever the number of attributes.
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
    """The records of one request, or of several where one was too large."""

    id: bytes  # 16 bytes
    entries: tuple[Entry, ...]


def encode_key(event: str, attributes: Mapping[str, Any]) -> bytes:
    """Return the key of a slot: short, and independent of the catalogue's order so that another version can read it."""
    short = {key.removeprefix(PREFIX): value for key, value in attributes.items()}
    return json.dumps([event, short], separators=(",", ":"), sort_keys=True).encode()


def decode_key(key: bytes) -> tuple[str, dict[str, Any]]:
    """Return the event and attributes of a key.

    Raises:
        JournalError: it is not one.
    """
    try:
        event, short = json.loads(key)
        return str(event), {name if "." in name else PREFIX + name: value for name, value in short.items()}
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise JournalError(str(error)) from error
