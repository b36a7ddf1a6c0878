"""The form, the page and the notice say what the catalogue says."""

from __future__ import annotations

import pytest

from catalogue.editing import GOVERNANCE, edited
from mlflow_usage.catalogue import tables, words
from mlflow_usage.catalogue.build.entries import MECHANICS, Catalogue
from mlflow_usage.catalogue.build.model import load
from mlflow_usage.catalogue.build.public import render_page
from mlflow_usage.catalogue.build.review_form import render
from mlflow_usage.consent import notice
from mlflow_usage.consent.automation import MainProgram
from mlflow_usage.consent.decision import decide
from support.repository import ROOT

SECTIONS = ("1. Data elements", "2. Notice and choice", "3. Storage and use", "4. Access", "5. Security", "6. Changes")


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def form() -> str:
    return (ROOT / "docs/review-form.md").read_text()


def part(text: str, title: str) -> str:
    """Return the text under a heading."""
    level, _, rest = next(piece for piece in (text.partition(f"\n{mark} {title}\n") for mark in ("##", "###")) if piece[1])
    del level
    return rest.split("\n#")[0]


def rows(text: str, name: str) -> list[list[str]]:
    """The cells of the table rows about an element."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text.splitlines() if f"`{name}` |" in line]


def test_it_has_the_form_s_sections(form: str) -> None:
    assert [line.removeprefix("## ") for line in form.splitlines() if line.startswith("## ")] == list(SECTIONS)


def test_every_element_stands_once_for_each_row_with_its_three_answers(form: str, catalogue: Catalogue) -> None:
    elements, mechanics = part(form, "1. Data elements"), part(form, "Mechanics")
    for attribute in catalogue.every_attribute:
        given = attribute.governance
        answers = ["yes" if flag else "no" for flag in (given.personal, given.identifier, given.sensitive)]
        found = rows(mechanics if given.review == MECHANICS else elements, attribute.id)
        assert len(found) == len(given.references)
        for cells in found:
            assert cells[-5:-2] == answers if given.review != MECHANICS else cells[1:4] == answers
            assert attribute.brief in cells
        assert not rows(elements if given.review == MECHANICS else mechanics, attribute.id)
    assert {row.element for row in catalogue.reviews.rows.values()} == {
        *("Session id", "MLflow version", "Python version", "Operating system", "API name", "Backend store"),
        *("Metadata of some calls", "Installation id"),
    }
    assert all(f"`{event.name}`" in mechanics for event in catalogue.events if event.governance.review == MECHANICS)


def test_the_fields_of_the_calls_have_their_values_and_those_that_joined_are_marked(form: str, catalogue: Catalogue) -> None:
    fields = part(form, "Metadata of some calls")
    carried = {(event.name, key) for event in catalogue.events if event.is_api for key in event.attributes}
    own = {(event, key) for event, key in carried if key not in {"mlflow.usage.count", "log.record.uid", "mlflow.usage.store"}}
    assert len([line for line in fields.splitlines() if line.startswith("| `")]) == len(own)
    (flavor,) = [line for line in fields.splitlines() if line.startswith("| `mlflow.log_model` | `flavor`")]
    for member in catalogue.attributes["mlflow.usage.flavor"].members:
        assert f"`{member}`" in flavor
    assert "*`fastai`*" in flavor
    assert "*`sklearn`*" not in flavor


def test_the_notice_s_text_is_the_catalogue_s(form: str, catalogue: Catalogue) -> None:
    shown = notice.text(decide({}, None, None, None, disabled=False, main=MainProgram()))
    assert catalogue.notice == tables.NOTICE
    assert shown.startswith(f"mlflow-usage counts {catalogue.notice}.")
    assert f"> mlflow-usage counts {catalogue.notice}." in form


def test_nothing_is_invented(catalogue: Catalogue, form: str) -> None:
    assert set(catalogue.governance) == set(words.TERMS)
    assert form.count(words.NOT_NAMED) == sum(not value for value in catalogue.governance.values())
    named = edited((GOVERNANCE, lambda c: c.update(contact="usage@example.org")))
    for text in (render(named), render_page(named)):
        assert "| Contact | usage@example.org |" in text
        assert "| Controller | not yet named |" in text


def test_turning_off_is_told_as_on_the_page(form: str) -> None:
    choice = part(form, "2. Notice and choice")
    assert all(f"| {how} | {whom} |" in choice for how, whom in words.TURN_OFF)


@pytest.mark.parametrize("page", ["review-form", "scope-changes", "what-is-collected", "catalogue-format"])
def test_the_pages_link_to_what_exists(page: str) -> None:
    import re

    for target in re.findall(r"\]\(([^)#:]+)\)", (ROOT / f"docs/{page}.md").read_text()):
        assert (ROOT / "docs" / target).exists(), target
