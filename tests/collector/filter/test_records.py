"""The filter on records: events, attributes, counts."""

from __future__ import annotations

import math
import time
from typing import Any

import pytest

from collector.wall import BASE, BATCH, CALLED, CANARY, HOUR, NOTHING, RESOURCE, Wall, batch, record, sample
from mlflow_usage.catalogue.build.model import Catalogue

EVALUATE = "mlflow.genai.evaluate"


def test_a_record_is_stored_as_it_was_sent_with_its_hour_and_the_receipt(collector: Wall) -> None:
    before = time.time_ns()
    stored = collector.send(batch(record(attributes=BASE | {"mlflow.usage.store": "FileStore"})))
    (document,) = stored.documents
    (entry,) = stored.records
    observed = int(entry.pop("observedTimeUnixNano"))
    assert before <= observed <= time.time_ns()
    assert stored.resources == [RESOURCE]
    assert stored.attributes == [BASE | {"mlflow.usage.store": "FileStore"}]
    del entry["attributes"], document["resourceLogs"][0]["resource"]
    assert document == {
        "resourceLogs": [
            {
                "scopeLogs": [
                    {
                        "scope": {"name": "mlflow.usage"},
                        "logRecords": [
                            {
                                "timeUnixNano": str(CALLED // HOUR * HOUR),
                                "severityNumber": 9,
                                "body": {},
                                "eventName": "mlflow.start_run",
                            }
                        ],
                    }
                ]
            }
        ]
    }


def test_every_event_passes_with_everything_that_it_may_carry(collector: Wall, catalogue: Catalogue) -> None:
    sent = {event.name: {key: sample(catalogue.attributes[key]) for key in event.attributes} for event in catalogue.events}
    resource = {attribute.id: sample(attribute) for attribute in catalogue.resource}
    stored = collector.send(batch(*(record(name, attributes) for name, attributes in sent.items()), resource=resource))
    assert dict(zip(stored.names, stored.attributes, strict=True)) == sent
    assert stored.resources == [resource]


def test_every_member_of_every_enumeration_passes(collector: Wall, catalogue: Catalogue) -> None:
    for key, attribute in catalogue.attributes.items():
        if attribute.kind == "enum":
            event = next(event for event in catalogue.events if key in event.attributes)
            needed = {name: sample(catalogue.attributes[name]) for name in event.required}
            stored = collector.send(batch(*(record(event.name, needed | {key: member}) for member in attribute.members)))
            assert [attributes[key] for attributes in stored.attributes] == list(attribute.members)


def test_an_attribute_that_the_event_does_not_have_is_removed(collector: Wall, catalogue: Catalogue) -> None:
    everything = {key: sample(attribute) for key, attribute in catalogue.attributes.items()} | {CANARY: CANARY, "user.email": CANARY}
    for event in catalogue.events:
        stored = collector.send(batch(record(event.name, everything)))
        assert [set(attributes) for attributes in stored.attributes] == [set(event.attributes)]


@pytest.mark.parametrize(
    "name",
    [
        "",
        CANARY,
        f"mlflow.{CANARY}",
        "start_run",
        "mlflow.start_run2",
        "mlflow.start_run\n",
        " mlflow.start_run",
        "MLFLOW.START_RUN",
        "mlflow_start_run",
        "mlflow.start_run|mlflow.log_model",
    ],
)
def test_an_event_that_the_catalogue_does_not_name_is_refused_and_counted(collector: Wall, name: str) -> None:
    before = collector.refused()
    stored = collector.send(batch(record(name), record()))
    assert stored.names == ["mlflow.start_run"]
    assert collector.refused() == before + 1


@pytest.mark.parametrize(
    ("name", "key", "sent", "kept"),
    [
        ("mlflow.autolog", "mlflow.usage.flavor", CANARY, "custom_flavor"),
        ("mlflow.autolog", "mlflow.usage.flavor", "sklearn2", "custom_flavor"),
        ("mlflow.autolog", "mlflow.usage.flavor", 7, None),
        (EVALUATE, "mlflow.usage.predict_fn", False, False),
        (EVALUATE, "mlflow.usage.predict_fn", "true", None),
        ("mlflow.autolog", "mlflow.usage.disable", 1, None),
        ("mlflow.start_run", "mlflow.usage.store", CANARY, "custom_store"),
        ("mlflow.start_run", "mlflow.usage.store", True, None),
        ("mlflow.start_run", "mlflow.usage.store", b"FileStore", None),
    ],
)
def test_an_unknown_member_becomes_the_fallback_and_a_wrong_type_is_removed(
    collector: Wall, name: str, key: str, sent: Any, kept: Any
) -> None:
    stored = collector.send(batch(record(name, BASE | {key: sent})))
    assert stored.attributes == [BASE if kept is None else BASE | {key: kept}]


def test_an_unknown_member_without_a_fallback_refuses_the_record(collector: Wall) -> None:
    for status, count in (("success", 1), (CANARY, 0)):
        stored = collector.send(batch(record(EVALUATE, BASE | {"mlflow.usage.status": status})))
        assert len(stored.records) == count


@pytest.mark.parametrize(
    ("name", "key", "good", "bad"),
    [("mlflow.usage.dropped", "mlflow.usage.reason", "size", CANARY), ("mlflow.log_model", "mlflow.usage.flavor", "sklearn", 7)],
)
def test_a_record_without_what_its_event_needs_is_refused(collector: Wall, name: str, key: str, good: str, bad: Any) -> None:
    for content, count in ((good, 1), (bad, 0), (None, 0), (NOTHING, 0), ([good], 0)):
        assert len(collector.send(batch(record(name, BASE | {key: content}))).records) == count


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["safety"], ["safety"]),
        (["safety", "correctness"], ["correctness", "safety"]),
        (["safety", "safety"], ["safety"]),
        (["safety", CANARY], ["custom_scorer", "safety"]),
        ([CANARY], ["custom_scorer"]),
        (['safety","correctness'], ["custom_scorer"]),
        (["safety", 7], ["custom_scorer", "safety"]),
        ([["safety"]], ["custom_scorer"]),
        ([{"safety": "safety"}], ["custom_scorer"]),
        ([math.nan, "safety"], ["custom_scorer", "safety"]),
        ([NOTHING], ["custom_scorer"]),
        ([b"safety"], ["custom_scorer"]),
        ([], None),
        ("safety", None),
        ({"safety": True}, None),
        ([CANARY] * 10_000, None),
    ],
)
def test_scorers_are_a_sorted_set_of_known_names(collector: Wall, sent: Any, kept: list[str] | None) -> None:
    stored = collector.send(batch(record(EVALUATE, BASE | {"mlflow.usage.scorers": sent})))
    assert stored.attributes == [BASE if kept is None else BASE | {"mlflow.usage.scorers": kept}]


@pytest.mark.parametrize("count", [0, -1, 10_000_001, 2**63 - 1, -(2**63), 1.0, "1", True, [1], NOTHING, None])
def test_a_count_that_is_none_refuses_the_record(collector: Wall, count: Any) -> None:
    assert collector.send(batch(record(attributes=BASE | {"mlflow.usage.count": count}))).records == []


@pytest.mark.parametrize(
    "uid", [CANARY, BATCH, f"{BATCH}-", f"{BATCH}-12345", f"{BATCH}-1\n", f"x{BATCH}-1", BATCH.upper() + "-1", 7, [BATCH], None]
)
def test_a_uid_that_is_none_refuses_the_record(collector: Wall, uid: Any) -> None:
    assert collector.send(batch(record(attributes=BASE | {"log.record.uid": uid}))).records == []
