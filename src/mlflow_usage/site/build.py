"""The build of the site: table → figures → drawings and pages → files.

Decides the order of the work and nothing else. Must never read the clock: the pages depend on the table and on the figures published
before, and on nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from mlflow_usage import catalogue as package
from mlflow_usage.site import drawing, output, pages, query, terms
from mlflow_usage.site.charts import CHARTS, Chart, questions
from mlflow_usage.site.figures import DEMO, PUBLIC, Figures, by_period, join, to_csv, to_json
from mlflow_usage.site.periods import Span, every_day, final_weeks
from mlflow_usage.site.usage_table import Coverage, UsageTable

CATALOGUE: Final = Path(package.__file__).parent / "catalogue.json"


@dataclass(frozen=True, slots=True)
class Report:
    """The outcome of a build."""

    out: Path
    demo: bool
    records: int
    complete_to: date | None
    figures: Mapping[str, Figures]
    files: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the report for a script."""
        return {
            "out": str(self.out),
            "mode": "demo" if self.demo else "public",
            "records": self.records,
            "complete_to": self.complete_to.isoformat() if self.complete_to else None,
            "charts": {
                name: {
                    "periods": len(figures.periods),
                    "cells": sum(len(one.cells) for one in figures.periods),
                    "suppressed": sum(one.suppressed for one in figures.periods),
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
    """Build the site of the Delta table at `table` (a path or URI) in `out`. `governance` says who answers; the default is the catalogue's.

    Raises:
        SiteError: the table or the directory cannot be used, or nobody answers for public pages.
    """
    catalogue: dict[str, Any] = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    catalogue["governance"] = dict(catalogue["governance"] if governance is None else governance)
    if not demo:
        terms.complete(catalogue["governance"])
    usage = UsageTable(table)
    before = output.inspect(out, public=not demo, table=usage.table_id)
    tell("reading the table")
    coverage = usage.coverage()
    span = _span(coverage, demo=demo)
    figures: dict[str, Figures] = {}
    drawings: dict[str, dict[str, str]] = {}
    for chart in CHARTS:
        tell(f"counting and drawing {chart.id}")
        figures[chart.id] = _figures(usage, chart, span, output.published(out, before, chart.id))
        drawings[chart.id] = drawing.draw(chart, figures[chart.id])
    tell("writing the pages")
    content = {**pages.render(catalogue, coverage, figures, drawings, demo=demo), **_data(catalogue, figures), **drawing.files(drawings)}
    site = output.Site(public=not demo, table=usage.table_id, files=tuple(sorted(content)))
    output.write(out, site, content, before)
    return Report(out, demo, coverage.records, figures["calls"].complete_to, figures, site.files)


def _span(coverage: Coverage, *, demo: bool) -> Span | None:
    if coverage.first is None or coverage.last is None or coverage.received_day is None:
        return None
    return every_day(coverage.first, coverage.last) if demo else final_weeks(coverage.received_day)


def _figures(usage: UsageTable, chart: Chart, span: Span | None, published: Figures | None) -> Figures:
    if span is None:
        return published or Figures(chart.id, "week", PUBLIC, None, ())
    rules = DEMO if span.unit == "day" else PUBLIC
    missing = span.after(published.complete_to if published else None)
    if missing.since >= missing.until:
        return join(chart.id, span, rules, published, ())
    parameters = {
        "grid": missing.unit,
        "since": missing.since.isoformat(),
        "until": missing.until.isoformat(),
        "threshold": rules.threshold,
        "cap": rules.cap,
    }
    return join(chart.id, span, rules, published, by_period(usage.count(chart.id, parameters), span.unit))


def _data(catalogue: dict[str, Any], figures: Mapping[str, Figures]) -> dict[str, str]:
    files = {}
    for chart in CHARTS:
        texts = {"title": chart.title, "question": questions(chart, catalogue)[0], "definition": chart.definition}
        files[f"data/{chart.id}.json"] = to_json(figures[chart.id], texts)
        files[f"data/{chart.id}.csv"] = to_csv(figures[chart.id])
        files[f"queries/{chart.id}.sql"] = query.compose(chart.id)
    return files
