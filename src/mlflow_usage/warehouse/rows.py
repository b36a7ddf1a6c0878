"""The rows of the table that a document makes, and the tally of what it refuses.

Decides how a judged record becomes a row; the catalogue decides what of it stays. It must never pass on a value that `catalogue.check`
did not return.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.check import check_record, check_resource
from mlflow_usage.catalogue.judge import judge
from mlflow_usage.warehouse import schema
from mlflow_usage.warehouse.otlp import Group, groups
from mlflow_usage.warehouse.tally import UNKNOWN, Tally
from mlflow_usage.warehouse.times import times

REVISION_KEY: Final = "mlflow.usage.catalogue"
INSTALLATION_KEY: Final = "app.installation.id"
RESOURCE_KEYS: Final = tuple(schema.RESOURCE)
ATTRIBUTE_KEYS: Final = tuple(schema.ATTRIBUTES)

Row: TypeAlias = tuple[object, ...]  # the values of `schema.COLUMNS`, in their order


def rows(document: Mapping[str, object], tally: Tally) -> list[Row]:
    """Return the rows of a document; count in `tally` everything that does not become one."""
    return [row for group in groups(document) for row in _judged(group, tally)]


def _judged(group: Group, tally: Tally) -> Iterator[Row]:
    revision = _revision(group.resource)
    for _ in range(group.malformed):
        tally.refuse(revision, "malformed")
    verdict = check_resource(group.resource) if group.resource is not None else None
    if verdict is None or verdict.refused:
        for _ in group.records:
            tally.refuse(revision, str(verdict.refused) if verdict else "malformed")
        return
    for reason in verdict.changed:
        tally.changed[revision, reason] += len(group.records)
    bucket = str(verdict.attributes[INSTALLATION_KEY])[:2]
    resource = tuple(map(verdict.attributes.get, RESOURCE_KEYS))
    for record in group.records:
        if record.attributes is None:
            tally.refuse(revision, "malformed")
            continue
        dated = times(record.happened, record.received)
        if dated is None:
            tally.refuse(revision, "received_time")
            continue
        judged = check_record(record.event, record.attributes)
        if judged.refused:
            tally.refuse(revision, judged.refused)
            continue
        tally.read += 1
        for reason in judged.changed:
            tally.changed[revision, reason] += 1
        yield (record.event, *dated, bucket, *resource, *map(judged.attributes.get, ATTRIBUTE_KEYS))


def _revision(resource: Mapping[str, object] | None) -> int:
    value, _ = judge(tables.RESOURCE[REVISION_KEY], (resource or {}).get(REVISION_KEY))
    return value if isinstance(value, int) else UNKNOWN
