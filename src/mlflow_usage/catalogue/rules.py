"""What the catalogue allows a value to be, and the judgement of a value, an attribute map and a record against it.

Decides, for the client and for the table alike, what stays, what becomes a fallback, what is removed and what is refused. It must
never keep a value that the catalogue does not describe, and never call anything that a value defines itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from mlflow_usage.namedtuple import NamedTuple

Kind: TypeAlias = Literal["boolean", "enum", "enum[]", "int", "string"]
Value: TypeAlias = "bool | int | str | tuple[str, ...]"
Reason: TypeAlias = Literal["unknown_event", "unknown_attribute", "unknown_member", "wrong_type", "out_of_bounds", "pattern", "missing"]

REASONS: Final[tuple[Reason, ...]] = (
    "unknown_event",
    "unknown_attribute",
    "unknown_member",
    "wrong_type",
    "out_of_bounds",
    "pattern",
    "missing",
)
MAX_TEXT: Final = 128  # characters; longer than any value of the catalogue, so that no expression ever runs over a long text


class Rule(NamedTuple):
    """What one attribute may be."""

    kind: Kind
    members: tuple[str, ...] = ()
    fallback: str | None = None
    minimum: int = 0
    maximum: int = 0
    pattern: str | None = None
    required: bool = False
    revision: int = 1


class EventRow(NamedTuple):
    """The attributes that an event may carry, and those it must."""

    attributes: tuple[str, ...]
    required: frozenset[str]


class Verdict(NamedTuple):
    """What is left of an attribute map, why parts of it were changed or removed, and why all of it is refused, if it is."""

    attributes: dict[str, Value]
    changed: tuple[Reason, ...]
    refused: Reason | None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def judge(rule: Rule, value: object) -> tuple[Value | None, Reason | None]:  # noqa: PLR0911  one return a kind
    """The value that may stay and the reason if it is not the one given.

    Exact types only: a subclass could lie about its own equality or text.
    """
    if rule.kind == "boolean":
        return (value, None) if type(value) is bool else (None, "wrong_type")
    if rule.kind == "int":
        if type(value) is not int:
            return None, "wrong_type"
        return (value, None) if rule.minimum <= value <= rule.maximum else (None, "out_of_bounds")
    if rule.kind == "enum":
        return _member(rule, value)
    if rule.kind == "enum[]":
        return _members(rule, value)
    if type(value) is not str or rule.pattern is None:
        return None, "wrong_type"
    if len(value) > MAX_TEXT or _compiled(rule.pattern).fullmatch(value) is None:
        return None, "pattern"
    return value, None


def _member(rule: Rule, value: object) -> tuple[str | None, Reason | None]:
    if type(value) is str and value in rule.members:
        return value, None
    return rule.fallback, "unknown_member" if type(value) is str else "wrong_type"


def _members(rule: Rule, value: object) -> tuple[tuple[str, ...] | None, Reason | None]:
    if not (type(value) is list or type(value) is tuple):  # `in` would ask a metaclass of the user's for equality
        return None, "wrong_type"
    judged = [_member(rule, item) for item in value]
    kept = tuple(sorted({member for member, _ in judged if member is not None}))
    reason = next((reason for _, reason in judged if reason), None)
    return (kept, reason) if kept else (None, reason)


def check(rules: Mapping[str, Rule], required: frozenset[str], given: Mapping[str, object]) -> Verdict:
    """Judge an attribute map: `rules` are all that it may hold, `required` what it must."""
    kept: dict[str, Value] = {}
    changed: list[Reason] = []
    for key, value in given.items():
        rule = rules.get(key)
        if rule is None:
            changed.append("unknown_attribute")
            continue
        judged, reason = judge(rule, value)
        if judged is not None:
            kept[key] = judged
        elif key in required or (rule.kind == "enum" and rule.fallback is None):
            return Verdict({}, tuple(changed), reason)
        if reason is not None:
            changed.append(reason)
    missing = any(key not in kept for key in required)
    return Verdict(kept, tuple(changed), "missing" if missing else None)
