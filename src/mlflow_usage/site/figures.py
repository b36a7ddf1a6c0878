"""The published numbers of a chart.

Decides what of a query's answer is published, and that what was once published for a past period stays as it is. Must never hold a cell
below the threshold, nor the calls before clipping: only the share that clipping cut off.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from mlflow_usage.site.errors import SiteError
from mlflow_usage.site.grid import Grid, Period, Unit

FORMAT: Final = 1
ALL: Final = "all"
SUPPRESSED: Final = "suppressed"
CSV_HEADER: Final = ("period", "start", "end", "dimension", "value", "installations", "calls")


@dataclass(frozen=True, slots=True)
class Rules:
    """How numbers are made fit for the public."""

    threshold: int  # fewest installations of a cell
    cap: int  # most calls of one installation, day and cell


PUBLIC: Final = Rules(threshold=20, cap=10_000)
DEMO: Final = Rules(threshold=1, cap=10**15)


@dataclass(frozen=True, slots=True)
class Cell:
    """One published number: so many installations made so many calls."""

    dimension: str
    value: str
    installations: int
    calls: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """One period of a chart: its cells, how many were withheld, and the share of calls cut off by the cap."""

    period: Period
    cells: tuple[Cell, ...]
    suppressed: int
    clipped: float

    def of(self, dimension: str) -> tuple[Cell, ...]:
        """The cells of a dimension, most installations first."""
        return tuple(cell for cell in self.cells if cell.dimension == dimension)

    @property
    def whole(self) -> Cell | None:
        """Everything the chart is about, if enough installations took part."""
        return next(iter(self.of(ALL)), None)


@dataclass(frozen=True, slots=True)
class Figures:
    """All published numbers of one chart, oldest period first."""

    chart: str
    unit: Unit
    rules: Rules
    complete_to: date | None
    stretches: tuple[Stretch, ...]

    @property
    def latest(self) -> Stretch | None:
        """The newest period."""
        return self.stretches[-1] if self.stretches else None

    def before(self, stretch: Stretch) -> Stretch | None:
        """The period right before, if it is published."""
        return next((other for other in self.stretches if (stretch.period.start - other.period.end).days == 1), None)


def count(rows: Iterable[Sequence[Any]], unit: Unit) -> tuple[Stretch, ...]:
    """The periods in a query's answer: period, dimension, value, installations, calls, calls before clipping."""
    cells: dict[Period, list[Cell]] = {}
    hidden: dict[Period, int] = {}
    clipped: dict[Period, float] = {}
    for start, dimension, value, installations, calls, unclipped in rows:
        period = Period(start, unit)
        found = cells.setdefault(period, [])
        if dimension == SUPPRESSED:
            hidden[period] = installations
            continue
        found.append(Cell(dimension, value, int(installations), int(calls)))
        if dimension == ALL:
            clipped[period] = round(1 - int(calls) / int(unclipped), 4)
    return tuple(
        Stretch(period, tuple(sorted(cells[period], key=_rank)), hidden.get(period, 0), clipped.get(period, 0.0))
        for period in sorted(cells)
    )


def _rank(cell: Cell) -> tuple[bool, str, int, int, str]:
    return (cell.dimension != ALL, cell.dimension, -cell.installations, -cell.calls, cell.value)


def join(chart: str, grid: Grid, rules: Rules, kept: Figures | None, new: Iterable[Stretch]) -> Figures:
    """Earlier figures, unchanged, and the new periods after them."""
    earlier = kept.stretches if kept else ()
    last = max(grid.last, kept.complete_to) if kept and kept.complete_to else grid.last
    return Figures(chart, grid.unit, rules, last, (*earlier, *new))


def to_json(figures: Figures, texts: Mapping[str, str]) -> str:
    """The chart's data file; with `from_json` it is also the memory of what was published."""
    content = {
        "format": FORMAT,
        "chart": figures.chart,
        **texts,
        "grid": figures.unit,
        "rules": asdict(figures.rules),
        "complete_to": figures.complete_to.isoformat() if figures.complete_to else None,
        "periods": [
            {
                **_period(stretch.period),
                "suppressed": stretch.suppressed,
                "clipped": stretch.clipped,
                "cells": [asdict(cell) for cell in stretch.cells],
            }
            for stretch in figures.stretches
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str | bytes, place: str) -> Figures:
    """What an earlier build published.

    Raises:
        SiteError: the file is damaged or of another format.
    """
    try:
        content = json.loads(text)
        unit: Unit = content["grid"]
        if content["format"] != FORMAT:
            raise ValueError("another format")  # noqa: TRY301  one answer to every fault
        return Figures(
            content["chart"],
            unit,
            Rules(**content["rules"]),
            date.fromisoformat(content["complete_to"]) if content["complete_to"] else None,
            tuple(_stretch(entry, unit) for entry in content["periods"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError(
            f"{place}: published figures that cannot be read ({error}); restore the file, or build into an empty directory"
        ) from error


def _stretch(entry: Mapping[str, Any], unit: Unit) -> Stretch:
    cells = tuple(Cell(**cell) for cell in entry["cells"])
    return Stretch(Period(date.fromisoformat(entry["start"]), unit), cells, entry["suppressed"], entry["clipped"])


def to_csv(figures: Figures) -> str:
    """The same cells, one a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for stretch in figures.stretches:
        writer.writerows((*_period(stretch.period).values(), *asdict(cell).values()) for cell in stretch.cells)
    return out.getvalue()


def _period(period: Period) -> dict[str, str]:
    return {"period": period.id, "start": period.start.isoformat(), "end": period.end.isoformat()}
