"""The tables that show each chart's numbers as text.

Decides which numbers a page shows: those of the newest period, or of every period in a chart over time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlflow_usage.site.charts import Chart
from mlflow_usage.site.figures import Cell, Figures, PeriodFigures
from mlflow_usage.site.text import by_version, family_name, percent, signed


@dataclass(frozen=True, slots=True)
class ChartTable:
    """A caption, an optional remark, column heads, and rows whose first cell names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str | None = None
    code: bool = True  # the first column holds names of code

    @property
    def captioned(self) -> bool:
        """Whether to show the caption: it says more than the first head."""
        return self.remark is None and self.caption != self.head[0]


def chart_tables(chart: Chart, figures: Figures, catalogue: Mapping[str, Any]) -> list[ChartTable]:
    """Return the chart's tables."""
    latest = figures.latest
    if latest is None:
        return []
    if chart.shape == "columns":
        return [_over_time(figures)]
    if chart.id == "apis":
        return _by_family(figures, latest, catalogue)
    blocks = []
    for panel in chart.panels:
        cells = [(dimension, cell) for dimension in panel.dimensions for cell in latest.of(dimension)]
        if chart.shape == "shares":
            cells.sort(key=lambda pair: by_version(pair[1].value), reverse=True)
        named = [(f"{dimension}: {cell.value}" if panel.only else cell.value, cell) for dimension, cell in cells]
        if named:
            blocks.append(_table(panel.title, named, figures, latest))
    return blocks


def _over_time(figures: Figures) -> ChartTable:
    rows = []
    for one in reversed(figures.periods):
        whole = one.whole
        numbers = (f"{whole.installations:,}", f"{whole.calls:,}") if whole else ("withheld", "withheld")
        rows.append((one.period.text, *numbers))
    head = ("Week" if figures.unit == "week" else "Day", "Installations", "Calls")
    return ChartTable("All APIs, newest first", head, tuple(rows), code=False)


def _table(caption: str, named: list[tuple[str, Cell]], figures: Figures, latest: PeriodFigures) -> ChartTable:
    before = figures.before(latest)
    earlier = {(cell.dimension, cell.value): cell for cell in before.cells} if before else {}
    whole = latest.whole.installations if latest.whole else 0
    rows = tuple(
        (
            name,
            f"{cell.installations:,}",
            percent(cell.installations / whole) if whole else "",
            *((_change(cell, earlier.get((cell.dimension, cell.value))),) if before else ()),
            f"{cell.calls:,}",
        )
        for name, cell in named
    )
    return ChartTable(caption, (caption, "Installations", "Share", *(("Change",) if before else ()), "Calls"), rows)


def _change(cell: Cell, earlier: Cell | None) -> str:
    return signed(cell.installations / earlier.installations - 1) if earlier else "–"  # noqa: RUF001  not published before


def _by_family(figures: Figures, latest: PeriodFigures, catalogue: Mapping[str, Any]) -> list[ChartTable]:
    families: dict[str, list[tuple[str, Cell]]] = {}
    asked: dict[str, dict[str, None]] = {}
    for cell in latest.of("api"):
        event = catalogue["events"].get(cell.value, {"family": "other", "question": None})
        families.setdefault(event["family"], []).append((cell.value, cell))
        if event["question"]:
            asked.setdefault(event["family"], {})[event["question"]] = None
    blocks = []
    for family, named in sorted(families.items(), key=lambda item: (-item[1][0][1].installations, item[0])):
        block = _table("API", named, figures, latest)
        blocks.append(replace(block, caption=family_name(family), remark=" ".join(asked.get(family, ()))))
    return blocks
