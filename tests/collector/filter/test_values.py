"""Any value in any place, compared with a second judgement that reads nothing but the catalogue."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

from collector.wall import BASE, CANARY, NOTHING, RESOURCE, Wall, batch, record, sample, value
from mlflow_usage.catalogue.build.model import Attribute, Catalogue

# Whatever a client may put where the catalogue wants something else.
ODD: dict[str, Any] = {
    "string": CANARY,
    "a member of some enumerations": "other",
    "empty string": "",
    "long string": CANARY * 1000,
    "line break": f"success\n{CANARY}",
    "number in a string": "7",
    "zero": 0,
    "negative": -1,
    "greatest integer": 2**63 - 1,
    "least integer": -(2**63),
    "double": 3.1,
    "NaN": math.nan,
    "infinity": math.inf,
    "true": True,
    "bytes": CANARY.encode(),
    "bytes that are no text": b"\xff\x00\xfe",
    "list": [CANARY, 1, 2.5, True, b"\x00"],
    "empty list": [],
    "list with NaN": [math.nan, CANARY],
    "list with nothing in it": [NOTHING],
    "nested list": [[[CANARY]], {CANARY: [CANARY]}],
    "map": {CANARY: CANARY, "nested": {"list": [math.inf, {CANARY: math.nan}]}},
    "empty map": {},
    "nothing": NOTHING,
    "index into a dictionary that logs do not have": AnyValue.FromString(b"\x40\x07"),
}


class Refused(Exception):  # noqa: N818  an answer, not an error
    """The record is not stored."""


def judged(attribute: Attribute, content: Any, *, required: bool) -> Any:
    """Return what the catalogue makes of a value, by its text alone; None is a removed attribute."""
    if attribute.kind == "enum" and isinstance(content, str):
        found = content if content in attribute.members else attribute.fallback
        required = True
    elif attribute.kind == "enum[]" and isinstance(content, list) and len(content) <= len(attribute.members):
        known = {item for item in content if isinstance(item, str) and item in attribute.members}
        strangers = any(not isinstance(item, str) or item not in attribute.members for item in content)
        return sorted(known | {attribute.fallback} if strangers else known) or None
    else:
        right = {
            "boolean": isinstance(content, bool),
            "int": isinstance(content, int) and not isinstance(content, bool),
            "string": isinstance(content, str),
        }
        found = content if right.get(attribute.kind) and _within(attribute, content) else None
    if found is None and required:
        raise Refused
    return found


def _within(attribute: Attribute, content: Any) -> bool:
    if attribute.kind == "int":
        return bool((attribute.minimum or 0) <= content <= (attribute.maximum or 0))
    return attribute.pattern is None or re.fullmatch(attribute.pattern, content) is not None


def expected(attribute: Attribute, content: Any, rest: dict[str, Any], *, required: bool) -> list[dict[str, Any]]:
    """Return the attributes that are stored where the rest is legal."""
    try:
        kept = judged(attribute, content, required=required)
    except Refused:
        return []
    return [rest if kept is None else rest | {attribute.id: kept}]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_any_value_of_any_attribute_becomes_what_the_catalogue_says_and_never_an_error(
    collector: Wall, catalogue: Catalogue, odd: Any
) -> None:
    for attribute in catalogue.resource:
        rest = {key: content for key, content in RESOURCE.items() if key != attribute.id}
        stored = collector.send(batch(resource=rest | {attribute.id: odd}))
        assert stored.resources == expected(attribute, odd, rest, required=attribute.required), attribute.id
    for event in {event.attributes: event for event in catalogue.events}.values():
        needed = BASE | {key: sample(catalogue.attributes[key]) for key in event.required if key not in BASE}
        for key in event.attributes:
            rest = {name: content for name, content in needed.items() if name != key}
            stored = collector.send(batch(record(event.name, rest | {key: odd})))
            assert stored.attributes == expected(catalogue.attributes[key], odd, rest, required=key in event.required), (event.name, key)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD.keys())
def test_odd_values_everywhere_at_once_are_no_error(collector: Wall, catalogue: Catalogue, odd: Any) -> None:
    for event in {event.attributes: event for event in catalogue.events}.values():
        collector.send(batch(record(event.name, dict.fromkeys(catalogue.attributes, odd), body=value(odd))))
    everywhere = batch(record(body=value(odd)), resource=dict.fromkeys(RESOURCE, odd))
    everywhere.scope_logs[0].scope.attributes.add(key="x", value=value(odd))
    collector.send(everywhere)
