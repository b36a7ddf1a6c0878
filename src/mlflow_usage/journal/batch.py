"""What a journal is asked for: a batch, its entries, and the text that names one of them.

Decides how an event and its attributes become a key. It must never depend on the catalogue's order or on this version's tables: a later
version delivers what this one left.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, TypeAlias

from mlflow_usage.named import NamedTuple

PREFIX: Final = "mlflow.usage."

Attributes: TypeAlias = Mapping[str, Any]


class JournalError(Exception):
    """The bytes are not a journal that this version can read."""


class JournalFullError(Exception):
    """No room for another slot: the caller must move on to a new journal."""


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


def encode_key(event: str, attributes: Attributes) -> bytes:
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
