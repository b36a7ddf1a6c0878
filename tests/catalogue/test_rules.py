"""Whatever is given, what stays is the catalogue's."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.check import check_record, check_resource
from mlflow_usage.catalogue.rules import MAX_TEXT, REASONS, Rule, check, judge
from support.strategies import legal

UID = "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10-0"
RULES = {**tables.RESOURCE, **tables.ATTRIBUTES}


def valid(rule: Rule) -> st.SearchStrategy[Any]:
    """Values that the catalogue describes, a list's members in any order and more than once."""
    return st.lists(st.sampled_from(rule.members), min_size=1) if rule.kind == "enum[]" else legal(rule)


def described(rule: Rule, value: object) -> bool:
    """Whether the catalogue describes a value, told another way than the code under test does."""
    if rule.kind == "boolean":
        return value is True or value is False
    if rule.kind == "int":
        return type(value) is int and value in range(rule.minimum, rule.maximum + 1)
    if rule.kind == "enum":
        return type(value) is str and value in rule.members
    if rule.kind == "enum[]":
        return type(value) is tuple and len(value) > 0 and list(value) == sorted(set(value)) and set(value) <= set(rule.members)
    return type(value) is str and re.fullmatch(str(rule.pattern), value, re.ASCII) is not None


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.sampled_from(sorted({m for r in RULES.values() for m in r.members}))
)
ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(st.text(), inner, max_size=3)
)


@given(st.sampled_from(sorted(RULES)), ANYTHING)
def test_anything_becomes_a_value_of_the_catalogue_or_nothing(name: str, value: object) -> None:
    judged, reason = judge(RULES[name], value)
    assert judged is None or described(RULES[name], judged)
    assert reason is None or reason in REASONS
    assert judged is None or judged == value or reason is not None or (type(value) in {list, tuple} and judged == tuple(sorted(set(value))))  # type: ignore[call-overload]


@given(st.sampled_from(sorted(RULES)).flatmap(lambda name: st.tuples(st.just(name), valid(RULES[name]))))
def test_what_the_catalogue_describes_stays(pair: tuple[str, Any]) -> None:
    name, value = pair
    expected = tuple(sorted(set(value))) if RULES[name].kind == "enum[]" else value
    assert judge(RULES[name], value) == (expected, None)


@given(
    st.sampled_from(sorted(tables.EVENTS)) | st.text(), st.dictionaries(st.sampled_from(sorted(RULES)) | st.text(), ANYTHING, max_size=8)
)
def test_a_record_that_stays_is_the_catalogue_s(event: str, attributes: dict[str, Any]) -> None:
    verdict = check_record(event, attributes)
    row = tables.EVENTS.get(event)
    if row is None:
        assert verdict == ({}, (), "unknown_event")
        return
    assert verdict.refused is None or verdict.refused in REASONS
    if verdict.refused is None:
        assert row.required <= set(verdict.attributes) <= set(row.attributes)
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


def test_a_status_without_a_fallback_refuses_the_record() -> None:
    rule = Rule("enum", members=("success", "failure"))
    assert check({"status": rule}, frozenset(), {"status": "acme"}).refused == "unknown_member"


def test_no_expression_runs_over_a_long_text() -> None:
    rule = Rule("string", pattern="(a|a)*b")
    assert judge(rule, "a" * (MAX_TEXT + 1)) == (None, "pattern")


def test_digits_of_other_scripts_are_no_digits() -> None:
    rule = tables.RESOURCE["service.version"]
    assert judge(rule, "3.17") == ("3.17", None)
    assert judge(Rule("string", pattern=r"\d+"), "\u0663") == (None, "pattern")
    assert judge(rule, "\u0663.\u0661\u0667") == (None, "pattern")
