"""The journal's format in numbers: sizes, limits, where each word of the header lies, and the bytes of a new journal.

Decides nothing at run time. Must never change under the same `FORMAT`: another version's process reads what this one left.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any, Final

from mlflow_usage.journal import JournalFullError

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
REFUSED, ATTEMPTS = 3, 4  # word offsets in a bank's head, after the 16 bytes of the batch id


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
