"""Requests that no SDK makes: broken texts, depth without end, bodies at the bound, and any bytes at all."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList

from collector.wall import BASE, CANARY, RESOURCE, Wall, batch, record, request, value

BROKEN = (b"\xff\xfe", b"\xc3\x28", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\x80")
PLACES = (b"mlflow.start_run", b"FileStore", b"linux", b"3.11.7", b"mlflow.usage.store", b"os.type", b"severity-x")
MARKED = CANARY.encode()


def _sent() -> bytes:
    return request(batch(record(attributes=BASE | {"mlflow.usage.store": "FileStore"}, severity_text="severity-x")))


@pytest.mark.parametrize("broken", BROKEN)
@pytest.mark.parametrize("place", PLACES)
def test_a_text_that_is_none_is_refused_or_replaced_and_never_an_error_of_ours(collector: Wall, place: bytes, broken: bytes) -> None:
    filled = (broken + MARKED * 2)[: len(place)].ljust(len(place), b"x")
    stored = collector.post(_sent().replace(place, filled))
    assert stored.status in {200, 400}
    assert broken not in stored.text.encode()
    assert CANARY[:6] not in stored.text
    for attributes in stored.attributes:
        assert attributes.get("mlflow.usage.store") in {None, "FileStore", "custom_store"}


def _deep(depth: int, *, lists: bool) -> AnyValue:
    made = AnyValue(string_value=CANARY)
    for _ in range(depth):
        outer = AnyValue()
        if lists:
            outer.array_value.CopyFrom(ArrayValue(values=[made]))
        else:
            outer.kvlist_value.CopyFrom(KeyValueList(values=[KeyValue(key=CANARY, value=made)]))
        made = outer
    return made


@pytest.mark.parametrize("lists", [True, False])
@pytest.mark.parametrize("depth", [2, 20, 30])
def test_depth_carries_nothing(collector: Wall, depth: int, lists: bool) -> None:
    deep = _deep(depth, lists=lists)
    sent = batch(record(attributes=BASE | {"mlflow.usage.store": deep, "deep": deep}, body=deep), resource=RESOURCE | {"os.type": deep})
    sent.scope_logs[0].scope.attributes.add(key="deep", value=deep)
    assert collector.send(sent).attributes == [BASE]


@pytest.mark.parametrize("kind", ["application/x-protobuf", "application/json"])
def test_depth_without_end_ends_nothing(collector: Wall, kind: str) -> None:
    """More levels than any recursion should follow, in a body of legal size."""
    if kind == "application/json":
        depth = 100_000
        nested = b'{"arrayValue":{"values":[' * depth + b'{"stringValue":"x"}' + b"]}}" * depth
        body = b'{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":' + nested[:900_000] + b"}]}]}]}"
    else:
        inner = b"\x0a\x01x"
        for _ in range(20_000):
            array = b"\x0a" + _varint(len(inner)) + inner
            inner = b"\x2a" + _varint(len(array)) + array
        log = b"\x2a" + _varint(len(inner)) + inner
        for _ in range(3):  # record, scope, resource
            log = b"\x12" + _varint(len(log)) + log
        body = b"\x0a" + _varint(len(log)) + log
    assert collector.post(body, kind=kind).status in {200, 400}
    assert len(collector.send(batch()).records) == 1  # it lives


def _varint(number: int) -> bytes:
    encoded = b""
    while number > 0x7F:
        encoded, number = encoded + bytes([number & 0x7F | 0x80]), number >> 7
    return encoded + bytes([number])


def test_a_body_at_the_bound_is_taken_and_one_beyond_it_is_the_client_s_fault(collector: Wall) -> None:
    fill = 1_048_576 - len(request(batch(record(body=value("")))))
    assert len(collector.send(batch(record(body=value("x" * (fill - 200))))).records) == 1
    assert collector.post(request(batch(record(body=value("x" * (fill + 200)))))).status == 400


def test_thousands_of_records_of_every_kind_at_once(collector: Wall) -> None:
    before = collector.refused()
    good, bad = record(), record(CANARY, {CANARY: CANARY})
    stored = collector.send(batch(*([good, bad] * 2_500)))
    assert len(stored.records) == 2_500
    assert collector.refused() - before == 2_500


@pytest.mark.parametrize("body", [b"", b"\x0a\x00", b"\x0a\x02\x0a\x00", b"\x0a\x02\x12\x00", b"\x0a\x04\x12\x02\x12\x00"])
def test_an_empty_request_is_taken(collector: Wall, body: bytes) -> None:
    stored = collector.post(body)
    assert (stored.status, stored.records) == (200, [])
    assert collector.post(b"{}", kind="application/json").status == 200


@pytest.mark.parametrize(
    "document",
    [
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": "x" * 100}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"timeUnixNano": 10**400, "attributes": [{"key": 7, "value": None}]}]}]}]},
        {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"traceId": CANARY, "spanId": "zz"}]}]}]},
        {
            "resourceLogs": [
                {"scopeLogs": [{"logRecords": [{"attributes": [{"key": "mlflow.usage.count", "value": {"intValue": "9" * 999}}]}]}]}
            ]
        },
        {"resourceLogs": CANARY},
        {"resourceLogs": [None, 7, [], {"resource": CANARY, CANARY: CANARY}]},
        [],
        CANARY,
    ],
)
def test_json_that_is_no_request_is_the_client_s_fault_or_carries_nothing(collector: Wall, document: Any) -> None:
    stored = collector.post(json.dumps(document).encode(), kind="application/json")
    assert stored.status in {200, 400}
    assert stored.text == ""


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_any_change_of_any_byte_is_answered_and_carries_nothing(collector: Wall, data: st.DataObject) -> None:
    """Mutate a request full of canaries: the Collector accepts or rejects the result, and never answers 5xx."""
    everywhere = batch(
        record(
            attributes=[*BASE.items(), (CANARY, CANARY), ("mlflow.usage.store", CANARY)], body=value({CANARY: CANARY}), severity_text=CANARY
        ),
        record(CANARY),
        resource=[*RESOURCE.items(), (CANARY, CANARY), ("os.type", CANARY)],
    )
    everywhere.schema_url = everywhere.scope_logs[0].scope.name = everywhere.scope_logs[0].scope.version = CANARY
    body = bytearray(request(everywhere))
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(body) - 1))
        change = data.draw(st.binary(max_size=3))
        body[place : place + data.draw(st.integers(0, 3))] = change
    packed = data.draw(st.booleans())
    stored = collector.post(gzip.compress(bytes(body)) if packed else bytes(body), encoding="gzip" if packed else None)
    assert stored.status in {200, 400}
    for part in (CANARY, CANARY[:8], CANARY[-8:]):
        assert part not in stored.text
