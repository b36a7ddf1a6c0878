"""The table of single records that the figures are counted from.

Decides which Delta table is a usage table, and runs the queries over it. Must never write to the table, nor let a row leave: only the
answers of the charts' queries do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

import duckdb
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from mlflow_usage.catalogue.charts import CHARTS
from mlflow_usage.site import query
from mlflow_usage.site.figures import SiteError
from mlflow_usage.warehouse import schema

PLACEHOLDER: Final = re.compile(r"(?<![:\w]):([a-z]+)\b")
COVERAGE: Final = """
SELECT COUNT(*), MIN(event_day), MAX(event_day), MAX(received_day), CAST(MAX(received_time) AS TIMESTAMP),
  COUNT(*) FILTER (WHERE event_day IS NULL AND event_name NOT LIKE 'mlflow.usage.%')
FROM usage
"""
WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Coverage:
    """The extent of the table: how many records, of which days, received until when."""

    records: int
    first: date | None
    last: date | None
    received_day: date | None
    received_time: datetime | None  # UTC without a zone: for zones DuckDB needs one more package
    without_day: int  # records whose own time was implausible; they are in no figure


class UsageTable:
    """An open usage table, pinned to the version it had when it was opened."""

    def __init__(self, location: str) -> None:
        table = _open(location)
        _check(table, location)
        metadata = table.metadata()
        self.table_id = str(metadata.id)
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone = 'UTC'")
        try:
            self._connection.register("usage", table.to_pyarrow_dataset())
        except (DeltaError, OSError, ValueError) as error:
            raise SiteError(f"{location}: the table cannot be read: {_line(error)}") from error

    def coverage(self) -> Coverage:
        """Return the extent of the table."""
        (row,) = self._rows(COVERAGE, {})
        return Coverage(*row)

    def count(self, chart: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """Return the rows that answer the chart's query."""
        return self._rows(query.compose(chart), parameters)

    def _rows(self, text: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        statement = PLACEHOLDER.sub(r"$\1", text)
        try:
            rows: list[tuple[Any, ...]] = self._connection.execute(statement, dict(parameters) or None).fetchall()
        except (duckdb.Error, OSError) as error:
            raise SiteError(f"the table cannot be read: {_line(error)}; a file of it may be missing or damaged") from error
        return rows


def _open(location: str) -> DeltaTable:
    if "://" not in location and not Path(location).is_dir():
        raise SiteError(f"{location}: there is no such directory; name the Delta table that `mlflow-usage warehouse` fills")
    try:
        return DeltaTable(location)
    except (DeltaError, OSError, ValueError) as error:
        raise SiteError(f"{location}: not a Delta table; name the one that `mlflow-usage warehouse` fills ({_line(error)})") from error


def columns_read() -> dict[str, str]:
    """Return the columns of the usage table that the queries read, and their types."""
    words = {word for text in (COVERAGE, *(query.compose(chart) for chart in CHARTS)) for word in WORD.findall(text)}
    return {name: kind.partition("<")[0] for name, kind, _, _ in schema.COLUMNS if name in words}


def _check(table: DeltaTable, location: str) -> None:
    found = {field.name: getattr(field.type, "type", None) for field in table.schema().fields}
    wrong = [name for name, kind in columns_read().items() if found.get(name) != kind]
    if wrong:
        some = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")  # noqa: PLR2004  a readable line
        raise SiteError(
            f"{location}: a Delta table, but not a usage table: missing or of another type: {some}; "
            "name the one that `mlflow-usage warehouse` fills"
        )


def _line(error: BaseException) -> str:
    """Return the first line of an engine's error only: the rest may show rows, and digests belong in no log."""
    return str(error).strip().partition("\n")[0][:200]
