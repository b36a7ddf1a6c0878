"""Whole records and resources: what the catalogue names stays untouched, and nothing else stays."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.check import check_record, check_resource
from mlflow_usage.catalogue.judge import REASONS
from mlflow_usage.catalogue.tables import ATTRIBUTES, EVENTS, RESOURCE
from support.strategies import ANYTHING, described, foreign, records, resources

UID = "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10-0"


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
    allowed = RESOURCE[key]
    verdict = check_resource(attributes | {key: data.draw(foreign(allowed))})
    assert verdict.refused or verdict.attributes.get(key) in {None, allowed.fallback}
    assert verdict.refused or not allowed.required


@settings(max_examples=50)
@given(st.text(), records())
def test_an_event_that_has_no_name_here_is_refused(name: str, drawn: tuple[str, dict[str, Any]]) -> None:
    assert name in EVENTS or check_record(name, drawn[1]).refused == "unknown_event"


def _listed(value: Any) -> Any:
    return value if isinstance(value, tuple) else (value,)


@given(
    st.sampled_from(sorted(tables.EVENTS)) | st.text(),
    st.dictionaries(st.sampled_from(sorted({*RESOURCE, *ATTRIBUTES})) | st.text(), ANYTHING, max_size=8),
)
def test_a_record_that_stays_is_the_catalogue_s(event: str, attributes: dict[str, Any]) -> None:
    verdict = check_record(event, attributes)
    shape = tables.EVENTS.get(event)
    if shape is None:
        assert verdict == ({}, (), "unknown_event")
        return
    assert verdict.refused is None or verdict.refused in REASONS
    if verdict.refused is None:
        assert shape.required <= set(verdict.attributes) <= set(shape.attributes)
        assert all(described(tables.ATTRIBUTES[key], value) for key, value in verdict.attributes.items())
        lost = set(attributes) - set(verdict.attributes)
        assert len(verdict.changed) >= len(lost) - sum(1 for key in lost if attributes[key] in ([], ()))


@given(st.dictionaries(st.sampled_from(sorted(tables.RESOURCE)) | st.text(), ANYTHING, max_size=6))
def test_a_resource_that_stays_is_the_catalogue_s(attributes: dict[str, Any]) -> None:
    verdict = check_resource(attributes)
    if verdict.refused is None:
        assert all(described(tables.RESOURCE[key], value) for key, value in verdict.attributes.items())


SCORERS = "mlflow.usage.scorers"


GOOD = {"mlflow.usage.count": 1, "log.record.uid": UID}


@pytest.mark.parametrize(
    ("event", "more", "kept", "changed", "refused"),
    [
        ("mlflow.log_metric", {}, {}, (), None),
        ("mlflow.log_metric", {"mlflow.usage.store": "FileStore"}, {"mlflow.usage.store": "FileStore"}, (), None),
        ("mlflow.log_metric", {"acme.secret": "x"}, {}, ("unknown_attribute",), None),
        ("mlflow.log_metric", {"mlflow.usage.flavor": "sklearn"}, {}, ("unknown_attribute",), None),
        ("mlflow.log_metric", {"mlflow.usage.store": "AcmeStore"}, {"mlflow.usage.store": "custom_store"}, ("unknown_member",), None),
        ("mlflow.autolog", {"mlflow.usage.flavor": "acme"}, {"mlflow.usage.flavor": "custom_flavor"}, ("unknown_member",), None),
        ("mlflow.autolog", {"mlflow.usage.disable": 1}, {}, ("wrong_type",), None),
        ("mlflow.genai.evaluate", {SCORERS: ["acme", "safety"]}, {SCORERS: ("custom_scorer", "safety")}, ("unknown_member",), None),
        ("mlflow.log_metric", {"mlflow.usage.count": 0}, None, (), "out_of_bounds"),
        ("mlflow.log_metric", {"mlflow.usage.count": True}, None, (), "wrong_type"),
        ("mlflow.log_metric", {"mlflow.usage.count": 10_000_001}, None, (), "out_of_bounds"),
        ("mlflow.log_metric", {"log.record.uid": UID + "\n"}, None, (), "pattern"),
        ("mlflow.log_metric", {"log.record.uid": UID.upper()}, None, (), "pattern"),
        ("mlflow.acme", {}, None, (), "unknown_event"),
        (["mlflow.log_metric"], {}, None, (), "unknown_event"),
    ],
)  # fmt: skip
def test_what_becomes_of_a_record(event: Any, more: dict[str, Any], kept: dict[str, Any] | None, changed: Any, refused: str | None) -> None:
    verdict = check_record(event, {**GOOD, **more})
    assert verdict == ({} if kept is None else {**GOOD, **kept}, changed, refused)


@pytest.mark.parametrize("missing", sorted(GOOD))
def test_a_record_without_what_it_must_have_is_refused(missing: str) -> None:
    assert check_record("mlflow.log_metric", {key: value for key, value in GOOD.items() if key != missing}).refused == "missing"
