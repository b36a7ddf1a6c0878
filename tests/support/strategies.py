"""Values, records and resources that the catalogue allows, and those that it does not; all come from its generated tables."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from mlflow_usage.catalogue.judge import Allowed
from mlflow_usage.catalogue.tables import ATTRIBUTES, EVENTS, RESOURCE

Attributes = dict[str, Any]


def legal(allowed: Allowed) -> st.SearchStrategy[Any]:
    """Values that stay as they are."""
    if allowed.kind == "boolean":
        return st.booleans()
    if allowed.kind == "int":
        return st.integers(allowed.minimum, allowed.maximum)
    if allowed.kind == "enum":
        return st.sampled_from(allowed.members)
    if allowed.kind == "enum[]":
        return st.sets(st.sampled_from(allowed.members), min_size=1).map(lambda members: tuple(sorted(members)))
    assert allowed.pattern is not None
    return st.from_regex(allowed.pattern, fullmatch=True, alphabet=st.characters(codec="ascii"))


def foreign(allowed: Allowed) -> st.SearchStrategy[Any]:
    """Values that do not stay, of the right type and of any other."""
    other: list[st.SearchStrategy[Any]] = [st.text().filter(lambda text: text not in allowed.members), st.binary(), st.none(), st.floats()]
    if allowed.kind == "string":
        other[0] = st.text() | legal(allowed).map(lambda text: f"{text}\n") | legal(allowed).map(lambda text: f"acme{text}")
        other[0] = other[0].filter(lambda text: not _matches(allowed, text))
    if allowed.kind == "int":
        other.append(st.integers(max_value=allowed.minimum - 1) | st.integers(min_value=allowed.maximum + 1))
    if allowed.kind == "enum[]":
        other.append(st.lists(st.text(), min_size=1).filter(lambda items: not set(items) <= set(allowed.members)))
    if allowed.kind != "boolean":
        other.append(st.booleans())
    return st.one_of(other)


def _matches(allowed: Allowed, text: str) -> bool:
    return re.fullmatch(allowed.pattern or "", text, re.ASCII) is not None


@st.composite
def records(draw: st.DrawFn) -> tuple[str, Attributes]:
    """An event and attributes that it may carry, all that it must among them."""
    event = draw(st.sampled_from(sorted(EVENTS)) | st.sampled_from(["mlflow.log_model", "mlflow.autolog", "mlflow.genai.evaluate"]))
    shape = EVENTS[event]
    return event, draw(_some({key: ATTRIBUTES[key] for key in shape.attributes}, shape.required))


def resources() -> st.SearchStrategy[Attributes]:
    """A resource with all that it must say and some that it may."""
    return _some(RESOURCE, frozenset(key for key, allowed in RESOURCE.items() if allowed.required))


def _some(known: Mapping[str, Allowed], required: frozenset[str]) -> st.SearchStrategy[Attributes]:
    strategies = {key: legal(allowed) for key, allowed in known.items()}
    optional = {key: strategy for key, strategy in strategies.items() if key not in required}
    return st.fixed_dictionaries({key: strategies[key] for key in sorted(required)}, optional=optional)


def described(allowed: Allowed, value: object) -> bool:
    """Whether the catalogue describes a value, decided in another way than the code under test does."""
    if allowed.kind == "boolean":
        return value is True or value is False
    if allowed.kind == "int":
        return type(value) is int and value in range(allowed.minimum, allowed.maximum + 1)
    if allowed.kind == "enum":
        return type(value) is str and value in allowed.members
    if allowed.kind == "enum[]":
        return type(value) is tuple and len(value) > 0 and list(value) == sorted(set(value)) and set(value) <= set(allowed.members)
    return type(value) is str and re.fullmatch(str(allowed.pattern), value, re.ASCII) is not None


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.sampled_from(sorted({member for allowed in (*RESOURCE.values(), *ATTRIBUTES.values()) for member in allowed.members}))
)


ANYTHING = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=4) | st.tuples(inner) | st.dictionaries(st.text(), inner, max_size=3)
)
