"""The published numbers of a chart.

Decides which part of a query's answer is published, and keeps what was once published for a past period. Must never hold a cell below the
threshold, nor the calls before clipping: only the share that clipping cut off.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from mlflow_usage.site.periods import Period, Span, Unit

FORMAT: Final = 1
ALL: Final = "all"
SUPPRESSED: Final = "suppressed"
CSV_HEADER: Final = ("period", "start", "end", "dimension", "value", "installations", "calls")


class SiteError(Exception):
    """The site cannot be built; the message is one line that says what is wrong and what to do."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits that make numbers fit for the public."""

    threshold: int  # fewest installations of a published cell
    cap: int  # most calls that one installation adds to a cell in a day


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
class PeriodFigures:
    """The numbers of one chart in one period: its cells, how many were withheld, and the share of calls cut off by the cap."""

    period: Period
    cells: tuple[Cell, ...]
    suppressed: int
    clipped: float

    def of(self, dimension: str) -> tuple[Cell, ...]:
        """Return the cells of a dimension, most installations first."""
        return tuple(cell for cell in self.cells if cell.dimension == dimension)

    @property
    def whole(self) -> Cell | None:
        """The cell of everything the chart counts, if enough installations took part."""
        return next(iter(self.of(ALL)), None)


@dataclass(frozen=True, slots=True)
class Figures:
    """All published numbers of one chart, oldest period first."""

    chart: str
    unit: Unit
    rules: Rules
    complete_to: date | None
    periods: tuple[PeriodFigures, ...]

    @property
    def latest(self) -> PeriodFigures | None:
        """The newest period."""
        return self.periods[-1] if self.periods else None

    def before(self, later: PeriodFigures) -> PeriodFigures | None:
        """Return the period right before `later`, if it is published."""
        return next((one for one in self.periods if (later.period.start - one.period.end).days == 1), None)


def by_period(rows: Iterable[Sequence[Any]], unit: Unit) -> tuple[PeriodFigures, ...]:
    """Return the periods in a query's rows: period, dimension, value, installations, calls, calls before clipping."""
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
        PeriodFigures(period, tuple(sorted(cells[period], key=_rank)), hidden.get(period, 0), clipped.get(period, 0.0))
        for period in sorted(cells)
    )


def _rank(cell: Cell) -> tuple[bool, str, int, int, str]:
    return (cell.dimension != ALL, cell.dimension, -cell.installations, -cell.calls, cell.value)


def join(chart: str, span: Span, rules: Rules, published: Figures | None, new: Iterable[PeriodFigures]) -> Figures:
    """Return what was published before, unchanged, and the new periods after it."""
    earlier = published.periods if published else ()
    last = max(span.last, published.complete_to) if published and published.complete_to else span.last
    return Figures(chart, span.unit, rules, last, (*earlier, *new))


def to_json(figures: Figures, texts: Mapping[str, str]) -> str:
    """Return the chart's data file. `from_json` reads it in later builds: it is the memory of what was published."""
    content = {
        "format": FORMAT,
        "chart": figures.chart,
        **texts,
        "grid": figures.unit,
        "rules": asdict(figures.rules),
        "complete_to": figures.complete_to.isoformat() if figures.complete_to else None,
        "periods": [
            {
                **_period(one.period),
                "suppressed": one.suppressed,
                "clipped": one.clipped,
                "cells": [asdict(cell) for cell in one.cells],
            }
            for one in figures.periods
        ],
    }
    return json.dumps(content, indent=1, ensure_ascii=False) + "\n"


def from_json(text: str | bytes, place: str) -> Figures:
    """Read what an earlier build published.

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
            tuple(_period_figures(entry, unit) for entry in content["periods"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise SiteError(
            f"{place}: published figures that cannot be read ({error}); restore the file, or build into an empty directory"
        ) from error


def _period_figures(entry: Mapping[str, Any], unit: Unit) -> PeriodFigures:
    cells = tuple(Cell(**cell) for cell in entry["cells"])
    return PeriodFigures(Period(date.fromisoformat(entry["start"]), unit), cells, entry["suppressed"], entry["clipped"])


def to_csv(figures: Figures) -> str:
    """Return the same cells, one a line."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(CSV_HEADER)
    for one in figures.periods:
        writer.writerows((*_period(one.period).values(), *asdict(cell).values()) for cell in one.cells)
    return out.getvalue()


def _period(period: Period) -> dict[str, str]:
    return {"period": period.id, "start": period.start.isoformat(), "end": period.end.isoformat()}
