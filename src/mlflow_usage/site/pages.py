"""The pages, rendered from their templates.

Decides what each page says about the figures: how fresh they are, what was withheld and what was cut off. Must never put a text into a page
unescaped: only drawings and constants go in as they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from mlflow_usage.catalogue import words
from mlflow_usage.site import collected_page, palette
from mlflow_usage.site.chart_tables import chart_tables
from mlflow_usage.site.charts import CHARTS, Chart, questions
from mlflow_usage.site.figures import DEMO, PUBLIC, Cell, Figures, PeriodFigures
from mlflow_usage.site.periods import FREEZE, frozen_on
from mlflow_usage.site.text import by_version, percent, short, signed
from mlflow_usage.site.usage_table import Coverage

TEMPLATES: Final = Path(__file__).parent / "templates"
EXACT: Final = 100_000  # below, a headline shows every digit
PAGES: Final = ("index.html", "collected.html", "method.html")


def render(
    catalogue: dict[str, Any],
    coverage: Coverage,
    figures: Mapping[str, Figures],
    drawings: Mapping[str, Mapping[str, str]],
    *,
    demo: bool,
) -> dict[str, str]:
    """Return the HTML of each page."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["code"] = code
    calls = figures["calls"]
    context = {
        "demo": demo,
        "words": words,
        "variables": Markup(palette.variables()),  # noqa: S704  constants
        "rules": DEMO if demo else PUBLIC,
        "freeze": FREEZE.days,
        "unit": "day" if demo else "week",
        "coverage": coverage,
        "period": calls.latest.period if calls.latest else None,
        "complete_to": calls.complete_to,
        "first_figures": frozen_on(coverage.first) if coverage.first else None,
        "version": version("mlflow-usage"),
        "headlines": headlines(figures),
        "charts": [_chart(chart, figures[chart.id], drawings[chart.id], catalogue) for chart in CHARTS],
        "catalogue": collected_page.context(catalogue),
    }
    return {page: environment.get_template(page).render(context, page=page) for page in PAGES}


def code(text: str) -> Markup:
    """Return the text as HTML, with each part between back-quotes as code."""
    return Markup(re.sub(r"`([^`]*)`", r"<code>\1</code>", str(escape(text))))  # noqa: S704  escaped before


def _chart(chart: Chart, figures: Figures, drawn: Mapping[str, str], catalogue: dict[str, Any]) -> dict[str, Any]:
    asked = questions(chart, catalogue)
    latest = figures.latest
    return {
        "id": chart.id,
        "title": chart.title,
        "place": chart.place,
        "question": asked[0],
        "more_questions": asked[1:],
        "definition": chart.definition,
        "drawings": [(size, Markup(drawing)) for size, drawing in drawn.items()],  # noqa: S704  drawn by us, escaped by Vega
        "notes": _notes(chart, figures, latest),
        "tables": chart_tables(chart, figures, catalogue),
        "folded": chart.id == "apis",
    }


def _notes(chart: Chart, figures: Figures, latest: PeriodFigures | None) -> list[str]:
    if latest is None:
        return []
    over_time = chart.shape != "bars"
    notes = [f"to {latest.period.end.day} {latest.period.end:%B %Y}" if over_time else latest.period.text]
    if over_time and figures.unit == "week":
        notes.append("weeks named by their Monday")
    if chart.shape == "bars":
        notes.append(f"shares of {chart.universe}")
    hidden = sum(
        len(latest.of(dimension)) - panel.rows
        for panel in chart.panels
        for dimension in panel.dimensions
        if len(latest.of(dimension)) > panel.rows
    )
    if hidden:
        notes.append(f"{hidden} more in the table")
    if figures.rules.threshold > 1:
        cells = {0: "no cell", 1: "1 cell"}.get(latest.suppressed, f"{latest.suppressed} cells")
        notes.append(f"{cells} of fewer than {figures.rules.threshold} installations withheld")
        notes.append(f"{percent(latest.clipped) if latest.clipped else 'none'} of the calls cut off by the cap")
    return notes


def headlines(figures: Mapping[str, Figures]) -> list[dict[str, str]]:
    """Return the cards at the top: name, number, remark."""
    calls = figures["calls"]
    latest = calls.latest
    if latest is None or latest.whole is None:
        return []
    before = calls.before(latest)
    ago = "on the day before" if calls.unit == "day" else "on the week before"
    whole, earlier = latest.whole, before.whole if before else None
    since = (_since(whole.installations, earlier.installations, ago), _since(whole.calls, earlier.calls, ago)) if earlier else ("", "")
    cards = [
        {"name": "Installations", "number": _number(whole.installations), "remark": since[0]},
        {"name": "Calls", "number": _number(whole.calls), "remark": since[1]},
    ]
    versions = _cells(figures["versions"], "version")
    if versions:
        last = max(versions, key=lambda cell: by_version(cell.value))
        cards.append(
            {
                "name": f"On MLflow {last.value}",
                "number": percent(last.installations / whole.installations),
                "remark": "newest release seen",
            }
        )
    apis = _cells(figures["apis"], "api")
    if apis:
        cards.append({"name": "APIs in use", "number": str(len(apis)), "remark": f"most of all {apis[0].value}"})
    return cards


def _number(number: int) -> str:
    return f"{number:,}" if number < EXACT else short(number)


def _cells(figures: Figures, dimension: str) -> Sequence[Cell]:
    return figures.latest.of(dimension) if figures.latest else ()


def _since(now: int, before: int, ago: str) -> str:
    return f"{signed(now / before - 1)} {ago}"
