"""Whatever reaches the archive, with every wall before it gone, the table holds only what the catalogue names."""

from __future__ import annotations

import datetime as dt
import json
import re
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlflow_usage.catalogue.build import model
from mlflow_usage.warehouse.archive import ArchiveError
from mlflow_usage.warehouse.load import Loader
from warehouse.building import RECEIVED, RESOURCE, attributes, stored, value

# The YAML itself is the judge here: not the tables that the loader uses.
CATALOGUE = model.load()
BY_COLUMN = {
    re.sub(r"^(mlflow\.usage|app|log\.record)\.", "", attribute.id).replace(".", "_"): attribute
    for attribute in (*CATALOGUE.resource, *CATALOGUE.attributes.values())
}
EVENTS = {event.name: event for event in CATALOGUE.events}
MADE = {"event_name", "event_hour", "event_day", "received_day", "received_time", "bucket"}

FOREIGN = st.sampled_from(
    ["acme_scorer", "alice", "/home/alice/acme", "build.acme.example", "3.17.2+acme.7", "", "Success", "\ud800", "\u0663"]
)
INNER = st.one_of(
    FOREIGN,
    st.text(max_size=8),
    st.integers(-(2**70), 2**70),
    st.booleans(),
    st.none(),
    st.sampled_from([member for attribute in BY_COLUMN.values() for member in attribute.members]),
)
KINDS = st.sampled_from(["stringValue", "intValue", "boolValue", "doubleValue", "bytesValue", "acmeValue"])
WRAPPED = st.one_of(
    st.dictionaries(KINDS, INNER, max_size=2),
    st.builds(
        lambda items: {"arrayValue": {"values": items}}, st.lists(st.one_of(st.dictionaries(KINDS, INNER, max_size=1), INNER), max_size=4)
    ),
    st.builds(lambda item: {"kvlistValue": {"values": [item]}}, INNER),
    INNER,
)
KEYS = st.one_of(st.sampled_from([attribute.id for attribute in BY_COLUMN.values()]), st.sampled_from(["acme.project", "user.name", "uid"]))
ENTRIES = st.lists(st.builds(lambda key, value: {"key": key, "value": value}, KEYS, WRAPPED), max_size=4)
TIMES = st.one_of(
    st.integers(-40, 40).map(lambda days: str(RECEIVED + days * 86_400 * 10**9)), st.integers(-(2**70), 2**70), FOREIGN, st.none()
)


def mostly(usual: st.SearchStrategy[Any], other: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """The usual nine times of ten: where everything is broken at once, nothing reaches the table."""
    return st.integers(0, 9).flatmap(lambda number: other if number == 9 else usual)


def likely(attribute: model.Attribute) -> st.SearchStrategy[Any]:
    """A value of the attribute's type, often one that the catalogue does not name."""
    members = st.one_of(st.sampled_from(attribute.members), FOREIGN) if attribute.members else FOREIGN
    kinds = {
        "boolean": st.booleans(),
        "enum": members.map(lambda item: {"stringValue": item}),
        "enum[]": st.lists(members, max_size=4),
        "int": st.integers(0, 5),
    }
    return kinds.get(attribute.kind, FOREIGN).map(lambda item: item if isinstance(item, dict) else value(item))


@st.composite
def records(draw: st.DrawFn) -> Any:
    name = draw(
        st.one_of(st.sampled_from(sorted(EVENTS)), st.sampled_from(["mlflow.log_model", "mlflow.genai.evaluate", "mlflow.autolog"]))
    )
    count = draw(mostly(st.integers(1, 5), st.integers(-1, 0)))
    given = attributes({"mlflow.usage.count": count, "log.record.uid": f"{draw(st.uuids())}-{draw(st.integers(0, 99))}"})
    for key in sorted(set(EVENTS[name].attributes) - {"mlflow.usage.count", "log.record.uid"}):
        if key in EVENTS[name].required or draw(st.booleans()):
            given.append({"key": key, "value": draw(likely(CATALOGUE.attributes[key]))})
    content = {
        "timeUnixNano": draw(TIMES),
        "observedTimeUnixNano": draw(mostly(st.just(str(RECEIVED)), TIMES)),
        "eventName": draw(mostly(st.just(name), INNER)),
        "attributes": given + draw(mostly(st.just([]), ENTRIES)),
        "body": {"stringValue": "acme"},
        "severityText": "acme",
        "traceId": "acme",
    }
    return draw(mostly(st.just(content), INNER))


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    groups = [
        {
            "resource": {"attributes": attributes(RESOURCE) + draw(mostly(st.just([]), ENTRIES))},
            "schemaUrl": "acme",
            "scopeLogs": [{"scope": {"name": "acme"}, "logRecords": draw(st.lists(records(), min_size=1, max_size=5))}],
        }
        for _ in range(draw(st.integers(1, 2)))
    ]
    return {"resourceLogs": draw(mostly(st.just(groups), st.one_of(INNER, st.lists(INNER, max_size=2))))}


def allowed(column: str, cell: Any) -> bool:
    attribute = BY_COLUMN[column]
    if attribute.kind == "boolean":
        return isinstance(cell, bool)
    if attribute.kind == "enum":
        return cell in attribute.members
    if attribute.kind == "enum[]":
        return bool(cell) and list(cell) == sorted(set(cell) & set(attribute.members))
    if attribute.kind == "int":
        return attribute.minimum <= cell <= attribute.maximum
    return re.fullmatch(attribute.pattern, cell) is not None


def judge(row: dict[str, Any]) -> None:
    event = EVENTS[row["event_name"]]
    for column, cell in row.items():
        if column in MADE or cell is None:
            continue
        assert allowed(column, cell), (column, cell)
        assert BY_COLUMN[column] in CATALOGUE.resource or BY_COLUMN[column].id in event.attributes
    assert row["bucket"] == row["installation_id"][:2]
    assert row["received_day"] == row["received_time"].date()
    if row["event_day"] is not None:
        assert -8 <= (row["event_day"] - row["received_day"]).days <= 1
        assert row["event_hour"] == row["event_hour"].replace(minute=0, second=0, microsecond=0)
        assert row["event_hour"].astimezone(dt.timezone.utc).date() == row["event_day"]


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(requests(), min_size=1, max_size=3))
def test_no_value_outside_the_catalogue_enters_the_table(documents: list[dict[str, Any]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        archive, target = Path(place) / "events.jsonl", Path(place) / "table"
        archive.write_bytes(b"".join(json.dumps(each, separators=(",", ":")).encode() + b"\n" for each in documents))
        tally = Loader(archive, str(target)).load()
        rows = stored(target)
        assert tally.read == tally.new + tally.duplicate + sum(tally.refused.values())
        assert len(rows) == tally.new == len({row["uid"] for row in rows})
        for row in rows:
            judge(row)
        files = b"".join(path.read_bytes() for path in target.rglob("*") if path.is_file())
        assert b"acme" not in files


@settings(max_examples=25, deadline=None)
@given(
    st.binary(max_size=300), st.recursive(INNER, lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner), max_leaves=8)
)
def test_no_archive_stops_the_loader(junk: bytes, inner: Any) -> None:
    with tempfile.TemporaryDirectory() as place:
        archive = Path(place) / "events.jsonl"
        good = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"attributes": inner}]}], "resource": inner}]}
        archive.write_bytes(junk + json.dumps({"resourceLogs": inner}, separators=(",", ":")).encode() + junk + json.dumps(good).encode())
        try:
            tally = Loader(archive, str(Path(place) / "table")).load()
        except ArchiveError:
            return
        assert tally.new == 0
