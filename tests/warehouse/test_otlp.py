"""A document as plain records; whatever has another form is None or counted."""

from __future__ import annotations

from typing import Any

import pytest

from mlflow_usage.warehouse.otlp import Group, Record, groups
from warehouse.building import RECEIVED, RESOURCE, document, record


def test_a_document_is_its_resource_and_its_records() -> None:
    sent = record(uid="u", happened=7, scorers=["safety", "correctness"], disable=True)
    attributes = {"mlflow.usage.count": 1, "mlflow.usage.store": "FileStore", "log.record.uid": "u"}
    more = {"mlflow.usage.scorers": ["safety", "correctness"], "mlflow.usage.disable": True}
    assert list(groups(document(sent))) == [Group(RESOURCE, [Record("mlflow.start_run", attributes | more, 7, RECEIVED)], 0)]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ({}, []),
        ({"resourceLogs": 5}, [Group(None, [], 1)]),
        ({"resourceLogs": [1, {}]}, [Group(None, [], 1), Group({}, [], 0)]),
        ({"resourceLogs": [{"resource": {"attributes": 5}, "scopeLogs": "x"}]}, [Group(None, [], 1)]),
        ({"resourceLogs": [{"scopeLogs": [{"logRecords": [7, {}]}, 7]}]}, [Group({}, [Record(None, {}, None, None)], 2)]),
    ],
)
def test_what_has_another_form_is_counted(content: dict[str, Any], expected: list[Group]) -> None:
    assert list(groups(content)) == expected


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ({"intValue": "-12"}, -12),
        ({"intValue": 12}, 12),
        ({"intValue": "1" * 20}, None),
        ({"intValue": "\u0663"}, None),
        ({"doubleValue": 1.5}, None),
        ({"arrayValue": {"values": [{"stringValue": "a"}, {"arrayValue": {}}]}}, ["a", None]),
        ({"arrayValue": {"values": 5}}, None),
        ("a", None),
        (None, None),
    ],
)
def test_a_value_is_plain_or_none(value: object, plain: object) -> None:
    (group,) = groups({"resourceLogs": [{"resource": {"attributes": [{"key": "k", "value": 0}, {"key": "k", "value": value}]}}]})
    assert group.resource == {"k": plain}
