"""The table that the figures come from.

Decides what is a usage table, and runs the queries over it. It must never write to the table, nor let a row leave: only what a query of
`queries/` answers does.
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

from mlflow_usage.site.errors import SiteError

QUERIES: Final = Path(__file__).parent / "queries"
# What the queries read, with the types they count on.
COLUMNS: Final[Mapping[str, str]] = {
    "event_name": "string",
    "event_day": "date",
    "received_day": "date",
    "received_time": "timestamp",
    "installation_id": "string",
    "host_arch": "string",
    "os_type": "string",
    "os_version": "string",
    "process_runtime_name": "string",
    "process_runtime_version": "string",
    "service_version": "string",
    "code_paths": "boolean",
    "count": "long",
    "disable": "boolean",
    "extra_pip_requirements": "boolean",
    "flavor": "string",
    "log_models": "boolean",
    "log_traces": "boolean",
    "metadata": "boolean",
    "model_type": "string",
    "params": "boolean",
    "pip_requirements": "boolean",
    "predict_fn": "boolean",
    "scorers": "array",
    "status": "string",
    "store": "string",
}
PLACEHOLDER: Final = re.compile(r"(?<![:\w]):([a-z]+)\b")
COVERAGE: Final = """
SELECT COUNT(*), MIN(event_day), MAX(event_day), MAX(received_day), CAST(MAX(received_time) AS TIMESTAMP),
  COUNT(*) FILTER (WHERE event_day IS NULL AND event_name NOT LIKE 'mlflow.usage.%')
FROM usage
"""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the table holds: records, days and how far it reaches."""

    records: int
    first: date | None
    last: date | None
    received_day: date | None
    received_time: datetime | None  # UTC, without a zone: DuckDB needs one more package to say it
    without_day: int  # records whose own time was implausible: in no figure


class Source:
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
        """What the table holds."""
        (row,) = self._rows(COVERAGE, {})
        return Coverage(*row)

    def query(self, chart: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
        """The answer of a chart's query."""
        return self._rows((QUERIES / f"{chart}.sql").read_text(encoding="utf-8"), parameters)

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


def _check(table: DeltaTable, location: str) -> None:
    found = {field.name: getattr(field.type, "type", None) for field in table.schema().fields}
    wrong = [name for name, kind in COLUMNS.items() if found.get(name) != kind]
    if wrong:
        some = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")  # noqa: PLR2004  a readable line
        raise SiteError(
            f"{location}: a Delta table, but not one of usage: missing or of another type: {some}; "
            "name the one that `mlflow-usage warehouse` fills"
        )


def _line(error: BaseException) -> str:
    """An engine's first line only: what follows may show rows, and hashes belong in no log."""
    return str(error).strip().partition("\n")[0][:200]
