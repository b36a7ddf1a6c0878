"""The ledger of reviews: what each row of the form allows.

Decides how `model/reviews.yaml` is read. It must never allow an element that no row names: the linter finds an entry that cites a row
which does not cover it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mlflow_usage.catalogue.build.entries import ReviewRow, Reviews

NAMES: Final = "names"


def reviews(content: Mapping[str, Any]) -> Reviews:
    """Return the reviews in the file's content."""
    held = content.get("reviews") or ()
    mechanics = content.get("mechanics") or {}
    return Reviews(
        titles={review["id"]: review["title"] for review in held},
        rows={row.reference: row for review in held for row in _rows(review)},
        mechanics=frozenset(mechanics.get("covers") or ()),
        everywhere=frozenset(mechanics.get("on_every_event") or ()),
    )


def _rows(review: Mapping[str, Any]) -> list[ReviewRow]:
    return [
        ReviewRow(
            reference=f"{review['id']}#{name}",
            element=row["element"],
            covers=None if row["covers"] == NAMES else frozenset(row["covers"]),
            on=frozenset(row["events"]) if "events" in row else None,
            values=tuple(row.get("values") or ()),
            open=bool(row.get("class")),
            answers=(bool(row.get("personal")), bool(row.get("identifier")), bool(row.get("sensitive"))),
        )
        for name, row in review["rows"].items()
    ]
