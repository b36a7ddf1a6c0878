"""The judgement of whole records and resources, by the generated tables.

Decides nothing by itself: it gives `judge` the tables' entries. It must never let its caller say what is allowed.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.judge import Allowed, EventShape, Value, Verdict, judge_all

RESOURCE_REQUIRED: Final = frozenset(key for key, allowed in tables.RESOURCE.items() if allowed.required)


@lru_cache(maxsize=1024)
def _allowed(attributes: tuple[str, ...], *, pending: bool = False) -> dict[str, Allowed]:
    known = tables.ATTRIBUTES | tables.PENDING_ATTRIBUTES if pending else tables.ATTRIBUTES
    return {key: known[key] for key in attributes}


def _shape(event: object, *, pending: bool) -> EventShape | None:
    if type(event) is not str:
        return None
    return (tables.PENDING_EVENTS.get(event) if pending else None) or tables.EVENTS.get(event)


def check_record(event: object, attributes: Mapping[str, object], *, pending: bool = False) -> Verdict:
    """Judge a record. An event that the catalogue does not name is refused whole.

    `pending`: elements under review may stay too; only where the record was made under that condition.
    """
    shape = _shape(event, pending=pending)
    if shape is None:
        return Verdict({}, (), "unknown_event")
    return judge_all(_allowed(shape.attributes, pending=pending), shape.required, attributes)


def check_resource(attributes: Mapping[str, object], *, pending: bool = False) -> Verdict:
    """Judge a resource."""
    known = tables.RESOURCE | tables.PENDING_RESOURCE if pending else tables.RESOURCE
    return judge_all(known, RESOURCE_REQUIRED, attributes)


def reviewed(event: str, attributes: Mapping[str, object]) -> dict[str, Value]:
    """Return a call's attributes without those that are under review."""
    shape = tables.EVENTS[event]
    return judge_all(_allowed(shape.attributes), frozenset(), attributes).attributes
