"""The loader: it loads an archive into the table, each record once.

Decides what one commit holds: the rows of a bounded piece of the archive, and the byte offset that each stream was read to, so that a
kill at any moment leaves both or neither. delta-rs writes an offset without comparing it with the table's. Therefore a loader commits
with the handle that it read the offsets from, and every commit raises one number that all loaders share (`TURN`): of two loaders that
read the same table, one loses its turn and starts again from what the other wrote. The loader must never advance an offset without the
rows before it, nor write a row whose uid the table received within `DEDUPE_DAYS` of it.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event
from typing import Any, Final

import pyarrow as pa
from deltalake import CommitProperties, DeltaTable, Transaction, WriterProperties, write_deltalake
from deltalake.exceptions import CommitFailedError, DeltaError

from mlflow_usage.warehouse.archive import Archive, ArchiveError, Document, Stream, documents, left
from mlflow_usage.warehouse.rows import Row, rows
from mlflow_usage.warehouse.table import ARROW, PARTITION, TableError, first_line, prepare
from mlflow_usage.warehouse.tally import Tally
from mlflow_usage.warehouse.uids import StoredUids

TURN: Final = "mlflow-usage"  # the app transaction that every loader's commit raises by one
NOTE: Final = "mlflowUsage"  # the key of the counts in a commit's metadata
ROWS: Final = 100_000  # records of a commit
BYTES: Final = 64 << 20  # bytes of the archive in a commit
CONFLICTS: Final = 200  # turns lost in a row; more means that something else is wrong
FILES: Final = 64  # data files of one day; from this many on they are compacted
WRITER: Final = WriterProperties(compression="ZSTD", compression_level=3)
UID_INDEX: Final = ARROW.get_field_index("uid")
RECEIVED_DAY_INDEX: Final = ARROW.get_field_index(PARTITION)
EVENT_DAY_INDEX: Final = ARROW.get_field_index("event_day")


class LoadError(Exception):
    """The table could not be written; the message is one line. Earlier commits stay, and the next load continues after them."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load is: bytes of the archive passed, bytes in all, and the counts of what is committed."""

    done: int
    total: int
    tally: Tally


@dataclass
class Chunk:
    """The content of the next commit."""

    rows: list[Row] = field(default_factory=list)
    offsets: dict[str, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    size: int = 0

    def take(self, stream: Stream, document: Document) -> None:
        """Read one document into the chunk."""
        self.rows += rows(document.content, self.tally)
        self.tally.documents += 1
        self.tally.skipped += document.skipped
        self.offsets[stream.id] = document.end
        self.size += document.end - document.start

    @property
    def full(self) -> bool:
        """Return whether it has to be committed before more is read."""
        return len(self.rows) >= ROWS or self.size >= BYTES


class _LostTurnError(Exception):
    """Another writer committed first."""


class Loader:
    """One archive, one table, and the tally of what this process has committed.

    Raises:
        TableError: the table's place cannot be used.
    """

    def __init__(self, archive: Path, target: str, report: Callable[[Progress], None] = lambda _: None) -> None:
        self.tally = Tally()
        self.waiting = 0  # bytes at the ends of streams that do not yet make a complete document
        self.archive = Archive(archive)
        self._target = target
        self._report = report
        self._stored = StoredUids()
        self._table: DeltaTable | None = None
        self._done = self._total = 0
        _check_apart(archive, target)

    def load(self) -> Tally:
        """Load what the archive holds now, and return the counts so far.

        Raises:
            ArchiveError: there is no archive, or no document in it.
            TableError: the table cannot be used.
            LoadError: the table cannot be written.
        """
        if not self.archive.streams():
            raise ArchiveError(f"the archive {self.archive.path} holds no complete document yet: nothing to load")
        names = None
        while names != (names := self.archive.files()):  # again if a file was rotated in the meantime
            self._pass()
        return self.tally

    def follow(self, stop: Event, interval: float) -> Tally:
        """Load what the archive holds and what is added to it, until `stop` is set; return the counts so far.

        The archive is read again every `interval` seconds.

        Raises:
            ArchiveError: there is no archive.
            TableError: the table cannot be used.
            LoadError: the table cannot be written.
        """
        self.archive.files()
        while not stop.is_set():
            before = self.tally.documents
            self._pass(stop)
            if self.tally.documents == before:
                stop.wait(interval)
        return self.tally

    def _pass(self, stop: Event | None = None) -> None:
        for lost in range(CONFLICTS):
            try:
                self._table = self._table or prepare(self._target)
                if self._sweep(self._table, stop):
                    self._tidy(self._table)
            except _LostTurnError:
                self._table = None
                time.sleep(random.uniform(0, min(1.0, 0.02 * (lost + 1))))  # noqa: S311  not a secret
                continue
            return
        raise LoadError(f"{self._target} is constantly being written by others: try again later")

    def _sweep(self, table: DeltaTable, stop: Event | None) -> bool:
        """Read every stream from the table's offset, committing each full chunk; return whether anything was committed."""
        self._done, self._total, chunk, before = 0, self.archive.size(), Chunk(), table.version()
        self.waiting = 0
        for stream in self.archive.streams():
            with self.archive.open(stream) as file:
                if file is None:
                    continue
                offset = chunk.offsets.get(stream.id) or table.transaction_version(stream.id) or 0
                for document in documents(file, offset):
                    chunk.take(stream, document)
                    offset = document.end
                    if chunk.full:
                        self._commit(table, chunk, offset)
                        chunk = Chunk()
                        if stop and stop.is_set():
                            return True
                self._done += offset
                self.waiting += left(file, offset)
        if chunk.offsets:
            self._commit(table, chunk, 0)
        return table.version() != before

    def _commit(self, table: DeltaTable, chunk: Chunk, within: int) -> None:
        turn = (table.transaction_version(TURN) or 0) + 1
        try:
            write_deltalake(
                table,
                _arrow(self._fresh(table, chunk)),
                mode="append",
                writer_properties=WRITER,
                commit_properties=CommitProperties(
                    custom_metadata={NOTE: json.dumps(chunk.tally.as_dict())},
                    app_transactions=[Transaction(TURN, turn), *(Transaction(*item) for item in chunk.offsets.items())],
                ),
            )
        except CommitFailedError as error:
            raise _LostTurnError from error
        except (DeltaError, OSError, pa.ArrowException) as error:
            raise LoadError(f"{self._target} cannot be written: {first_line(error)}") from error
        table.update_incremental()
        self.tally.add(chunk.tally)
        self._report(Progress(min(self._done + within, self._total) if within else self._total, self._total, self.tally))

    def _fresh(self, table: DeltaTable, chunk: Chunk) -> list[Row]:
        """Return the chunk's rows that are not duplicates of the table's or of each other, and count them."""
        unique: dict[Any, Row] = {}
        for row in chunk.rows:
            unique.setdefault(row[UID_INDEX], row)
        if unique:
            days: list[Any] = [row[RECEIVED_DAY_INDEX] for row in unique.values()]
            for uid in self._stored.among(table, unique, min(days), max(days)):
                del unique[uid]
        fresh = list(unique.values())
        chunk.tally.new = len(fresh)
        chunk.tally.duplicate = len(chunk.rows) - len(fresh)
        chunk.tally.undated = sum(row[EVENT_DAY_INDEX] is None for row in fresh)
        return fresh

    def _tidy(self, table: DeltaTable) -> None:
        """Compact the many small files of a day: a follower writes one at every commit."""
        counts: dict[Any, int] = {}
        for day in table.get_add_actions(flatten=True).column(f"partition.{PARTITION}").to_pylist():
            counts[day] = counts.get(day, 0) + 1
        for day, files in counts.items():
            if files >= FILES:
                try:
                    table.optimize.compact(partition_filters=[(PARTITION, "=", str(day))], writer_properties=WRITER)
                except CommitFailedError:
                    return  # someone is erasing or compacting; the next pass tries again


def _arrow(rows: list[Row]) -> pa.Table:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(ARROW)
    arrays = [pa.array(values, declared.type) for values, declared in zip(columns, ARROW, strict=True)]
    return pa.Table.from_arrays(arrays, schema=ARROW).sort_by("bucket")


def _check_apart(archive: Path, target: str) -> None:
    if "://" in target:
        return
    place, source = Path(target).resolve(), archive.resolve()
    if place == source or place in source.parents:
        raise TableError(f"the table {target} must not be the archive or hold it: give another directory")
