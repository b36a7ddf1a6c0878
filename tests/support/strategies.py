"""What the catalogue allows and what it does not, as strategies; both come from its generated tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from mlflow_usage.catalogue.rules import Rule
from mlflow_usage.catalogue.tables import ATTRIBUTES, EVENTS, RESOURCE

Attributes = dict[str, Any]


def legal(rule: Rule) -> st.SearchStrategy[Any]:
    """Values that stay as they are."""
    if rule.kind == "boolean":
        return st.booleans()
    if rule.kind == "int":
        return st.integers(rule.minimum, rule.maximum)
    if rule.kind == "enum":
        return st.sampled_from(rule.members)
    if rule.kind == "enum[]":
        return st.sets(st.sampled_from(rule.members), min_size=1).map(lambda members: tuple(sorted(members)))
    assert rule.pattern is not None
    return st.from_regex(rule.pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))


def foreign(rule: Rule) -> st.SearchStrategy[Any]:
    """Values that do not stay, of the right type and of any other."""
    other: list[st.SearchStrategy[Any]] = [st.text().filter(lambda text: text not in rule.members), st.binary(), st.none(), st.floats()]
    if rule.kind == "string":
        other[0] = st.text() | legal(rule).map(lambda text: f"{text}\n") | legal(rule).map(lambda text: f"acme{text}")
        other[0] = other[0].filter(lambda text: not _matches(rule, text))
    if rule.kind == "int":
        other.append(st.integers(max_value=rule.minimum - 1) | st.integers(min_value=rule.maximum + 1))
    if rule.kind == "enum[]":
        other.append(st.lists(st.text(), min_size=1).filter(lambda items: not set(items) <= set(rule.members)))
    if rule.kind != "boolean":
        other.append(st.booleans())
    return st.one_of(other)


def _matches(rule: Rule, text: str) -> bool:
    import re

    return re.fullmatch(rule.pattern or "", text, re.ASCII) is not None


@st.composite
def records(draw: st.DrawFn) -> tuple[str, Attributes]:
    """An event and attributes that it may carry, all that it must among them."""
    event = draw(st.sampled_from(sorted(EVENTS)) | st.sampled_from(["mlflow.log_model", "mlflow.autolog", "mlflow.genai.evaluate"]))
    row = EVENTS[event]
    return event, draw(_some({key: ATTRIBUTES[key] for key in row.attributes}, row.required))


def resources() -> st.SearchStrategy[Attributes]:
    """A resource with all that it must say and some that it may."""
    return _some(RESOURCE, frozenset(key for key, rule in RESOURCE.items() if rule.required))


def _some(rules: Mapping[str, Rule], required: frozenset[str]) -> st.SearchStrategy[Attributes]:
    strategies = {key: legal(rule) for key, rule in rules.items()}
    optional = {key: strategy for key, strategy in strategies.items() if key not in required}
    return st.fixed_dictionaries({key: strategies[key] for key in sorted(required)}, optional=optional)
