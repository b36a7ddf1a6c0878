"""The rules that hold an entry to its reviews.

Decides where a reference is valid. Suppressing one of these rules reviews nothing: an entry without a valid review stays inert
(`entries.active`).
"""

from __future__ import annotations

from typing import Final

from mlflow_usage.catalogue.build.entries import MECHANICS, PENDING, Attribute, Broken, Catalogue, Event

ADVICE: Final = "cite a row of model/reviews.yaml that covers it, or set `review: pending` until the form was updated and reviewed"


def review(catalogue: Catalogue) -> Broken:
    """Every entry names rows that cover it, or is mechanics, or pending."""
    entries: tuple[Attribute | Event, ...] = (*catalogue.every_attribute, *catalogue.events)
    for entry in entries:
        name = entry.name if isinstance(entry, Event) else entry.id
        wrong = [reference for reference in entry.governance.references if not _covers(catalogue, reference, entry, name)]
        if wrong or not entry.governance.references:
            what = f"`review` names {', '.join(wrong)}, which does not cover it" if wrong else "`review` is missing"
            yield name, entry.governance, f"{what}: {ADVICE}"


def _covers(catalogue: Catalogue, reference: str, entry: Attribute | Event, name: str) -> bool:
    if reference == PENDING:
        return entry.governance.review == PENDING
    if reference == MECHANICS:
        return name in catalogue.reviews.mechanics
    row = catalogue.reviews.rows.get(reference)
    if row is None:
        return False
    if row.covers is None:
        return isinstance(entry, Event) and entry.is_api
    return isinstance(entry, Attribute) and name in row.covers


def carries(catalogue: Catalogue) -> Broken:
    """Every event carries only what a review allows on it."""
    ledger = catalogue.reviews
    for event in catalogue.events:
        for key in event.attributes:
            given = catalogue.attributes[key].governance
            rows = [row for row in ledger.of(given) if row.covers is not None and key in row.covers]
            mechanics = given.review == MECHANICS and key in ledger.mechanics
            if not event.active or key in event.pending or key in ledger.everywhere or not (rows or mechanics):
                continue
            if not any(row.allows(event, key) for row in rows) and given.review != event.governance.review:
                advice = f"no review allows {key} on it: {ADVICE} (on the reference: `annotations: {{usage: {{review: pending}}}}`)"
                yield event.name, event.governance, advice


def members(catalogue: Catalogue) -> Broken:
    """A closed list of the form stays closed: only a class that a review approved grows by itself."""
    for attribute in catalogue.every_attribute:
        unknown = sorted(attribute.pending - set(attribute.members))
        if unknown:
            yield attribute.id, attribute.governance, f"`pending` names {', '.join(unknown)}, no members of it"
        rows = catalogue.reviews.of(attribute.governance)
        if not rows or any(row.open or not row.values for row in rows):
            continue
        listed = {value for row in rows for value in row.values} | attribute.pending | {attribute.fallback}
        unlisted = [member for member in attribute.members if member not in listed]
        if unlisted:
            advice = f"no review lists {', '.join(unlisted)}: cite one that does, or put it under `pending`"
            yield attribute.id, attribute.governance, advice


def answers(catalogue: Catalogue) -> Broken:
    """An element's three answers are those that were reviewed."""
    for attribute in catalogue.every_attribute:
        given = attribute.governance
        flags = (given.personal, given.identifier, given.sensitive)
        rows = [row for row in catalogue.reviews.of(given) if row.covers is not None and attribute.id in row.covers]
        for row in rows:
            if flags != row.answers and all(isinstance(flag, bool) for flag in flags):
                reviewed = ", ".join(
                    f"{flag}: {str(answer).lower()}"
                    for flag, answer in zip(("personal", "identifier", "sensitive"), row.answers, strict=True)
                )
                yield attribute.id, given, f"{row.reference} was answered with {reviewed}: changed answers need a review"
