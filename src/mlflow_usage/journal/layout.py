"""The journal's bytes: counters, two snapshots of them, and the one word that says which snapshot stands.

Decides what a batch is: the difference between two snapshots, so that a call counted late falls into the next batch, a kill between any
two stores neither loses nor repeats, and a batch sent again is the same batch with the same uids. It must never reset a counter, and
never change what a pending batch holds.

    header   magic, format, size, slots, generation word, published slots, bytes of keys, birth
    banks    two heads (batch id, calls, refused, attempts), one for each snapshot
    meta     JSON: the resource and the stamp (mode, endpoint) under which everything in it was recorded
    live     a counter and the hour of the batch's first call for each slot; bank 0 and bank 1: copies of the same
    keys     per slot, length-prefixed JSON: the event and its attributes

Generation word: bit 0 = the newer bank, bit 1 = that bank is a batch not yet acknowledged, the rest counts transitions.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, Final, NamedTuple, TypeAlias

MAGIC: Final = b"MLFUSAGE"
FORMAT: Final = 1
SIZES: Final = (4096, 16384, 32768)  # bytes; a fuller process moves on to the next size
SLOT_BYTES: Final = 6 * 8 + 56  # three counters, three hours, and a key of usual length
MAX_META: Final = 2048
HEAD: Final = 192
PREFIX: Final = "mlflow.usage."
MAX_COUNT: Final = 10_000_000  # calls of one record in one batch; what is above falls into the next

_SIZE, _SLOTS, _WORD, _PUBLISHED, _KEYS_USED, _BIRTH, _META_LENGTH = 2, 3, 4, 5, 6, 7, 8  # word indices
_BANKS: Final = (10, 16)  # word index of each bank's head
_TOTAL, _REFUSED, _ATTEMPTS = 2, 3, 4  # word offsets in a bank's head, after the 16 bytes of the batch id

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


class Journal:
    """A view of a journal's buffer. One writer at a time owns it; callers only add to live counters."""

    __slots__ = ("_banks", "_keys", "_live", "buffer", "generation", "meta", "slots", "words")

    def __init__(self, buffer: Any) -> None:  # noqa: ANN401  any writable buffer: mmap or bytearray
        """View `buffer`.

        Raises:
            JournalError: it does not hold a journal.
        """
        self.buffer = memoryview(buffer)
        length = len(self.buffer)
        if length not in SIZES or bytes(self.buffer[:8]) != MAGIC:
            msg = "no journal"
            raise JournalError(msg)
        self.words = self.buffer.cast("Q")
        self.generation = 1  # of this view: raised by each seal, so that callers write the hour anew
        words = self.words
        self.slots = words[_SLOTS]
        meta = words[_META_LENGTH]
        first = (HEAD + meta + 7) // 8
        self._live = first
        self._banks = (first + 2 * self.slots, first + 4 * self.slots)
        self._keys = (first + 6 * self.slots) * 8
        if (
            words[1] != FORMAT
            or words[_SIZE] != length
            or not 0 < self.slots <= length // 48
            or meta > MAX_META
            or words[_PUBLISHED] > self.slots
            or self._keys + words[_KEYS_USED] > length
        ):
            msg = "journal's header is damaged"
            raise JournalError(msg)
        try:
            self.meta: dict[str, Any] = json.loads(bytes(self.buffer[HEAD : HEAD + meta]))
        except (ValueError, RecursionError) as error:
            msg = "journal's meta is damaged"
            raise JournalError(msg) from error
        if not isinstance(self.meta, dict):
            msg = "journal's meta is damaged"
            raise JournalError(msg)

    @staticmethod
    def blank(size: int, meta: Mapping[str, Any], birth: int) -> bytearray:
        """The bytes of a new journal of `size` bytes, born at `birth` (seconds since the epoch).

        Raises:
            JournalFullError: the meta does not fit.
        """
        text = json.dumps(meta, separators=(",", ":")).encode()
        slots = (size - HEAD - len(text) - 8) // SLOT_BYTES
        if len(text) > MAX_META or slots < 1:
            raise JournalFullError
        data = bytearray(size)
        struct.pack_into("<8s8Q", data, 0, MAGIC, FORMAT, size, slots, 0, 0, 0, birth, len(text))
        data[HEAD : HEAD + len(text)] = text
        return data

    # Slots

    @property
    def live(self) -> memoryview:
        """The live counters, one word a slot: what callers add to."""
        return self.words[self._live : self._live + self.slots]

    @property
    def hours(self) -> memoryview:
        """Per slot, the hour of the first call since the last seal."""
        return self.words[self._live + self.slots : self._live + 2 * self.slots]

    @property
    def birth(self) -> int:
        """When it was made, in seconds since the epoch."""
        return self.words[_BIRTH]

    @property
    def published(self) -> int:
        """How many slots have a key."""
        return self.words[_PUBLISHED]

    def publish(self, key: bytes) -> int:
        """Give the next slot to `key` and return its index.

        Raises:
            JournalFullError: there is no slot or no room for the key.
        """
        index, used = self.words[_PUBLISHED], self.words[_KEYS_USED]
        start = self._keys + used
        if index >= self.slots or start + 2 + len(key) > len(self.buffer):
            raise JournalFullError
        self.buffer[start : start + 2] = struct.pack("<H", len(key))
        self.buffer[start + 2 : start + 2 + len(key)] = key
        self.words[_KEYS_USED] = used + 2 + len(key)
        self.words[_PUBLISHED] = index + 1
        return index

    def keys(self) -> list[bytes]:
        """The keys of the published slots.

        Raises:
            JournalError: the keys are damaged.
        """
        found, at, end = [], self._keys, self._keys + self.words[_KEYS_USED]
        for _ in range(self.published):
            if at + 2 > end:
                msg = "journal's keys are damaged"
                raise JournalError(msg)
            (length,) = struct.unpack_from("<H", self.buffer, at)
            found.append(bytes(self.buffer[at + 2 : at + 2 + length]))
            at += 2 + length
        return found

    # Snapshots

    @property
    def pending(self) -> bool:
        """Whether a sealed batch waits for its acknowledgement."""
        return bool(self.words[_WORD] & 2)

    @property
    def dirty(self) -> bool:
        """Whether calls were counted since the newer snapshot."""
        bank = self._banks[self.words[_WORD] & 1]
        start = self._live
        # Slot 0 counts refused calls; it is written at a seal, so its live counter says nothing.
        return bool(self.words[start + 1 : start + self.slots] != self.words[bank + 1 : bank + self.slots])

    @property
    def untold(self) -> int:
        """Calls that were refused and of which no batch has told yet."""
        word = self.words[_WORD]
        return 0 if word & 2 else self.words[_BANKS[word & 1] + _REFUSED]

    def seal(self, batch_id: bytes, hour: int) -> None:
        """Take the snapshot that makes the next batch, at `hour` since the epoch. Only while none is pending.

        The copy of the live counters and hours is one C call: no caller's addition is split by it.
        """
        word = self.words[_WORD]
        old, new = self._banks[word & 1], self._banks[~word & 1]
        head, old_head = _BANKS[~word & 1], _BANKS[word & 1]
        words, span = self.words, 2 * self.slots
        words[new : new + span] = words[self._live : self._live + span]
        self.generation += 1  # right after the copy: no call lies between, so no thread switch
        words[new] = words[old] + words[old_head + _REFUSED]
        words[new + self.slots] = hour
        for slot in range(self.published):
            if words[new + slot] - words[old + slot] > MAX_COUNT:
                words[new + slot] = words[old + slot] + MAX_COUNT
        self.buffer[head * 8 : head * 8 + 16] = batch_id
        words[head + _TOTAL] = sum(words[new : new + self.slots]) - sum(words[old : old + self.slots])
        words[head + _REFUSED] = words[head + _ATTEMPTS] = 0
        words[_WORD] = ((word >> 2) + 1) << 2 | 2 | (~word & 1)

    def acknowledge(self, refused: int = 0) -> None:
        """The pending batch has left for good; `refused` of its calls were refused and will be told as dropped."""
        word = self.words[_WORD]
        self.words[_BANKS[word & 1] + _REFUSED] = refused
        self.words[_WORD] = ((word >> 2) + 1) << 2 | (word & 1)

    def batch(self) -> Batch:
        """The pending batch.

        Raises:
            JournalError: the journal is damaged.
        """
        word = self.words[_WORD]
        return self._difference(_BANKS[word & 1], self._banks[word & 1], self._banks[~word & 1])

    def preview(self) -> Batch:
        """What the next batch would be if it were sealed now; changes nothing.

        Raises:
            JournalError: the journal is damaged.
        """
        if self.pending:
            return self.batch()
        word = self.words[_WORD]
        return self._difference(_BANKS[~word & 1], self._live, self._banks[word & 1])

    def _difference(self, head: int, new: int, old: int) -> Batch:
        entries = []
        for index, key in enumerate(self.keys()):
            count = self.words[new + index] - self.words[old + index]
            if count > 0:
                event, attributes = decode_key(key)
                entries.append(Entry(index, event, attributes, count, self.words[new + self.slots + index]))
        return Batch(bytes(self.buffer[head * 8 : head * 8 + 16]), tuple(entries))

    @property
    def attempts(self) -> int:
        """How often the pending batch was refused while others passed."""
        return self.words[_BANKS[self.words[_WORD] & 1] + _ATTEMPTS]

    @attempts.setter
    def attempts(self, value: int) -> None:
        self.words[_BANKS[self.words[_WORD] & 1] + _ATTEMPTS] = value

    @property
    def unacknowledged(self) -> int:
        """Calls in it that no endpoint has acknowledged, the pending batch's included."""
        word = self.words[_WORD]
        base = self._banks[~word & 1] if word & 2 else self._banks[word & 1]
        live = sum(self.words[self._live + 1 : self._live + self.slots])
        return live - sum(self.words[base + 1 : base + self.slots])
