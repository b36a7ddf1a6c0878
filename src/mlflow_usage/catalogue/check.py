"""The catalogue's judgement of whole records and resources, by the generated tables.

Decides nothing by itself: it binds `rules.check` to `tables`. It must never be told what is allowed by its caller.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.rules import Rule, Verdict, check

RESOURCE_REQUIRED: Final = frozenset(key for key, rule in tables.RESOURCE.items() if rule.required)


@lru_cache(maxsize=1024)
def _rules(attributes: tuple[str, ...]) -> dict[str, Rule]:
    return {key: tables.ATTRIBUTES[key] for key in attributes}


def check_record(event: object, attributes: Mapping[str, object]) -> Verdict:
    """What of a record may stay. An event that the catalogue does not name is refused whole."""
    row = tables.EVENTS.get(event) if type(event) is str else None
    if row is None:
        return Verdict({}, (), "unknown_event")
    return check(_rules(row.attributes), row.required, attributes)


def check_resource(attributes: Mapping[str, object]) -> Verdict:
    """What of a resource may stay."""
    return check(tables.RESOURCE, RESOURCE_REQUIRED, attributes)
