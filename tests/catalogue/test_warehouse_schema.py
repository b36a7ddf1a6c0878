"""The table's constraints allow what the catalogue allows, and are renamed when they change."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.catalogue.build import model, warehouse_schema
from mlflow_usage.catalogue.build.model import CatalogueError

CATALOGUE = model.load()


def executed(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(text, "schema.py", "exec"), names)
    return names


FORMATS = sorted(CATALOGUE.formats.values())


@given(
    st.sampled_from(FORMATS).flatmap(
        lambda pattern: st.tuples(st.just(pattern), st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    )
)
def test_a_formats_measure_allows_every_match(case: tuple[str, str]) -> None:
    pattern, text = case
    shortest, longest, characters = warehouse_schema.measure(pattern)
    assert shortest <= len(text) <= longest
    assert set(text) <= set(characters)


@pytest.mark.parametrize("pattern", ["[a-z]+", ".{1,4}", "[^/]{3}", r"\d{2}", "(?=a)a", "a|b*"])
def test_a_format_that_no_constraint_can_express_is_refused(pattern: str) -> None:
    with pytest.raises(CatalogueError, match="format"):
        warehouse_schema.measure(pattern)


def test_attributes_that_would_share_a_column_are_refused() -> None:
    double = dataclasses.replace(CATALOGUE.resource[0], id="mlflow.usage.session.id")
    with pytest.raises(CatalogueError, match="session_id"):
        warehouse_schema.render(dataclasses.replace(CATALOGUE, resource=(*CATALOGUE.resource, double)))


def test_a_changed_rule_is_a_new_constraint() -> None:
    """Or a table made before the change would keep the old rule under the same name."""
    smaller = dataclasses.replace(CATALOGUE, events=CATALOGUE.events[1:])
    before, after = (executed(warehouse_schema.render(each))["CONSTRAINTS"] for each in (CATALOGUE, smaller))
    assert {name for name in before if name.startswith("event_name_")} != {name for name in after if name.startswith("event_name_")}
    assert {name for name in before if name.startswith("flavor_")} == {name for name in after if name.startswith("flavor_")}


def test_a_value_that_would_end_its_quotes_is_refused() -> None:
    odd = dataclasses.replace(CATALOGUE.events[0], name="x' OR 'a' = 'a")
    with pytest.raises(CatalogueError, match="cannot be written in a constraint"):
        warehouse_schema.render(dataclasses.replace(CATALOGUE, events=(odd, *CATALOGUE.events[1:])))
