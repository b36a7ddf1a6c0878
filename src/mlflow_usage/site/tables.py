"""The numbers behind each drawing, as tables.

Decides which of a chart's numbers a page shows as text: those of the newest period, or of every period where time is the subject.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from mlflow_usage.site.charts import Chart
from mlflow_usage.site.figures import Cell, Figures, Stretch
from mlflow_usage.site.numbers import percent, signed
from mlflow_usage.site.order import newest


@dataclass(frozen=True, slots=True)
class Table:
    """A caption, an optional remark, column heads, and rows whose first cell names the row."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remark: str | None = None
    code: bool = True  # whether the first column is a name in code

    @property
    def told(self) -> bool:
        """Whether the caption says more than the heads do."""
        return self.remark is None and self.caption != self.head[0]


def tables(chart: Chart, figures: Figures, catalogue: Mapping[str, Any]) -> list[Table]:
    """The chart's tables."""
    stretch = figures.latest
    if stretch is None:
        return []
    if chart.shape == "columns":
        return [_over_time(figures)]
    if chart.id == "apis":
        return _by_family(figures, stretch, catalogue)
    blocks = []
    for panel in chart.panels:
        cells = [(dimension, cell) for dimension in panel.dimensions for cell in stretch.of(dimension)]
        if chart.shape == "shares":
            cells.sort(key=lambda pair: newest(pair[1].value), reverse=True)
        named = [(f"{dimension}: {cell.value}" if panel.only else cell.value, cell) for dimension, cell in cells]
        if named:
            blocks.append(_table(panel.title, named, figures, stretch))
    return blocks


def _over_time(figures: Figures) -> Table:
    rows = []
    for stretch in reversed(figures.stretches):
        whole = stretch.whole
        numbers = (f"{whole.installations:,}", f"{whole.calls:,}") if whole else ("withheld", "withheld")
        rows.append((stretch.period.text, *numbers))
    head = ("Week" if figures.unit == "week" else "Day", "Installations", "Calls")
    return Table("All APIs, newest first", head, tuple(rows), code=False)


def _table(caption: str, named: list[tuple[str, Cell]], figures: Figures, stretch: Stretch) -> Table:
    before = figures.before(stretch)
    earlier = {(cell.dimension, cell.value): cell for cell in before.cells} if before else {}
    whole = stretch.whole.installations if stretch.whole else 0
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
    return Table(caption, (caption, "Installations", "Share", *(("Change",) if before else ()), "Calls"), rows)


def _change(cell: Cell, earlier: Cell | None) -> str:
    return signed(cell.installations / earlier.installations - 1) if earlier else "–"  # noqa: RUF001  not published before


def _by_family(figures: Figures, stretch: Stretch, catalogue: Mapping[str, Any]) -> list[Table]:
    families: dict[str, list[tuple[str, Cell]]] = {}
    asked: dict[str, dict[str, None]] = {}
    for cell in stretch.of("api"):
        event = catalogue["events"].get(cell.value, {"family": "other", "question": None})
        families.setdefault(event["family"], []).append((cell.value, cell))
        if event["question"]:
            asked.setdefault(event["family"], {})[event["question"]] = None
    blocks = []
    for family, named in sorted(families.items(), key=lambda item: (-item[1][0][1].installations, item[0])):
        block = _table("API", named, figures, stretch)
        blocks.append(replace(block, caption=family_name(family), remark=" ".join(asked.get(family, ()))))
    return blocks


def family_name(family: str) -> str:
    """A family as a heading."""
    return family.replace("_", " ").capitalize()
