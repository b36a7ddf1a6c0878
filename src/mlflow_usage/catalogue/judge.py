"""The judgement of a value and of a map of attributes, by what the catalogue allows.

Decides, for the client and the loader alike, what stays, what becomes a fallback, what is removed and what is refused. It must never
keep a value that the catalogue does not describe, and never call anything that a value defines itself.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final, Literal, TypeAlias

from mlflow_usage.namedtuple import NamedTuple

ValueType: TypeAlias = Literal["boolean", "enum", "enum[]", "int", "string"]
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


class Allowed(NamedTuple):
    """The values that one attribute may have."""

    kind: ValueType
    members: tuple[str, ...] = ()
    fallback: str | None = None
    minimum: int = 0
    maximum: int = 0
    pattern: str | None = None
    required: bool = False
    revision: int = 1


class EventShape(NamedTuple):
    """The attributes that an event may carry, and those it must."""

    attributes: tuple[str, ...]
    required: frozenset[str]


class Verdict(NamedTuple):
    """The attributes that stay, why others were changed or removed, and why the whole map is refused, if it is."""

    attributes: dict[str, Value]
    changed: tuple[Reason, ...]
    refused: Reason | None


@lru_cache(maxsize=64)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.ASCII)


def judge(allowed: Allowed, value: object) -> tuple[Value | None, Reason | None]:  # noqa: PLR0911  one return a type
    """Return the value that may stay, and the reason if it is not the one given.

    Exact types only: a subclass could lie about its own equality or text.
    """
    if allowed.kind == "boolean":
        return (value, None) if type(value) is bool else (None, "wrong_type")
    if allowed.kind == "int":
        if type(value) is not int:
            return None, "wrong_type"
        return (value, None) if allowed.minimum <= value <= allowed.maximum else (None, "out_of_bounds")
    if allowed.kind == "enum":
        return _member(allowed, value)
    if allowed.kind == "enum[]":
        return _members(allowed, value)
    if type(value) is not str or allowed.pattern is None:
        return None, "wrong_type"
    if len(value) > MAX_TEXT or _compiled(allowed.pattern).fullmatch(value) is None:
        return None, "pattern"
    return value, None


def _member(allowed: Allowed, value: object) -> tuple[str | None, Reason | None]:
    if type(value) is str and value in allowed.members:
        return value, None
    return allowed.fallback, "unknown_member" if type(value) is str else "wrong_type"


def _members(allowed: Allowed, value: object) -> tuple[tuple[str, ...] | None, Reason | None]:
    if not (type(value) is list or type(value) is tuple):  # `in` would ask the metaclass of a user's type for equality
        return None, "wrong_type"
    judged = [_member(allowed, item) for item in value]
    members = tuple(sorted({member for member, _ in judged if member is not None}))
    reason = next((reason for _, reason in judged if reason), None)
    return (members, reason) if members else (None, reason)


def judge_all(allowed: Mapping[str, Allowed], required: frozenset[str], given: Mapping[str, object]) -> Verdict:
    """Judge a map of attributes: `allowed` holds every key that it may have, `required` those that it must."""
    stays: dict[str, Value] = {}
    changed: list[Reason] = []
    for key, value in given.items():
        known = allowed.get(key)
        if known is None:
            changed.append("unknown_attribute")
            continue
        judged, reason = judge(known, value)
        if judged is not None:
            stays[key] = judged
        elif key in required or (known.kind == "enum" and known.fallback is None):
            return Verdict({}, tuple(changed), reason)
        if reason is not None:
            changed.append(reason)
    missing = any(key not in stays for key in required)
    return Verdict(stays, tuple(changed), "missing" if missing else None)
