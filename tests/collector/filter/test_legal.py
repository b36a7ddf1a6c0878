"""Random records that the catalogue allows pass the Collector and the table unchanged."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from collector.wall import Wall, batch, record
from mlflow_usage.catalogue.tables import ATTRIBUTES, RESOURCE
from mlflow_usage.warehouse.rows import rows
from mlflow_usage.warehouse.schema import ATTRIBUTES as COLUMNS
from mlflow_usage.warehouse.schema import RESOURCE as RESOURCE_COLUMNS
from mlflow_usage.warehouse.tally import Tally
from support.strategies import records, resources


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.lists(records(), min_size=1, max_size=20), resources())
def test_legal_records_are_stored_unchanged(collector: Wall, drawn: list[tuple[str, dict[str, Any]]], resource: dict[str, Any]) -> None:
    before = collector.refused()
    stored = collector.send(batch(*(record(event, attributes) for event, attributes in drawn), resource=resource))
    assert collector.refused() == before
    assert stored.names == [event for event, _ in drawn]
    assert [_tuples(attributes) for attributes in stored.attributes] == [attributes for _, attributes in drawn]
    assert [_tuples(attributes) for attributes in stored.resources] == [resource]
    tally = Tally()
    (document,) = stored.documents
    found = rows(document, tally)
    assert (tally.read, dict(tally.refused), dict(tally.changed)) == (len(drawn), {}, {})
    wide = len(COLUMNS)
    for row, (event, attributes) in zip(found, drawn, strict=True):
        assert row[0] == event
        assert row[-wide:] == tuple(attributes.get(key) for key in COLUMNS)
        assert row[-wide - len(RESOURCE_COLUMNS) : -wide] == tuple(resource.get(key) for key in RESOURCE_COLUMNS)
    assert set(COLUMNS) == set(ATTRIBUTES)
    assert set(RESOURCE_COLUMNS) == set(RESOURCE)


def _tuples(attributes: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in attributes.items()}
