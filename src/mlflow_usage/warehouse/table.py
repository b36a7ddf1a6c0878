"""The Delta table: how it is made, checked and upgraded to the catalogue.

Decides the table's layout, and which tables it accepts. It must never write into a table of another schema, and never leave a table
without a constraint of the catalogue: preparing it again completes whatever was interrupted.
"""

from __future__ import annotations

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
from deltalake import DeltaTable, Field, Schema
from deltalake.exceptions import CommitFailedError, DeltaError
from deltalake.schema import ArrayType, PrimitiveType

from mlflow_usage.warehouse import schema

PARTITION: Final = "received_day"
PROPERTIES: Final[Mapping[str, str | None]] = {
    # A change feed or a deletion vector would keep erased rows; minima and maxima in the log would name them.
    "delta.enableChangeDataFeed": "false",
    "delta.enableDeletionVectors": "false",
    "delta.dataSkippingStatsColumns": ",".join(schema.STATISTICS),
    "delta.deletedFileRetentionDuration": "interval 7 days",
    "delta.logRetentionDuration": "interval 30 days",
}
SERVED: Final = re.compile(r"mlflow-usage, catalogue revision ([0-9]+)")
CONSTRAINT_PREFIX: Final = "delta.constraints."
CONSTRAINT_NAME: Final = re.compile(r"[a-z_]+_[0-9a-f]{8}")
ATTEMPTS: Final = 20
ANSI: Final = re.compile("\x1b\\[[0-9;]*m")
MAX_MESSAGE: Final = 300  # characters of an error's line
CAUSE: Final = "\N{DOWNWARDS ARROW WITH TIP RIGHTWARDS}"  # delta-rs begins the line of each cause with it

_ARROW: Final[dict[str, Any]] = {
    "array<string>": pa.list_(pa.field("element", pa.string(), nullable=False)),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "long": pa.int64(),
    "string": pa.string(),
    "timestamp": pa.timestamp("us", "UTC"),
}
ARROW: Final = pa.schema([pa.field(name, _ARROW[kind], nullable) for name, kind, nullable, _ in schema.COLUMNS])


class TableError(Exception):
    """The table cannot be used; the message is one line that says what to do."""


def open_table(target: str) -> DeltaTable:
    """Open the table at a path or URI for reading.

    Raises:
        TableError: there is none, or it has another schema.
    """
    try:
        if not DeltaTable.is_deltatable(target):
            raise TableError(f"there is no Delta table at {target}: `mlflow-usage warehouse load` makes one")
        table = DeltaTable(target)
    except (DeltaError, OSError, ValueError) as error:
        raise TableError(f"{target} cannot be opened as a Delta table: {first_line(error)}") from error
    _check(table, target)
    return table


def prepare(target: str) -> DeltaTable:
    """Open the table at a path or URI for writing: make it if there is none, and add what it lacks of the catalogue.

    Raises:
        TableError: the place holds something else, cannot be written, or is of a newer catalogue.
    """
    _check_place(target)
    for _ in range(ATTEMPTS):
        try:
            if not DeltaTable.is_deltatable(target):
                _create(target)
            table = open_table(target)
            if served(table) > schema.REVISION:
                raise TableError(
                    f"{target} is of catalogue revision {served(table)}, this mlflow-usage knows {schema.REVISION}: upgrade mlflow-usage"
                )
            _upgrade(table)
        except CommitFailedError:
            continue  # another loader is preparing it
        except (DeltaError, OSError) as error:
            if "already exists" in str(error):
                continue
            raise TableError(f"{target} cannot be written: {first_line(error)}") from error
        return table
    raise TableError(f"{target} is constantly being changed by another writer: try again later")


def served(table: DeltaTable) -> int:
    """Return the catalogue revision that the table was last prepared for; 0 if its description names none."""
    found = SERVED.fullmatch(table.metadata().description or "")
    return int(found[1]) if found else 0


def missing_constraints(table: DeltaTable) -> list[str]:
    """Return the names of the catalogue's constraints that the table lacks or holds with another text."""
    stored = _stored(table)
    if all(stored.get(name) == text for name, text in schema.CONSTRAINTS.items()):
        return []
    with tempfile.TemporaryDirectory() as scratch:  # delta-rs rewrites constraints: `x IN ('a')` becomes `x = 'a'`
        _create(scratch)
        spelt = DeltaTable(scratch)
        spelt.alter.add_constraint(dict(schema.CONSTRAINTS))
        spelling = _stored(spelt)
    return [name for name, text in schema.CONSTRAINTS.items() if stored.get(name) not in (text, spelling[name])]


def first_line(error: BaseException) -> str:
    """Return an engine's message on one line, without rows: delta-rs shows the data that it refuses, and ids belong in no log."""
    lines = [ANSI.sub("", line).strip() for line in str(error).splitlines()]
    causes = [line.removeprefix(CAUSE).strip() for line in lines if line.startswith(CAUSE)]
    text = ": ".join(part.rstrip(".: ") for part in [*lines[:1], *causes] if not part.startswith("<"))
    return text[:MAX_MESSAGE] or type(error).__name__


def _create(target: str) -> None:
    DeltaTable.create(
        target,
        Schema([_field(*column) for column in schema.COLUMNS]),
        partition_by=[PARTITION],
        name="mlflow_usage",
        configuration=PROPERTIES,
    )


def _field(name: str, kind: str, nullable: bool, comment: str) -> Field:
    text = PrimitiveType("string")
    declared = ArrayType(text, contains_null=False) if kind == "array<string>" else PrimitiveType(kind)
    return Field(name, declared, nullable=nullable, metadata={"comment": comment})


def _stored(table: DeltaTable) -> dict[str, str]:
    configuration: Mapping[str, str] = table.metadata().configuration
    return {key.removeprefix(CONSTRAINT_PREFIX): text for key, text in configuration.items() if key.startswith(CONSTRAINT_PREFIX)}


def _columns(table: DeltaTable) -> dict[str, str]:
    found = {}
    for field in table.schema().fields:
        kind = field.type
        found[field.name] = "array<string>" if isinstance(kind, ArrayType) else str(getattr(kind, "type", kind))
    return found


def _check(table: DeltaTable, target: str) -> None:
    columns, partitions = _columns(table), list(table.metadata().partition_columns)
    declared = {name: kind for name, kind, _, _ in schema.COLUMNS}
    core = {name for name, _, nullable, _ in schema.COLUMNS if not nullable}
    wrong = sorted(name for name, kind in columns.items() if name in declared and declared[name] != kind)
    strange = sorted(columns.keys() - declared.keys()) if served(table) <= schema.REVISION else []
    if wrong or strange or not core <= columns.keys() or partitions != [PARTITION]:
        detail = f" (column {(wrong or strange)[0]})" if wrong or strange else ""
        raise TableError(f"{target} is a Delta table of another schema{detail}: give an empty or new directory")


def _check_place(target: str) -> None:
    if "://" in target:
        return
    place = Path(target)
    try:
        if place.exists() and not place.is_dir():
            raise TableError(f"{target} is a file: give a directory for the Delta table")
        if place.is_dir() and not (place / "_delta_log").is_dir() and any(place.iterdir()):
            raise TableError(f"{target} is not a Delta table and not empty: give an empty or new directory")
    except OSError as error:
        raise TableError(f"{target} cannot be used: {error.strerror}") from error


def _upgrade(table: DeltaTable) -> None:
    columns = _columns(table)
    added = [_field(name, kind, True, comment) for name, kind, _, comment in schema.COLUMNS if name not in columns]
    if added:
        table.alter.add_columns(added)
    stored = _stored(table)
    missing = {name: text for name, text in schema.CONSTRAINTS.items() if name not in stored}
    if missing:
        table.alter.add_constraint(missing)
    for name in stored:
        if name not in schema.CONSTRAINTS and CONSTRAINT_NAME.fullmatch(name):
            table.alter.drop_constraint(name)
    if served(table) != schema.REVISION:
        table.alter.set_table_description(f"mlflow-usage, catalogue revision {schema.REVISION}")
