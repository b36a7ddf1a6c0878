"""The bytes of a journal: counters, two snapshots of them, and one word that says which snapshot is the newer.

Decides what a batch is: the difference between two snapshots. So a call counted late falls into the next batch, a kill between any two
stores neither loses nor repeats, and a batch that is sent again has the same uids. The format must never change under the same `FORMAT`:
another version's process reads it. A counter must never be reset, and a pending batch never change.

    header   magic, format, size, slots, generation word, published slots, bytes of keys, birth
    banks    two heads (batch id, a free word, dropped calls, attempts), one for each snapshot
    meta     JSON: the resource and the stamp (mode, endpoint) under which everything in it was recorded
    live     a counter and the hour of the batch's first call for each slot; bank 0 and bank 1: copies of the same
    keys     per slot, length-prefixed JSON: the event and its attributes

Generation word: bit 0 is the newer bank, bit 1 says that this bank is a batch not yet acknowledged, the rest counts transitions.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

from mlflow_usage.journal.batch import Batch, Entry, JournalError, JournalFullError, decode_key

MAGIC: Final = b"MLFUSAGE"
FORMAT: Final = 1
SIZES: Final = (4096, 16384, 32768)  # bytes; a fuller process moves on to the next size
SLOT_BYTES: Final = 6 * 8 + 56  # three counters, three hours, and a key of usual length
MAX_META: Final = 2048
HEAD: Final = 192
MAX_COUNT: Final = 10_000_000  # calls of one record in one batch; what is above falls into the next
MAX_CALLS: Final = 1 << 53  # in a counter; three years of a call a nanosecond
MAX_HOUR: Final = 0xFFFF_FFFF // 3600  # the end of OTLP's 32-bit seconds is far enough

SIZE, SLOTS, WORD, PUBLISHED, KEYS_USED, BIRTH, META_LENGTH = 2, 3, 4, 5, 6, 7, 8  # word indices
BANKS: Final = (10, 16)  # word index of each bank's head
DROPS, ATTEMPTS = 3, 4  # word offsets in a bank's head, after the 16 bytes of the batch id
NEWER, PENDING, COUNTED_FROM = 1, 2, 2  # of the generation word: two masks, and the first bit of the count of transitions


def blank(size: int, meta: Mapping[str, Any], birth: int) -> bytearray:
    """Return the bytes of a new journal of `size` bytes, born at `birth` (seconds since the epoch).

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
        self.generation = 1  # of this view: raised by each seal, so that callers write the hour again
        words = self.words
        self.slots = words[SLOTS]
        meta = words[META_LENGTH]
        first = (HEAD + meta + 7) // 8
        self._live = first
        self._banks = (first + 2 * self.slots, first + 4 * self.slots)
        self._keys = (first + 6 * self.slots) * 8
        if (
            words[1] != FORMAT
            or words[SIZE] != length
            or not 0 < self.slots <= length // 48
            or meta > MAX_META
            or words[PUBLISHED] > self.slots
            or self._keys + words[KEYS_USED] > length
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

    def verify(self) -> None:
        """Check everything that the header does not say, before a journal of another process is used.

        Raises:
            JournalError: some other hand has written into it.
        """
        words, slots, live = self.words, self.slots, self._live
        new, head = self._newer, self._newer_head
        # The older bank counts only while a batch is pending: a kill in the middle of a seal leaves it half written.
        old = self._older if self.pending else new
        for key in self.keys():
            decode_key(key)
        sound = isinstance(self.meta.get("resource", {}), dict) and self.birth // 3600 <= MAX_HOUR
        sound &= max(words[WORD], words[head + DROPS], words[head + ATTEMPTS]) < MAX_CALLS
        for slot in range(slots):
            counted = words[live + slot] if slot else words[new]  # slot 0 is written at a seal only
            sound &= words[old + slot] <= words[new + slot] <= counted < MAX_CALLS
            sound &= max(words[new + slots + slot], words[live + slots + slot]) <= MAX_HOUR
        if not sound:
            msg = "journal's counters are damaged"
            raise JournalError(msg)

    # The generation word: which bank is the newer one, and whether it is a batch that waits for its acknowledgement.

    @property
    def pending(self) -> bool:
        """Whether a sealed batch waits for its acknowledgement."""
        return bool(self.words[WORD] & PENDING)

    @property
    def _newer(self) -> int:
        """Word index of the newer snapshot."""
        return self._banks[self.words[WORD] & NEWER]

    @property
    def _older(self) -> int:
        """Word index of the older snapshot, which the next seal overwrites."""
        return self._banks[~self.words[WORD] & NEWER]

    @property
    def _newer_head(self) -> int:
        """Word index of the newer snapshot's head."""
        return BANKS[self.words[WORD] & NEWER]

    @property
    def _older_head(self) -> int:
        """Word index of the older snapshot's head."""
        return BANKS[~self.words[WORD] & NEWER]

    def _turn(self, bits: int) -> None:
        """Make one transition durable, by one store: `bits` say which bank is the newer one, and whether it is pending."""
        self.words[WORD] = ((self.words[WORD] >> COUNTED_FROM) + 1) << COUNTED_FROM | bits

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
        return self.words[BIRTH]

    @property
    def newest(self) -> int:
        """The end of the hour in which something was last counted for the first time in its batch, in seconds since the epoch."""
        return max(self.birth, (max(self.hours) + 1) * 3600)

    @property
    def published(self) -> int:
        """How many slots have a key."""
        return self.words[PUBLISHED]

    def publish(self, key: bytes) -> int:
        """Give the next slot to `key` and return its index.

        Raises:
            JournalFullError: there is no slot or no room for the key.
        """
        index, used = self.words[PUBLISHED], self.words[KEYS_USED]
        start = self._keys + used
        if index >= self.slots or start + 2 + len(key) > len(self.buffer):
            raise JournalFullError
        self.buffer[start : start + 2 + len(key)] = struct.pack("<H", len(key)) + key
        self.words[KEYS_USED] = used + 2 + len(key)
        self.words[PUBLISHED] = index + 1
        return index

    def keys(self) -> list[bytes]:
        """Return the keys of the published slots.

        Raises:
            JournalError: the keys are damaged.
        """
        published = self.published  # before the bytes: a thread that publishes writes them in the other order
        found, at, end = [], self._keys, self._keys + self.words[KEYS_USED]
        for _ in range(published):
            length = struct.unpack_from("<H", self.buffer, at)[0] if at + 2 <= end else end
            if at + 2 + length > end:
                raise JournalError("journal's keys are damaged")
            found.append(bytes(self.buffer[at + 2 : at + 2 + length]))
            at += 2 + length
        return found

    # Snapshots

    @property
    def dirty(self) -> bool:
        """Whether calls were counted since the newer snapshot."""
        newer, start = self._newer, self._live
        # Slot 0 counts dropped calls; it is written at a seal, so its live counter says nothing.
        return bool(self.words[start + 1 : start + self.slots] != self.words[newer + 1 : newer + self.slots])

    def seal(self, batch_id: bytes, hour: int) -> None:
        """Take the snapshot that makes the next batch, at `hour` since the epoch. Only while none is pending.

        The live counters and hours are copied in one C call, so that no caller's addition is split by it.
        """
        words, span = self.words, 2 * self.slots
        old, old_head = self._newer, self._newer_head
        new, head = self._older, self._older_head
        words[new : new + span] = words[self._live : self._live + span]
        self.generation += 1  # right after the copy: no call lies between, so no thread switch
        words[new] = words[old] + words[old_head + DROPS]
        words[new + self.slots] = hour
        for slot in range(self.published):
            if words[new + slot] - words[old + slot] > MAX_COUNT:
                words[new + slot] = words[old + slot] + MAX_COUNT
        self.buffer[head * 8 : head * 8 + 16] = batch_id
        words[head + DROPS] = words[head + ATTEMPTS] = 0
        self._turn(PENDING | (~words[WORD] & NEWER))

    def acknowledge(self, dropped: int = 0) -> None:
        """Note that the pending batch has left for good; `dropped` of its calls were dropped, which a later batch reports."""
        self.words[self._newer_head + DROPS] = dropped
        self._turn(self.words[WORD] & NEWER)

    def batch(self) -> Batch:
        """Return the pending batch.

        Raises:
            JournalError: the journal is damaged.
        """
        return self._difference(self._newer_head, self._newer, self._older)

    def preview(self) -> Batch:
        """Return the batch that a seal would make now; change nothing.

        Raises:
            JournalError: the journal is damaged.
        """
        return self.batch() if self.pending else self._difference(self._older_head, self._live, self._newer)

    def _difference(self, head: int, new: int, old: int) -> Batch:
        entries = []
        for index, key in enumerate(self.keys()):
            count = min(self.words[new + index] - self.words[old + index], MAX_COUNT)
            if count > 0:
                event, attributes = decode_key(key)
                entries.append(Entry(index, event, attributes, count, self.words[new + self.slots + index]))
        return Batch(bytes(self.buffer[head * 8 : head * 8 + 16]), tuple(entries))

    # What an endpoint does not know yet

    @property
    def attempts(self) -> int:
        """How often the pending batch was answered without acceptance while others were accepted."""
        return self.words[self._newer_head + ATTEMPTS]

    @attempts.setter
    def attempts(self, value: int) -> None:
        self.words[self._newer_head + ATTEMPTS] = value

    @property
    def unreported(self) -> int:
        """Calls that were dropped and that no batch has reported yet."""
        return 0 if self.pending else self.words[self._newer_head + DROPS]

    @property
    def unacknowledged(self) -> int:
        """Calls in it that no endpoint has acknowledged, the pending batch's included."""
        base = self._older if self.pending else self._newer
        live = sum(self.words[self._live + 1 : self._live + self.slots])
        return live - sum(self.words[base + 1 : base + self.slots])

    @property
    def unknown(self) -> int:
        """Calls of which no endpoint knows yet, neither that they were made nor that they were dropped."""
        reports = self.words[self._newer] - self.words[self._older] if self.pending else self.unreported
        return max(0, self.unacknowledged) + reports
