"""Figures about the table, for the people who run it.

Decides which figures those are. It must never show an installation, a session or a row: only their numbers.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import pyarrow as pa
from deltalake import DeltaTable
from deltalake.exceptions import DeltaError

from mlflow_usage.warehouse.load import NOTE
from mlflow_usage.warehouse.table import PARTITION, TableError, first_line, missing_constraints, open_table, served
from mlflow_usage.warehouse.tally import UNKNOWN, Cause, causes

COLUMNS: Final = ("event_name", "count", "catalogue", "event_day", "installation_id", "session_id")


@dataclass
class Info:
    """The table's content at one version.

    `refused` and `changed` are the loaders' counts by (revision, reason), as far back as the table's log goes; `missing` are constraints
    of the catalogue that the table lacks.
    """

    target: str
    version: int
    revision: int
    files: int
    size: int
    rows: int = 0
    undated: int = 0
    installations: int = 0
    sessions: int = 0
    days: list[str] = field(default_factory=list)
    events: Counter[str] = field(default_factory=Counter)
    event_rows: Counter[str] = field(default_factory=Counter)
    revisions: Counter[int] = field(default_factory=Counter)
    refused: Counter[Cause] = field(default_factory=Counter)
    changed: Counter[Cause] = field(default_factory=Counter)
    missing: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, object]:
        """Return the figures for JSON."""
        return {
            "table": self.target,
            "version": self.version,
            "prepared_for_revision": self.revision,
            "files": self.files,
            "bytes": self.size,
            "rows": self.rows,
            "count": sum(self.events.values()),
            "installations": self.installations,
            "sessions": self.sessions,
            "undated": self.undated,
            "days": {"number": len(self.days), "first": min(self.days, default=None), "last": max(self.days, default=None)},
            "events": [{"event": e, "count": n, "rows": self.event_rows[e]} for e, n in self.events.most_common()],
            "revisions": [{"revision": revision, "rows": rows} for revision, rows in sorted(self.revisions.items())],
            "refused": causes(self.refused),
            "changed": causes(self.changed),
            "constraints": {"ok": not self.missing, "missing": self.missing},
        }


def info(target: str, report: Callable[[int, int], None] = lambda _done, _files: None) -> Info:
    """Return the figures of the table at a path or URI; call `report` with how many of how many data files are read.

    Raises:
        TableError: there is no table, it has another schema, or it cannot be read.
    """
    table = open_table(target)
    try:
        return _read(table, target, report)
    except (DeltaError, OSError, pa.ArrowException) as error:
        raise TableError(f"{target} cannot be read: {first_line(error)}") from error


def _read(table: DeltaTable, target: str, report: Callable[[int, int], None]) -> Info:
    files = pa.table(table.get_add_actions(flatten=True))
    sizes: list[Any] = files.column("size_bytes").to_pylist()
    found = Info(target, table.version(), served(table), len(sizes), sum(sizes))
    found.missing = missing_constraints(table)
    found.days = sorted({str(day) for day in files.column(f"partition.{PARTITION}").to_pylist()})
    _history(table, found)
    distinct: dict[str, Any] = {name: pa.array([], pa.string()) for name in ("installation_id", "session_id")}
    for done, fragment in enumerate(table.to_pyarrow_dataset().get_fragments(), 1):
        part = fragment.to_table(columns=list(COLUMNS), use_threads=False)
        _add(found, part)
        for name, values in distinct.items():
            distinct[name] = pa.chunked_array([values, part.column(name).unique()]).unique()
        report(done, len(sizes))
    found.installations, found.sessions = (len(values) for values in distinct.values())
    return found


def _add(found: Info, part: pa.Table) -> None:
    found.rows += part.num_rows
    found.undated += part.column("event_day").null_count
    for row in part.group_by("event_name").aggregate([("count", "sum"), ("count", "count")]).to_pylist():
        found.events[row["event_name"]] += row["count_sum"]
        found.event_rows[row["event_name"]] += row["count_count"]
    for row in part.group_by("catalogue").aggregate([("count", "count")]).to_pylist():
        found.revisions[row["catalogue"]] += row["count_count"]


def _history(table: DeltaTable, found: Info) -> None:
    for commit in table.history():
        note = _note(commit)
        for counter, name in ((found.refused, "refused"), (found.changed, "changed")):
            for entry in note.get(name, ()):
                counter[entry["revision"] or UNKNOWN, entry["reason"]] += entry["count"]


def _note(commit: dict[str, Any]) -> dict[str, Any]:
    """Return a loader's counts in a commit's metadata; other commits have none."""
    try:
        note = json.loads(commit.get(NOTE, "{}"))
    except (ValueError, TypeError):
        return {}
    return note if isinstance(note, dict) else {}
