"""Builds the site: table → figures → drawings and pages → files.

Decides the order of the work and nothing else. Must never read the clock: what a build says depends on the table, and on the figures that
were published before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from mlflow_usage.site import collected, output, pages, terms
from mlflow_usage.site.charts import CHARTS, Chart, questions
from mlflow_usage.site.drawing import draw
from mlflow_usage.site.figures import DEMO, PUBLIC, Figures, count, join, to_csv, to_json
from mlflow_usage.site.grid import Grid, days, weeks
from mlflow_usage.site.source import QUERIES, Coverage, Source
from mlflow_usage.site.svg import standalone


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did."""

    out: Path
    demo: bool
    records: int
    complete_to: date | None
    figures: Mapping[str, Figures]
    files: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """The report for a script."""
        return {
            "out": str(self.out),
            "mode": "demo" if self.demo else "public",
            "records": self.records,
            "complete_to": self.complete_to.isoformat() if self.complete_to else None,
            "charts": {
                name: {
                    "periods": len(figures.stretches),
                    "cells": sum(len(stretch.cells) for stretch in figures.stretches),
                    "suppressed": sum(stretch.suppressed for stretch in figures.stretches),
                }
                for name, figures in self.figures.items()
            },
            "files": list(self.files),
        }


def build(
    table: str,
    out: Path,
    *,
    demo: bool = False,
    governance: Mapping[str, str] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Report:
    """Build the site of the Delta table at `table` (a path or URI) in `out`. `governance`: who answers; the project's own by default.

    Raises:
        SiteError: the table or the directory cannot be used, or nobody answers for public pages; one line says why and what to do.
    """
    catalogue = collected.read()
    catalogue["governance"] = dict(catalogue["governance"] if governance is None else governance)
    if not demo:
        terms.complete(catalogue["governance"])
    source = Source(table)
    before = output.inspect(out, public=not demo, table=source.table_id)
    tell("reading the table")
    coverage = source.coverage()
    grid = _grid(coverage, demo=demo)
    figures: dict[str, Figures] = {}
    drawings: dict[str, dict[str, str]] = {}
    for chart in CHARTS:
        tell(f"counting and drawing {chart.id}")
        figures[chart.id] = _figures(source, chart, grid, output.kept(out, before, chart.id))
        drawings[chart.id] = draw(chart, figures[chart.id])
    tell("writing the pages")
    content = {**pages.render(catalogue, coverage, figures, drawings, demo=demo), **_data(catalogue, figures), **_drawn(drawings)}
    site = output.Site(public=not demo, table=source.table_id, files=tuple(sorted(content)))
    output.write(out, site, content, before)
    return Report(out, demo, coverage.records, figures["calls"].complete_to, figures, site.files)


def _grid(coverage: Coverage, *, demo: bool) -> Grid | None:
    if coverage.first is None or coverage.last is None or coverage.received_day is None:
        return None
    return days(coverage.first, coverage.last) if demo else weeks(coverage.received_day)


def _figures(source: Source, chart: Chart, grid: Grid | None, kept: Figures | None) -> Figures:
    if grid is None:
        return kept or Figures(chart.id, "week", PUBLIC, None, ())
    rules = DEMO if grid.unit == "day" else PUBLIC
    missing = grid.after(kept.complete_to if kept else None)
    if missing.since >= missing.until:
        return join(chart.id, grid, rules, kept, ())
    parameters = {
        "grid": missing.unit,
        "since": missing.since.isoformat(),
        "until": missing.until.isoformat(),
        "threshold": rules.threshold,
        "cap": rules.cap,
    }
    return join(chart.id, grid, rules, kept, count(source.query(chart.id, parameters), grid.unit))


def _data(catalogue: dict[str, Any], figures: Mapping[str, Figures]) -> dict[str, str]:
    files = {}
    for chart in CHARTS:
        texts = {"title": chart.title, "question": questions(chart, catalogue)[0], "definition": chart.definition}
        files[f"data/{chart.id}.json"] = to_json(figures[chart.id], texts)
        files[f"data/{chart.id}.csv"] = to_csv(figures[chart.id])
        files[f"queries/{chart.id}.sql"] = (QUERIES / f"{chart.id}.sql").read_text(encoding="utf-8")
    return files


def _drawn(drawings: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    return {
        f"charts/{chart}{'' if size == 'wide' else '-' + size}.svg": standalone(drawing)
        for chart, sizes in drawings.items()
        for size, drawing in sizes.items()
    }
