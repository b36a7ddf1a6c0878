"""Renders the public's view: the page "what is collected" and the machine-readable catalogue.

It must never say more or less than the catalogue: every sentence about an element comes from its own entry.
"""

from __future__ import annotations

import json
from itertools import groupby
from typing import Any, Final

from mlflow_usage.catalogue import words
from mlflow_usage.catalogue.build.entries import Attribute, Catalogue, Event, Governance, active
from mlflow_usage.catalogue.values import in_words

HEADER: Final = "<!-- Generated from the catalogue by `make docs`; do not edit. -->\n"


def in_cell(attribute: Attribute) -> str:
    """Return what the attribute may be, with an example of a text, for a cell of a Markdown table."""
    example = f", such as `{attribute.examples[0]}`" if attribute.kind == "string" and attribute.examples else ""
    return (in_words(_attribute(attribute)) + example).replace("|", "\\|")


def render_page(catalogue: Catalogue) -> str:
    """Return the text of `docs/what-is-collected.md`."""
    reviewed = active(catalogue)
    parts = [
        HEADER,
        f"# {words.TITLE}",
        "",
        f"Catalogue revision {catalogue.revision}: {len(reviewed.events)} events. {words.NOTHING_ELSE}",
        "",
        "## How to turn it off",
        "",
        *turn_off(),
        "",
        "## With every batch",
        "",
        *_table(reviewed.resource),
        "",
        "## With a record",
        "",
        *_table(tuple(reviewed.attributes.values())),
        "",
        "## Events",
        "",
        words.EVENTS,
        "",
        *_events(reviewed),
        f"## {words.PENDING_TITLE}",
        "",
        words.PENDING_LEAD,
        "",
        *pending_lines(catalogue),
        "",
        f"## {words.TERMS_TITLE}",
        "",
        *terms(catalogue),
        "",
        "[The review form](review-form.md) answers for each element; [the changes of scope](scope-changes.md) list what was added when.",
        "",
    ]
    return "\n".join(parts)


def turn_off() -> list[str]:
    """Return the table of the ways to turn it off, and for whom each does."""
    rows = [f"| {how} | {whom} |" for how, whom in words.TURN_OFF]
    return [words.TURN_OFF_LEAD, "", "| how | for whom |", "|---|---|", *rows, "", words.TURN_OFF_CLOSE]


def pending_lines(catalogue: Catalogue) -> list[str]:
    """Return a line for each thing under review."""
    return [f"- {line}" for line in words.pending(published(catalogue)["pending"])] or [words.PENDING_NONE]


def terms(catalogue: Catalogue) -> list[str]:
    """Return the terms as a table; a term that nobody has set says so."""
    rows = [f"| {words.TERMS[term]} | {value or words.NOT_NAMED} |" for term, value in catalogue.governance.items()]
    return ["| | |", "|---|---|", *rows]


def _table(attributes: tuple[Attribute, ...]) -> list[str]:
    rows = ["| attribute | what it is | it may be | why | review |", "|---|---|---|---|---|"]
    rows += [f"| `{a.id}` | {a.brief} | {in_cell(a)} | {a.governance.question} | {_review(a.governance)} |" for a in attributes]
    return rows


def _review(governance: Governance) -> str:
    return (governance.review or "").replace(" ", "<br>")


def _events(catalogue: Catalogue) -> list[str]:
    lines: list[str] = []
    ordered = sorted(catalogue.events, key=lambda event: (not event.is_api, event.family, event.name))
    for family, members in groupby(ordered, key=lambda event: event.family):
        events = list(members)
        brief, governance = catalogue.families[family]
        lines += [f"### {family.removeprefix('family.').replace('_', ' ').capitalize()}", ""]
        lines += [brief, "", f"Why: {governance.question or 'see the event'} Review: {_review(governance)}.", ""]
        lines += ["| event | what it means | carries |", "|---|---|---|"]
        lines += [f"| `{event.name}` | {event.brief} | {_carried(event)} |" for event in events]
        lines.append("")
    return lines


def _carried(event: Event) -> str:
    return ", ".join(f"`{key.removeprefix('mlflow.usage.')}`" for key in event.attributes if key != "log.record.uid")


def published(catalogue: Catalogue) -> dict[str, Any]:
    """Return what `mlflow-usage catalogue --json` prints: what is collected, and separately what is under review."""
    reviewed = active(catalogue)
    known = {attribute.id: attribute for attribute in reviewed.every_attribute}
    carried = {event.name: event.attributes for event in reviewed.events}
    return {
        "revision": catalogue.revision,
        "notice": catalogue.notice,
        "governance": dict(catalogue.governance),
        "resource": {attribute.id: _attribute(attribute) for attribute in reviewed.resource},
        "attributes": {name: _attribute(attribute) for name, attribute in reviewed.attributes.items()},
        "events": {event.name: _event(event) for event in reviewed.events},
        "pending": {
            "resource": {a.id: _attribute(a) for a in catalogue.resource if a.id not in known},
            "attributes": {a.id: _attribute(a) for a in catalogue.attributes.values() if a.id not in known},
            "events": {event.name: _event(event) for event in catalogue.events if event.name not in carried},
            "members": {a.id: sorted(a.pending) for a in catalogue.every_attribute if a.pending and a.id in known},
            "carried": {
                event.name: [key for key in event.attributes if key not in carried[event.name]]
                for event in catalogue.events
                if event.pending and event.name in carried
            },
        },
        "exclusions": dict(catalogue.exclusions),
    }


def render_json(catalogue: Catalogue) -> str:
    """Return the text of `catalogue/catalogue.json`, which `mlflow-usage catalogue` reads."""
    return json.dumps(published(catalogue), indent=1, ensure_ascii=False) + "\n"


def _governed(governance: Governance) -> dict[str, Any]:
    keys = ("owner", "question", "chart", "review", "revision", "expires")
    found = {key: getattr(governance, key) for key in keys}
    return found | ({"deprecated": governance.deprecated} if governance.deprecated else {})


def _attribute(attribute: Attribute) -> dict[str, Any]:
    shape: dict[str, Any] = {"brief": attribute.brief, "type": attribute.kind, "required": attribute.required}
    if attribute.members:
        shape |= {"members": list(attribute.members), "fallback": attribute.fallback}
    if attribute.kind == "int":
        shape |= {"min": attribute.minimum, "max": attribute.maximum}
    if attribute.pattern:
        shape["pattern"] = attribute.pattern
    flags = {key: getattr(attribute.governance, key) for key in ("personal", "identifier", "sensitive")}
    return shape | flags | _governed(attribute.governance)


def _event(event: Event) -> dict[str, Any]:
    shape = {"brief": event.brief, "family": event.family.removeprefix("family."), "attributes": list(event.attributes)}
    return shape | _governed(event.governance)
