"""The queries: their numbers against sums made another way, and their text against the catalogue."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import pytest

from mlflow_usage.catalogue.charts import CHARTS
from mlflow_usage.site import query
from mlflow_usage.site.build import CATALOGUE, Report
from support.chart_values import VALUES
from support.site_builds import cells, data
from support.usage_rows import Row

DISAGREE = "src/mlflow_usage/site/queries/{chart}.sql counts otherwise than tests/support/chart_values.py"


def tally(chart: str, rows: list[Row], *, weekly: bool, threshold: int, cap: int) -> tuple[dict[tuple[str, ...], tuple[int, int]], int]:
    """Cells of a chart and how many are withheld, in plain Python."""
    event, values = VALUES[chart]
    calls: dict[tuple[str, ...], dict[tuple[str, date], int]] = defaultdict(lambda: defaultdict(int))
    for entry in rows:
        day = entry["event_day"]
        if event not in (None, entry["event_name"]):
            continue
        start = day - timedelta(days=day.weekday()) if weekly else day
        for dimension, value in [("all", "all"), *values(entry)]:
            calls[start.isoformat(), dimension, value][entry["installation_id"], day] += entry["count"]
    cells = {
        key: (len({installation for installation, _ in found}), sum(min(count, cap) for count in found.values()))
        for key, found in calls.items()
    }
    kept = {key: cell for key, cell in cells.items() if cell[0] >= threshold}
    return kept, len(cells) - len(kept)


@pytest.mark.parametrize("chart", CHARTS)
def test_a_demo_shows_every_cell_of_every_day(demo: Report, rows: list[Row], chart: str) -> None:
    expected, _ = tally(chart, rows, weekly=False, threshold=1, cap=10**18)
    assert cells(demo.out, chart) == expected, DISAGREE.format(chart=chart)


@pytest.mark.parametrize("chart", CHARTS)
def test_public_figures_are_whole_final_weeks_clipped_and_of_enough_installations(public: Report, rows: list[Row], chart: str) -> None:
    received = max(entry["received_day"] for entry in rows)
    final = [r for r in rows if r["event_day"] - timedelta(days=r["event_day"].weekday()) + timedelta(days=6 + 9) <= received]
    expected, withheld = tally(chart, final, weekly=True, threshold=20, cap=10_000)
    assert cells(public.out, chart) == expected, DISAGREE.format(chart=chart)
    assert expected
    assert sum(period["suppressed"] for period in data(public.out, chart)["periods"]) == withheld


def test_the_list_of_scorers_is_the_catalogue_s() -> None:
    catalogue = json.loads(CATALOGUE.read_text())
    listed = query.part("scorers").read_text().split("VALUES")[1].split("AS list")[0]
    assert sorted(listed.split("'")[1::2]) == sorted(catalogue["attributes"]["mlflow.usage.scorers"]["members"]), query.part("scorers")


@pytest.mark.parametrize("chart", CHARTS)
def test_a_published_query_is_whole_and_reads_nothing_but_the_table(public: Report, chart: str) -> None:
    text = (public.out / "queries" / f"{chart}.sql").read_text()
    assert text == query.compose(chart)
    assert not re.search(r"[{}]", text)
    own = set(re.findall(r"^(?:WITH )?(\w+) AS \($", text, re.MULTILINE))
    assert {"scope", "parts", "daily", "cells"} <= own
    assert set(re.findall(r"\b(?:FROM|JOIN) (\w+)", text)) <= {*own, "usage"}
    assert text.count("FROM usage") == 1


@pytest.mark.parametrize(
    "part", ["-- About.\n\n-- columns\nstore\n", "-- About.\n\n-- records\ntrue\n\n-- dimension\n'store', store FROM scope\n"]
)
def test_a_part_with_a_wrong_section_is_named(part: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(query, "QUERIES", tmp_path)
    (tmp_path / "acme.sql").write_text(part)
    with pytest.raises(ValueError, match=r"acme\.sql: its sections must be -- records and any of -- columns, -- lists, -- dimensions"):
        query.compose("acme")
