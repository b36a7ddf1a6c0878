"""What a reader of the pages meets."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from mlflow_usage.site.build import CATALOGUE, Report
from mlflow_usage.site.charts import CHARTS
from mlflow_usage.warehouse.table import ARROW
from support.html_reader import Reader
from support.site_builds import build
from support.usage_rows import row, write

PAGES = ("index.html", "collected.html", "method.html")


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_sound_and_loads_nothing_from_elsewhere(public: Report, page: str) -> None:
    text = (public.out / page).read_text()
    found = Reader(text)
    assert found.faults == []
    assert [load for load in found.loads if not load.startswith("data:")] == []
    assert not {"script", "iframe", "object", "embed", "form", "img", "video"} & set(found.tags)
    assert not re.search(r"@import|url\((?!data:)", text)
    assert len(found.ids) == len(set(found.ids))
    for link in found.links:
        target, _, anchor = link.partition("#")
        assert (public.out / (target or page)).exists(), link
        if anchor:
            assert anchor in Reader((public.out / (target or page)).read_text()).ids, link
    assert text.startswith("<!doctype html>")
    assert found.tags.count("h1") == 1


def test_each_chart_stands_with_its_question_drawing_numbers_and_files(public: Report) -> None:
    text = (public.out / "index.html").read_text()
    catalogue = json.loads(CATALOGUE.read_text())
    for chart in CHARTS:
        section = text.split(f'id="{chart.id}"')[1].split("</section>")[0]
        question = chart.question or {**catalogue["resource"], **catalogue["attributes"], **catalogue["events"]}[chart.lead]["question"]
        assert question.replace("'", "&#39;") in section
        assert section.count('<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="') == (3 if chart.place == "wide" else 2)
        assert "<table>" in section
        assert "withheld" in section
        for kind in ("csv", "json"):
            assert (public.out / "data" / f"{chart.id}.{kind}").exists()
        for name in (f"{chart.id}.svg", f"{chart.id}-narrow.svg"):
            assert ET.parse(public.out / "charts" / name).getroot().tag.endswith("svg")


def test_the_figures_say_how_far_they_reach(public: Report) -> None:
    assert "Week of 5 to 11 October 2026, complete and final" in (public.out / "index.html").read_text()
    assert "records received to 2026-10-23 09:00 UTC" in (public.out / "index.html").read_text()


def test_every_page_of_a_demo_says_so_and_no_page_of_a_public_site_does(demo: Report, public: Report) -> None:
    for page in PAGES:
        assert "<strong>Demo.</strong>" in (demo.out / page).read_text()
        assert "Demo" not in (public.out / page).read_text()


def test_an_empty_table_gives_pages_that_say_so(tmp_path: Path, out: Path) -> None:
    report = build(write(tmp_path / "t", []), out)
    text = (out / "index.html").read_text()
    assert report.complete_to is None
    assert "No data yet. The table holds no records." in text
    assert text.count("No data yet.") == len(CHARTS) + 1
    assert Reader(text).faults == []


def test_records_of_an_unfinished_week_give_pages_that_say_when(tmp_path: Path, out: Path) -> None:
    monday = date(2026, 3, 2)
    build(write(tmp_path / "t", [row(n, monday + timedelta(days=2), "mlflow.log_metric") for n in range(30)]), out)
    assert "the first figures appear when the table reaches 2026-03-17" in (out / "index.html").read_text()


def test_a_week_of_too_few_installations_says_so(tmp_path: Path, out: Path) -> None:
    rows = [row(1, date(2026, 3, 2), "mlflow.log_metric"), row(1, date(2026, 3, 30), "mlflow.log_metric")]
    build(write(tmp_path / "t", rows), out)
    assert "fewer than 20 installations took part" in (out / "index.html").read_text()


def test_a_hostile_value_in_the_table_is_only_ever_text(tmp_path: Path, out: Path) -> None:
    evil = '<script>alert("1")</script>'
    rows = [row(1, date(2026, 3, 2), "mlflow.log_metric", store=evil), row(2, date(2026, 3, 2), evil)]
    write_deltalake(str(tmp_path / "t"), pa.Table.from_pylist(rows, schema=ARROW))  # without the warehouse's constraints
    build(str(tmp_path / "t"), out, demo=True)
    text = (out / "index.html").read_text()
    assert "&lt;script&gt;" in text
    assert "script" not in Reader(text).tags
    assert Reader(text).faults == []
    assert ET.parse(out / "charts" / "stores.svg").getroot().tag.endswith("svg")
