"""The page of what is collected, against the catalogue and the documentation."""

from __future__ import annotations

import html
import json
import re

from mlflow_usage.catalogue import words
from mlflow_usage.site.build import CATALOGUE, Report
from support.repository import ROOT


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
