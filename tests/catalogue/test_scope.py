"""What changes between two catalogues, whichever is the older."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from catalogue.editing import (
    ATTRIBUTES,
    COUNT,
    FLAVOR,
    TRACKING,
    Edit,
    edited,
    member,
    put,
)
from mlflow_usage.catalogue.build import history
from mlflow_usage.catalogue.build.entries import Catalogue
from mlflow_usage.catalogue.scope import ScopeError, changes

TODAY = date(2026, 12, 1)


NEW_EVENT = "mlflow.acme"


def frozen(catalogue: Catalogue, release: str = "0.1.0", day: date = TODAY) -> dict[int, dict[str, Any]]:
    """The history with this catalogue released."""
    return {catalogue.revision: json.loads(history.render(catalogue, release, day))}


@pytest.fixture(scope="module")
def released() -> dict[int, dict[str, Any]]:
    return frozen(edited())


def event(revision: int = 2, review: str | None = None, **more: object) -> Edit:
    governance: dict[str, Any] = {"revision": revision, "targets": ["mlflow.acme:acme"], **more} | ({"review": review} if review else {})
    entry = {"id": f"event.{NEW_EVENT}", "name": NEW_EVENT, "extends": "family.tracking", "brief": "Acme was called."}
    return TRACKING, lambda c: c["groups"].append(entry | {"annotations": {"usage": governance}})


def test_what_is_no_catalogue_is_told() -> None:
    with pytest.raises(ScopeError, match="events is missing"):
        changes({"resource": {}, "attributes": {}}, {"resource": {}, "attributes": {}, "events": {}})


def test_what_is_wider_one_way_is_narrower_the_other(released: dict[int, dict[str, Any]]) -> None:
    make: Callable[..., dict[str, Any]] = lambda *edits: history.scope(edited(*edits))  # noqa: E731
    for edits in ([event()], [(ATTRIBUTES, member(FLAVOR, "acme"))], [(ATTRIBUTES, put(COUNT, "min", 0))]):
        wide = make(*edits)
        assert [change.effect for change in changes(released[1], wide)] == ["wider"]
        assert [change.effect for change in changes(wide, released[1])] == ["narrower"]
        assert changes(wide, wide) == []
