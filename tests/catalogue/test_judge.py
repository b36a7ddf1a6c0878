"""Whatever value is given, what stays is the catalogue's."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.judge import MAX_TEXT, REASONS, Allowed, judge, judge_all
from support.strategies import ANYTHING, described, legal

ALLOWED = {**tables.RESOURCE, **tables.ATTRIBUTES}


def valid(allowed: Allowed) -> st.SearchStrategy[Any]:
    """Values that the catalogue describes, a list's members in any order and more than once."""
    return st.lists(st.sampled_from(allowed.members), min_size=1) if allowed.kind == "enum[]" else legal(allowed)


@given(st.sampled_from(sorted(ALLOWED)), ANYTHING)
def test_anything_becomes_a_value_of_the_catalogue_or_nothing(name: str, value: object) -> None:
    judged, reason = judge(ALLOWED[name], value)
    assert judged is None or described(ALLOWED[name], judged)
    assert reason is None or reason in REASONS
    assert judged is None or judged == value or reason is not None or (type(value) in {list, tuple} and judged == tuple(sorted(set(value))))  # type: ignore[call-overload]


@given(st.sampled_from(sorted(ALLOWED)).flatmap(lambda name: st.tuples(st.just(name), valid(ALLOWED[name]))))
def test_what_the_catalogue_describes_stays(pair: tuple[str, Any]) -> None:
    name, value = pair
    expected = tuple(sorted(set(value))) if ALLOWED[name].kind == "enum[]" else value
    assert judge(ALLOWED[name], value) == (expected, None)


def test_a_status_without_a_fallback_refuses_the_record() -> None:
    allowed = Allowed("enum", members=("success", "failure"))
    assert judge_all({"status": allowed}, frozenset(), {"status": "acme"}).refused == "unknown_member"


def test_no_expression_runs_over_a_long_text() -> None:
    allowed = Allowed("string", pattern="(a|a)*b")
    assert judge(allowed, "a" * (MAX_TEXT + 1)) == (None, "pattern")


def test_digits_of_other_scripts_are_no_digits() -> None:
    allowed = tables.RESOURCE["service.version"]
    assert judge(allowed, "3.17") == ("3.17", None)
    assert judge(Allowed("string", pattern=r"\d+"), "\u0663") == (None, "pattern")
    assert judge(allowed, "\u0663.\u0661\u0667") == (None, "pattern")
