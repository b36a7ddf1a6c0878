"""What changes between two catalogues, whichever is the older."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from catalogue.editing import (
    ATTRIBUTES,
    COUNT,
    FLAVOR,
    edited,
    frozen,
    member,
    new_event,
    put,
)
from mlflow_usage.catalogue.build import history
from mlflow_usage.catalogue.scope import ScopeError, changes


@pytest.fixture(scope="module")
def released() -> dict[int, dict[str, Any]]:
    return frozen(edited())


def test_what_is_no_catalogue_is_told() -> None:
    with pytest.raises(ScopeError, match="events is missing"):
        changes({"resource": {}, "attributes": {}}, {"resource": {}, "attributes": {}, "events": {}})


def test_what_is_wider_one_way_is_narrower_the_other(released: dict[int, dict[str, Any]]) -> None:
    make: Callable[..., dict[str, Any]] = lambda *edits: history.scope(edited(*edits))  # noqa: E731
    for edits in ([new_event()], [(ATTRIBUTES, member(FLAVOR, "acme"))], [(ATTRIBUTES, put(COUNT, "min", 0))]):
        wide = make(*edits)
        assert [change.effect for change in changes(released[1], wide)] == ["wider"]
        assert [change.effect for change in changes(wide, released[1])] == ["narrower"]
        assert changes(wide, wide) == []
