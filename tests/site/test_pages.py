"""What a reader of the pages meets."""

from __future__ import annotations

import hashlib
import html
import json
import re
import xml.etree.ElementTree as ET
from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pyarrow as pa
import pytest
from deltalake import write_deltalake

from mlflow_usage.catalogue import words
from mlflow_usage.site.build import Report
from mlflow_usage.site.charts import CHARTS
from mlflow_usage.site.collected import CATALOGUE
from mlflow_usage.warehouse.table import ARROW
from support.repository import ROOT
from support.site_terms import build
from support.usage_rows import row, write

PAGES = ("index.html", "collected.html", "method.html")
VOID = {"meta", "link", "br", "img", "input", "hr"}
LOADING = {"src", "srcset", "poster", "data", "background", "action", "formaction", "xlink:href"}


class Reader(HTMLParser):
    """Checks nesting, and collects what a page loads, links and names."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.loads: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[str] = []
        self.cells: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        for name, value in attrs:
            if name in LOADING or (name == "href" and tag in {"link", "use", "image", "base"}):
                self.loads.append(value or "")
            elif name == "href":
                self.links.append(value or "")
            elif name == "id":
                self.ids.append(value or "")
            elif name.startswith("on"):
                self.faults.append(f"{name} on <{tag}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at line {self.getpos()[0]}")

    def handle_data(self, data: str) -> None:
        if "td" in self.open[-1:] or ("table" in self.open and "code" in self.open[-1:]):
            self.cells.append(data)


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


def test_a_table_says_what_the_data_file_says(public: Report) -> None:
    text = (public.out / "index.html").read_text()
    for chart in CHARTS:
        content = json.loads((public.out / "data" / f"{chart.id}.json").read_text())
        cells = Reader("<div>" + text.split(f'id="{chart.id}"')[1].split("</h2>")[1].split("</section>")[0] + "</div>").cells
        for cell in content["periods"][-1]["cells"]:
            if cell["dimension"] != "all":
                name = cell["value"] if cell["value"] in cells else f"{cell['dimension']}: {cell['value']}"
                at = cells.index(name)
                assert f"{cell['installations']:,}" in cells[at : at + 5], (chart.id, cell)
                assert f"{cell['calls']:,}" in cells[at : at + 5]


def test_the_figures_say_how_far_they_reach(public: Report) -> None:
    assert "Week of 5 to 11 October 2026, complete and final" in (public.out / "index.html").read_text()
    assert "records received to 2026-10-23 09:00 UTC" in (public.out / "index.html").read_text()


def test_every_page_of_a_demo_says_so_and_no_page_of_a_public_site_does(demo: Report, public: Report) -> None:
    for page in PAGES:
        assert "<strong>Demo.</strong>" in (demo.out / page).read_text()
        assert "Demo" not in (public.out / page).read_text()


def test_the_page_of_what_is_collected_names_everything_in_the_catalogue(public: Report) -> None:
    text = (public.out / "collected.html").read_text()
    catalogue = json.loads(CATALOGUE.read_text())
    for name in (*catalogue["resource"], *catalogue["attributes"], *catalogue["events"], *catalogue["exclusions"]):
        assert f"<code>{name}</code>" in text
    for name, entry in {**catalogue["resource"], **catalogue["attributes"]}.items():
        article = text.split(f'<article class="entry" id="{name}">')[1].split("</article>")[0]
        assert entry["brief"].replace("'", "&#39;") in article
        assert all(f"<code>{reference}</code>" in article for reference in entry["review"].split())
        assert all(f"<code>{member}</code>" in article for member in entry.get("members", ()))
    assert "<code>MLFLOW_USAGE=off</code>" in text


def test_the_page_and_the_documentation_say_the_same(public: Report) -> None:
    """Every cell of the generated page stands on the site's, but for who answers there."""
    document = (ROOT / "docs" / "what-is-collected.md").read_text()
    page = " ".join(html.unescape(re.sub(r"<[^>]+>", " ", (public.out / "collected.html").read_text())).split())
    cells = 0
    for line in document.split("## With every batch")[1].split("## Who answers")[0].splitlines():
        if line.startswith("| `"):
            name, brief = (cell.strip() for cell in line.split(" | ")[:2])
            assert name.strip("| `") in page
            assert brief in page
            cells += 1
    catalogue = json.loads(CATALOGUE.read_text())
    assert cells == sum(len(catalogue[part]) for part in ("resource", "attributes", "events"))
    for part in (words.PENDING_TITLE, words.PENDING_LEAD, words.PENDING_NONE, words.TERMS_TITLE):
        assert part in page
        assert part in document
    assert "Contact usage@example.org" in page


def test_the_page_of_what_is_collected_tells_turning_off_as_the_documentation_does(public: Report) -> None:
    document = (ROOT / "docs" / "what-is-collected.md").read_text()
    page = re.sub(r"<[^>]+>", "", (public.out / "collected.html").read_text().split('id="off"')[1].split('id="batch"')[0])
    for line in document.split("## How to turn it off")[1].split("## ")[0].splitlines():
        for cell in filter(None, (part.strip() for part in line.split("|"))):
            if set(cell) - set("-") and cell not in {"how", "for whom"}:
                assert cell.replace("`", "").replace('"', "&#34;") in " ".join(page.split())


def test_the_same_table_gives_the_same_bytes(table: str, public: Report, out: Path) -> None:
    def digests(place: Path) -> dict[str, str]:
        return {str(p.relative_to(place)): hashlib.sha256(p.read_bytes()).hexdigest() for p in place.rglob("*") if p.is_file()}

    first = digests(build(table, out).out)
    assert first == digests(public.out)
    assert first == digests(build(table, out).out)
    assert set(first) == {*public.files, "site.json"}


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


def test_a_chart_that_lost_its_data_leaves_no_old_files(table: str, tmp_path: Path, out: Path) -> None:
    build(table, out, demo=True)
    assert (out / "charts" / "scorers.svg").exists()
    build(write(tmp_path / "t", [row(1, date(2026, 3, 2), "mlflow.log_metric")]), out, demo=True)
    assert not (out / "charts" / "scorers.svg").exists()


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
