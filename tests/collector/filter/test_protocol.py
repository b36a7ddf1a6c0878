"""The other fields of OTLP and HTTP carry nothing through."""

from __future__ import annotations

import gzip
import json
import time
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import EntityRef

from collector.wall import BASE, CALLED, CANARY, HOUR, RESOURCE, Wall, batch, record, request, value


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
