"""Every chart has all its parts: whoever adds one learns from here which file still lacks it."""

from __future__ import annotations

import json

import pytest

from mlflow_usage.catalogue import charts as catalogue
from mlflow_usage.site import charts, query
from mlflow_usage.site.build import CATALOGUE
from support.chart_values import VALUES

HOMES = {
    "src/mlflow_usage/catalogue/charts.py": ("its id", set(catalogue.CHARTS)),
    "src/mlflow_usage/site/charts.py": ("its row: title, definition, shape", {chart.id for chart in charts.CHARTS}),
    "src/mlflow_usage/site/queries/{chart}.sql": (
        "what it counts",
        {path.stem for path in query.QUERIES.glob("*.sql")} - {query.FRAME.stem},
    ),
    "tests/support/chart_values.py": ("the same in plain Python, to compare the numbers with", set(VALUES)),
}


@pytest.mark.parametrize("chart", sorted(set().union(*(found for _, found in HOMES.values()))))
def test_a_chart_has_all_its_parts(chart: str) -> None:
    lacking = [f"{file.format(chart=chart)}: add {what}" for file, (what, found) in HOMES.items() if chart not in found]
    assert not lacking, "\n".join([f"the chart {chart} is not complete:", *lacking])


@pytest.mark.parametrize("chart", charts.CHARTS, ids=lambda chart: chart.id)
def test_a_chart_answers_a_question(chart: charts.Chart) -> None:
    content = json.loads(CATALOGUE.read_text())
    entries = {**content["resource"], **content["attributes"], **content["events"]}
    assert chart.question or chart.lead in entries, f"src/mlflow_usage/site/charts.py: {chart.id}: `lead` is no entry of the catalogue"
    assert charts.questions(chart, content)


@pytest.mark.parametrize("chart", charts.CHARTS, ids=lambda chart: chart.id)
def test_a_chart_draws_what_its_query_counts(chart: charts.Chart) -> None:
    text = query.compose(chart.id)
    for panel in chart.panels:
        for dimension in panel.dimensions:
            assert f"'{dimension}'" in text, (
                f"src/mlflow_usage/site/charts.py draws {dimension}, which {query.part(chart.id)} does not count"
            )
