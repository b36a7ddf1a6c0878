"""Renders the review form: every element with its three answers, and everything else the reviewers asked.

Decides the form's layout; every statement about an element comes from its own entry and from the ledger of reviews. It must never
state as reviewed what no row of the ledger names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from mlflow_usage.catalogue import words
from mlflow_usage.catalogue.build.entries import MECHANICS, Attribute, Catalogue, ReviewRow, active
from mlflow_usage.catalogue.build.public import HEADER, in_cell, pending_lines, terms, turn_off

TYPES_IN_WORDS: Final = {
    "boolean": "boolean",
    "enum": "enumeration",
    "enum[]": "list of enumeration",
    "int": "integer",
    "string": "pattern",
}


def render(catalogue: Catalogue) -> str:
    """Return the text of `docs/review-form.md`."""
    reviewed = active(catalogue)
    parts = [
        HEADER,
        "# Telemetry review form",
        "",
        f"Catalogue revision {catalogue.revision}. Generated from what the client, the Collector and the table enforce.",
        "",
        "## 1. Data elements",
        "",
        *_elements(reviewed),
        "",
        words.CLASSES,
        "",
        "### Metadata of some calls",
        "",
        *_metadata(reviewed),
        "",
        "*Italic*: a built-in of an approved class that the form's list for this call does not name.",
        "",
        "### API names",
        "",
        "[What is collected](what-is-collected.md) lists every name.",
        "",
        *_families(reviewed),
        "",
        "### Mechanics",
        "",
        words.MECHANICS,
        "",
        *_mechanics(reviewed),
        "",
        "### Pending amendments",
        "",
        words.PENDING_LEAD,
        "",
        *pending_lines(catalogue),
        "",
        "## 2. Notice and choice",
        "",
        *words.CHOICE,
        "",
        f"> mlflow-usage counts {catalogue.notice}. …",
        "",
        *turn_off(),
        "",
        "## 3. Storage and use",
        "",
        *words.STORAGE,
        "",
        *terms(catalogue),
        "",
        "## 4. Access",
        "",
        *words.ACCESS,
        "",
        "## 5. Security",
        "",
        *words.SECURITY,
        "",
        "## 6. Changes",
        "",
        words.CHANGES,
        "",
        "| review | what it was about |",
        "|---|---|",
        *(f"| {reference} | {title} |" for reference, title in catalogue.reviews.titles.items()),
        "",
        "[The changes of scope](scope-changes.md) list what each revision of the catalogue added.",
        "",
    ]
    return "\n".join(parts)


def _yes(answer: object) -> str:
    return ("yes" if answer else "no") if isinstance(answer, bool) else "not answered"


def _answers(attribute: Attribute) -> str:
    given = attribute.governance
    return " | ".join(map(_yes, (given.personal, given.identifier, given.sensitive)))


def _elements(catalogue: Catalogue) -> Iterator[str]:
    """Yield a line for each attribute that a row of the form covers; the API's name is the event itself."""
    yield "| element | as | personal? | identifier? | sensitive? | what it is | review |"
    yield "|---|---|---|---|---|---|---|"
    for reference, row in catalogue.reviews.rows.items():
        covered = [a for a in catalogue.every_attribute if reference in a.governance.references]
        if row.covers is None:
            answers = " | ".join(map(_yes, row.answers))
            yield f"| {row.element} | the event's name | {answers} | Name of the public API that was called. | {reference} |"
        for attribute in covered:
            yield f"| {row.element} | `{attribute.id}` | {_answers(attribute)} | {attribute.brief} | {reference} |"


def _metadata(catalogue: Catalogue) -> Iterator[str]:
    yield "| API | field | type | values |"
    yield "|---|---|---|---|"
    for event in catalogue.events:
        for key in event.attributes:
            attribute = catalogue.attributes[key]
            rows = [row for row in catalogue.reviews.of(attribute.governance) if row.on is not None and row.allows(event, key)]
            if rows:
                field = key.removeprefix("mlflow.usage.")
                yield f"| `{event.name}` | `{field}` | {TYPES_IN_WORDS[attribute.kind]} | {_values(attribute, rows)} |"


def _values(attribute: Attribute, rows: Iterable[ReviewRow]) -> str:
    if not attribute.members:
        return in_cell(attribute)
    listed = {value for row in rows for value in row.values} | {attribute.fallback}
    return ", ".join(f"`{member}`" if member in listed else f"*`{member}`*" for member in attribute.members)


def _families(catalogue: Catalogue) -> Iterator[str]:
    counts = Counter(event.family for event in catalogue.events if event.is_api)
    yield "| family | names | why |"
    yield "|---|---|---|"
    for family, count in sorted(counts.items()):
        brief, governance = catalogue.families[family]
        yield f"| {brief} | {count} | {governance.question} |"


def _mechanics(catalogue: Catalogue) -> Iterator[str]:
    yield "| element | personal? | identifier? | sensitive? | what it is | it may be |"
    yield "|---|---|---|---|---|---|"
    for attribute in catalogue.every_attribute:
        if attribute.governance.review == MECHANICS:
            yield f"| `{attribute.id}` | {_answers(attribute)} | {attribute.brief} | {in_cell(attribute)} |"
    for event in catalogue.events:
        if event.governance.review == MECHANICS:
            yield f"| event `{event.name}` | no | no | no | {event.brief} | counted |"
