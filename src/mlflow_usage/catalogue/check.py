"""The catalogue's judgement of whole records and resources, by the generated tables.

Decides nothing by itself: it binds `rules.check` to `tables`. It must never be told what is allowed by its caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.rules import EventRow, Rule, Value, Verdict, check

RESOURCE_REQUIRED: Final = frozenset(key for key, rule in tables.RESOURCE.items() if rule.required)


@lru_cache(maxsize=1024)
def _rules(attributes: tuple[str, ...], *, pending: bool = False) -> dict[str, Rule]:
    known = tables.ATTRIBUTES | tables.PENDING_ATTRIBUTES if pending else tables.ATTRIBUTES
    return {key: known[key] for key in attributes}


def _row(event: object, *, pending: bool) -> EventRow | None:
    if type(event) is not str:
        return None
    return (tables.PENDING_EVENTS.get(event) if pending else None) or tables.EVENTS.get(event)


def check_record(event: object, attributes: Mapping[str, object], *, pending: bool = False) -> Verdict:
    """What of a record may stay. An event that the catalogue does not name is refused whole.

    `pending`: what is under review may stay too; only where the record was made under that condition.
    """
    row = _row(event, pending=pending)
    if row is None:
        return Verdict({}, (), "unknown_event")
    return check(_rules(row.attributes, pending=pending), row.required, attributes)


def check_resource(attributes: Mapping[str, object], *, pending: bool = False) -> Verdict:
    """What of a resource may stay."""
    rules = tables.RESOURCE | tables.PENDING_RESOURCE if pending else tables.RESOURCE
    return check(rules, RESOURCE_REQUIRED, attributes)


def reviewed(event: str, attributes: Mapping[str, object]) -> dict[str, Value]:
    """What of a call's attributes is not under review."""
    row = tables.EVENTS[event]
    return check(_rules(row.attributes), frozenset(), attributes).attributes
