"""The uids that the table already holds.

Decides whether a record was stored before. It must never read more than the uid column of the days in question, and never answer from
memory about a file that the table no longer has.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as pd
from deltalake import DeltaTable

from mlflow_usage.catalogue.deadlines import DEDUPE_DAYS

COLUMN: Final = "uid"
WINDOW: Final = DEDUPE_DAYS  # days on either side of a receipt in which the same record can have been received
MAX_CACHE: Final = 128 << 20  # bytes of uids that stay in memory between two questions
AT_ONCE: Final = 2_000_000  # uids compared in one step
EPOCH: Final = dt.date(1970, 1, 1)


class StoredUids:
    """The uids of the table, cached by data file: a data file never changes."""

    def __init__(self) -> None:
        self._cache: dict[str, Any] = {}
        self._cached_bytes = 0

    def among(self, table: DeltaTable, uids: Iterable[str], first: int, last: int) -> set[str]:
        """Return those of `uids` that the table received within `WINDOW` days of the days `first` to `last` (days since 1970)."""
        asked = pa.array(uids, pa.string())
        found: set[str] = set()
        held: list[Any] = []
        for column in self._columns(table, first - WINDOW, last + WINDOW):
            held.append(column)
            if sum(map(len, held)) >= AT_ONCE:
                found |= _common(held, asked)
                held = []
        return found | _common(held, asked)

    def _columns(self, table: DeltaTable, first: int, last: int) -> Iterator[Any]:
        days = pd.field("received_day")
        window = (days >= _day(first)) & (days <= _day(last))
        fragments = {fragment.path: fragment for fragment in table.to_pyarrow_dataset().get_fragments(filter=window)}
        for path in self._cache.keys() - fragments.keys():
            self._cached_bytes -= self._cache.pop(path).nbytes
        for path, fragment in fragments.items():
            column = self._cache.get(path)
            if column is None:
                # With threads, pyarrow aborts the interpreter at exit: its threads still hold delta-rs's Python file system.
                column = fragment.to_table(columns=[COLUMN], use_threads=False).column(COLUMN)
                if self._cached_bytes + column.nbytes <= MAX_CACHE:
                    self._cache[path] = column
                    self._cached_bytes += column.nbytes
            yield column


def _common(held: list[Any], asked: Any) -> set[str]:  # noqa: ANN401  pyarrow has no types
    if not held:
        return set()
    stored = pa.chunked_array([chunk for column in held for chunk in column.chunks], pa.string())
    return {str(uid) for uid in stored.filter(pc.is_in(stored, value_set=asked)).to_pylist()}


def _day(number: int) -> dt.date:
    return EPOCH + dt.timedelta(days=number)
