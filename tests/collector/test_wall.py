from __future__ import annotations

import gzip
import json
import math
import re
import time
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, EntityRef

from collector.wall import BASE, BATCH, CALLED, CANARY, HOUR, NOTHING, RESOURCE, Wall, batch, record, request, value
from mlflow_usage.catalogue.build.model import Attribute, Catalogue, load

REQUIRED = ("service.name", "service.version", "session.id", "app.installation.id", "mlflow.usage.catalogue")
EVALUATE = "mlflow.genai.evaluate"
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


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def sample(attribute: Attribute) -> Any:
    """A value that the catalogue allows."""
    if attribute.kind == "boolean":
        return True
    if attribute.kind == "int":
        return attribute.maximum
    if attribute.kind == "enum":
        return attribute.members[0]
    if attribute.kind == "enum[]":
        return sorted(attribute.members)
    return attribute.examples[0]


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


@pytest.mark.parametrize("key", REQUIRED)
def test_a_resource_without_what_it_needs_is_refused_with_all_its_records(collector: Wall, key: str) -> None:
    for content in (None, CANARY, NOTHING, [RESOURCE[key]], {"a": RESOURCE[key]}, 0, 3.1, True, b"mlflow", math.nan):
        stored = collector.send(batch(record(), record(), resource=RESOURCE | {key: content}), batch(record("mlflow.end_run")))
        assert stored.names == ["mlflow.end_run"]


@pytest.mark.parametrize(
    ("key", "sent", "kept"),
    [
        ("os.type", "BeOS", "other"),
        ("os.type", 7, None),
        ("host.arch", CANARY, "other"),
        ("process.runtime.name", CANARY, "other"),
        ("process.runtime.version", "3.11.7+alice-canary", None),
        ("process.runtime.version", 3.1, None),
        ("os.version", CANARY, None),
        ("telemetry.sdk.version", CANARY, None),
        ("telemetry.sdk.name", 7, None),
        ("telemetry.sdk.language", [CANARY], None),
        ("telemetry.distro.name", True, None),
        ("host.name", CANARY, None),
        (CANARY, "x", None),
    ],
)
def test_what_a_resource_may_do_without_is_put_right_or_removed(collector: Wall, key: str, sent: Any, kept: Any) -> None:
    stored = collector.send(batch(resource=RESOURCE | {key: sent}))
    rest = {name: content for name, content in RESOURCE.items() if name != key}
    assert stored.resources == [rest if kept is None else rest | {key: kept}]


@pytest.mark.parametrize("key", ["telemetry.sdk.name", "telemetry.sdk.language", "telemetry.distro.name"])
def test_an_unknown_member_of_a_resource_without_a_fallback_refuses_it(collector: Wall, key: str) -> None:
    assert collector.send(batch(resource=RESOURCE | {key: CANARY})).records == []


@pytest.mark.parametrize("version", ["3.17.2", "3.17.2rc1", "2.22.0"])
def test_a_public_version_passes(collector: Wall, version: str) -> None:
    (resource,) = collector.send(batch(resource=RESOURCE | {"service.version": version})).resources
    assert resource["service.version"] == version


@pytest.mark.parametrize("version", ["3.17.2+alice-canary", "3.17.2.dev0", "3.17.2-alice-canary", "v3.17.2", "3", "3.17.2\n"])
def test_no_other_version_does(collector: Wall, version: str) -> None:
    assert collector.send(batch(resource=RESOURCE | {"service.version": version})).records == []


def test_a_resource_with_nothing_and_a_request_with_nothing_are_accepted(collector: Wall) -> None:
    for batches in ([], [batch(resource={})], [batch(record("", {}), resource={})]):
        assert collector.send(*batches).text == ""


def test_a_repeated_key_hides_nothing(collector: Wall) -> None:
    store = "mlflow.usage.store"
    twice = [*BASE.items(), (store, "FileStore"), (store, CANARY), ("mlflow.usage.count", CANARY), ("mlflow.usage.count", 3)]
    stored = collector.send(batch(record(attributes=twice), resource=[("os.type", CANARY), *RESOURCE.items(), ("os.type", CANARY)]))
    assert stored.attributes == [BASE | {store: "custom_store"}]
    assert stored.resources == [RESOURCE | {"os.type": "other"}]
    stored = collector.send(batch(resource=[*RESOURCE.items(), ("app.installation.id", CANARY)]))
    assert stored.records == []


def test_many_repeated_keys_cost_no_time(collector: Wall) -> None:
    many = [(f"k{i}", i) for i in range(60_000)] + [("mlflow.usage.count", 3)] * 1_000 + list(BASE.items())
    began = time.monotonic()
    stored = collector.send(batch(record(attributes=many)))
    assert time.monotonic() - began < 4
    assert stored.attributes == [BASE]


def test_no_other_field_carries_anything(collector: Wall) -> None:
    free = record(
        severity_text=CANARY,
        severity_number=17,
        body=value({CANARY: CANARY}),
        trace_id=b"alice-canary-123",
        span_id=b"alice-ca",
        flags=0x616C,
        dropped_attributes_count=424242,
    )
    sent = batch(free)
    sent.schema_url = CANARY
    sent.resource.dropped_attributes_count = 424242
    sent.resource.entity_refs.append(EntityRef(schema_url=CANARY, type=CANARY, id_keys=[CANARY], description_keys=[CANARY]))
    sent.scope_logs[0].schema_url = CANARY
    sent.scope_logs[0].scope.name = CANARY
    sent.scope_logs[0].scope.version = CANARY
    sent.scope_logs[0].scope.dropped_attributes_count = 424242
    sent.scope_logs[0].scope.attributes.add(key=CANARY, value=value(CANARY))
    stored = collector.send(sent)
    (document,) = stored.documents
    (entry,) = stored.records
    assert set(document["resourceLogs"][0]) == {"resource", "scopeLogs"}
    assert set(document["resourceLogs"][0]["resource"]) == {"attributes"}
    assert document["resourceLogs"][0]["scopeLogs"][0]["scope"] == {"name": "mlflow.usage"}
    assert entry["body"] == {"stringValue": ""}
    assert entry["severityNumber"] == 9
    assert not {"flags", "traceId", "spanId", "severityText", "droppedAttributesCount"} & set(entry)
    for trace in (b"alice-canary-123".hex(), "424242", "24940"):
        assert trace not in stored.text


def test_fields_that_the_protocol_does_not_have_any_more_or_yet_carry_nothing(collector: Wall) -> None:
    sent = batch()
    scope = sent.scope_logs[0].SerializeToString()
    old = b"\xc2\x3e" + _length(scope) + scope  # field 1000
    unknown = b"\xa2\x06\x0c" + CANARY.encode()  # field 100
    body = sent.SerializeToString() + old + unknown
    stored = collector.post(b"\x0a" + _length(body) + body)
    assert stored.status == 200
    assert CANARY not in stored.text
    assert len(stored.records) == 1


def _length(content: bytes) -> bytes:
    length, encoded = len(content), b""
    while length > 0x7F:
        encoded, length = encoded + bytes([length & 0x7F | 0x80]), length >> 7
    return encoded + bytes([length])


@pytest.mark.parametrize("moment", [0, 1, 2**63 - 1, 2**63, 2**64 - 1, CALLED])
def test_any_time_is_cut_to_its_hour(collector: Wall, moment: int) -> None:
    (entry,) = collector.send(batch(record(time_unix_nano=moment, observed_time_unix_nano=moment))).records
    assert abs(int(entry["observedTimeUnixNano"]) - time.time_ns()) < HOUR
    kept = int(entry.get("timeUnixNano", 0))
    if moment < 2**63:
        assert kept == moment // HOUR * HOUR


class Refused(Exception):  # noqa: N818  an answer, not an error
    """The record is not stored."""


def judged(attribute: Attribute, content: Any, *, required: bool) -> Any:
    """What the catalogue makes of a value, told by its words alone; None is a removed attribute."""
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
    """The attributes that are stored when the rest is as it should be."""
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


def test_json_passes_the_same_wall(collector: Wall) -> None:
    sent = batch(record(attributes=BASE | {"mlflow.usage.store": CANARY, CANARY: CANARY}, body=value(CANARY)))
    sent.resource.entity_refs.append(EntityRef(type=CANARY))
    document = MessageToDict(ExportLogsServiceRequest(resource_logs=[sent]))
    stored = collector.post(json.dumps(document).encode(), kind="application/json")
    assert stored.status == 200
    assert CANARY not in stored.text
    assert stored.attributes == [BASE | {"mlflow.usage.store": "custom_store"}]


def test_gzip_is_accepted_and_counted_by_its_content(collector: Wall) -> None:
    assert len(collector.post(gzip.compress(request(batch())), encoding="gzip").records) == 1
    assert collector.post(gzip.compress(b"\0" * 50_000_000), encoding="gzip").status == 400


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"body": b"\xff\xff\xff"}, 400),
        ({"body": b"hi", "kind": "text/plain"}, 415),
        ({"body": b"x" * 2_000_000}, 400),
        ({"body": b"", "path": "/v1/traces"}, 404),
        ({"body": b"", "path": "/v1/metrics"}, 404),
        ({"body": b"", "method": "GET"}, 405),
    ],
)
def test_what_is_no_request_is_the_clients_fault(collector: Wall, asked: dict[str, Any], status: int) -> None:
    assert collector.post(**asked).status == status


def test_the_archive_is_for_its_owner_only(collector: Wall) -> None:
    assert collector.archive.stat().st_mode & 0o077 == 0
