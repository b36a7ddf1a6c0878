"""The scope guard: what is collected grows only with a higher revision and a review, and never shrinks at once.

Decides whether the model may follow the newest released revision. Before the first release there is nothing to compare with, and the
reviews alone decide (`rules/reviews.py`). It must never be suppressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from mlflow_usage.catalogue.build.entries import Attribute, Catalogue
from mlflow_usage.catalogue.build.history import path, released, scope
from mlflow_usage.catalogue.build.lint import Finding
from mlflow_usage.catalogue.deadlines import RETENTION_MONTHS
from mlflow_usage.catalogue.scope import Change, changes

RULE: Final = "SCOPE"
MANIFEST: Final = "model/manifest.yaml"


def guard(catalogue: Catalogue, history: Mapping[int, Mapping[str, Any]], today: date) -> list[Finding]:
    """Return every change since the newest released revision that may not ship as it is."""
    frozen = released(history)
    if not frozen:
        return []
    newest = max(frozen)
    if not newest <= catalogue.revision <= newest + 1:
        return [Finding(RULE, MANIFEST, f"the newest released revision is {newest}: `revision` must be {newest} or {newest + 1}")]
    found: list[Finding] = []
    for change in changes(frozen[newest], scope(catalogue)):
        if change.effect == "wider":
            found += [
                Finding(RULE, change.entry, f"{change.text}: {advice}") for advice in _wider(catalogue, frozen[newest], newest, change)
            ]
        elif change.effect == "narrower" and not _over(frozen[newest], change, today):
            found.append(Finding(RULE, change.entry, f"{change.text}: a released element cannot go at once; {_instead(change)}"))
    return found


def _wider(catalogue: Catalogue, before: Mapping[str, Any], newest: int, change: Change) -> Iterator[str]:
    if change.kind == "type":
        yield "a released attribute keeps its type; describe a new one"
        return
    if catalogue.revision == newest:
        yield f"revision {newest} is released without it; raise `revision` in {MANIFEST} to {newest + 1}"
    attribute = next((a for a in catalogue.every_attribute if a.id == change.entry), None)
    if change.kind in ("event", "resource", "attribute"):
        entry = attribute or next(event for event in catalogue.events if event.name == change.entry)
        if entry.governance.revision == newest:
            yield f"its own `revision` must be {newest + 1}"
    elif attribute is not None and not _covered(catalogue, attribute, before, change):
        yield (
            "no review since covers it; cite the review that does (model/reviews.yaml), or leave it as it was"
            if change.kind != "member"
            else f"no review covers it; cite the review that does (model/reviews.yaml), or list `pending: [{change.value}]`"
        )


def _covered(catalogue: Catalogue, attribute: Attribute, before: Mapping[str, Any], change: Change) -> bool:
    """Return whether a review allows more of a released attribute: an approved class, a list that names it, or a newly cited review."""
    rows = catalogue.reviews.of(attribute.governance)
    if change.kind == "member" and any(row.open or change.value in row.values for row in rows):
        return True
    part = "resource" if attribute in catalogue.resource else "attributes"
    cited = set(str(before[part][attribute.id].get("review", "")).split())
    return any(row.reference not in cited for row in rows)


def _over(before: Mapping[str, Any], change: Change, today: date) -> bool:
    """Return whether a deprecated element's last records are past retention."""
    part = {"event": "events", "resource": "resource", "attribute": "attributes"}.get(change.kind)
    deprecated = before[part][change.entry].get("deprecated") if part else None
    if deprecated is None:
        return False
    year, month = map(int, str(deprecated).split("-"))
    return (today.year - year) * 12 + today.month - month > RETENTION_MONTHS


def _instead(change: Change) -> str:
    if change.kind in ("event", "resource", "attribute"):
        return f'mark it `deprecated: "YYYY-MM"` and remove it {RETENTION_MONTHS} months after a release that says so'
    return f"put it back ({path(0).rpartition('/')[0]} has it as it was)"
