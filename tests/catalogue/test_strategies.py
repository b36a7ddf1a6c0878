"""What the catalogue names passes its judgement untouched, and nothing else does."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from mlflow_usage.catalogue.check import check_record, check_resource
from mlflow_usage.catalogue.rules import REASONS
from mlflow_usage.catalogue.tables import ATTRIBUTES, EVENTS, RESOURCE
from support.strategies import foreign, records, resources


@given(records())
def test_a_legal_record_stays_as_it_is(drawn: tuple[str, dict[str, Any]]) -> None:
    event, attributes = drawn
    assert check_record(event, attributes) == (attributes, (), None)


@given(resources())
def test_a_legal_resource_stays_as_it_is(attributes: dict[str, Any]) -> None:
    assert check_resource(attributes) == (attributes, (), None)


@given(st.data(), records())
def test_one_foreign_value_never_stays_and_is_told_with_a_reason(data: st.DataObject, drawn: tuple[str, dict[str, Any]]) -> None:
    event, attributes = drawn
    key = data.draw(st.sampled_from(sorted(attributes)))
    value = data.draw(foreign(ATTRIBUTES[key]))
    verdict = check_record(event, attributes | {key: value})
    if verdict.refused:
        assert verdict.refused in REASONS
        return
    assert verdict.changed
    assert key not in EVENTS[event].required or ATTRIBUTES[key].fallback is not None
    assert verdict.attributes.get(key) is None or set(_listed(verdict.attributes[key])) <= set(ATTRIBUTES[key].members)


@given(st.data(), resources())
def test_one_foreign_value_of_a_resource_never_stays(data: st.DataObject, attributes: dict[str, Any]) -> None:
    key = data.draw(st.sampled_from(sorted(attributes)))
    rule = RESOURCE[key]
    verdict = check_resource(attributes | {key: data.draw(foreign(rule))})
    assert verdict.refused or verdict.attributes.get(key) in {None, rule.fallback}
    assert verdict.refused or not rule.required


@settings(max_examples=50)
@given(st.text(), records())
def test_an_event_that_has_no_name_here_is_refused(name: str, drawn: tuple[str, dict[str, Any]]) -> None:
    assert name in EVENTS or check_record(name, drawn[1]).refused == "unknown_event"


def _listed(value: Any) -> Any:
    return value if isinstance(value, tuple) else (value,)
