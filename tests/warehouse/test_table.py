"""The table itself: what guards it from other writers, and what it refuses to be mistaken for."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from deltalake import DeltaTable, write_deltalake
from deltalake.exceptions import DeltaError

from mlflow_usage.catalogue import tables
from mlflow_usage.warehouse import schema
from mlflow_usage.warehouse import table as table_module
from mlflow_usage.warehouse.info import info
from mlflow_usage.warehouse.load import Loader
from mlflow_usage.warehouse.table import ARROW, TableError, missing_constraints, open_table, prepare
from warehouse.building import INSTALLATION, SESSION, batch, document, record, stored, text

MODEL = {"event_name": "mlflow.log_model", "flavor": "sklearn", "model_type": "object", "status": "success"}


@pytest.fixture
def target(tmp_path: Path) -> str:
    """A table with one row."""
    (tmp_path / "events.jsonl").write_bytes(text(document(record())))
    Loader(tmp_path / "events.jsonl", str(tmp_path / "table")).load()
    return str(tmp_path / "table")


def write(target: str, **changes: Any) -> None:
    """As another writer would: a copy of the row, changed."""
    row = {**stored(target)[0], **changes}
    write_deltalake(DeltaTable(target), pa.Table.from_pylist([row], schema=ARROW), mode="append")


@pytest.mark.parametrize(
    "changes",
    [
        {"event_name": "acme.internal_tool"},
        {"event_name": None},
        {"installation_id": None},
        {"installation_id": "alice"},
        {"installation_id": INSTALLATION.upper()},
        {"installation_id": "g" * 64},
        {"installation_id": "2" * 64},  # not of the row's bucket
        {"session_id": SESSION[:-1]},
        {"session_id": "x" * 36},
        {"uid": None},
        {"uid": "build-host-17.acme.example"},
        {"count": 0},
        {"count": 10_000_001},
        {"count": None},
        {"service_name": "acme"},
        {"service_version": "3.17.2+acme.7"},
        {"service_version": None},
        {"process_runtime_version": "3.11.7-acme"},
        {"os_version": "5.10.0-acme"},
        {"os_type": "acmeos"},
        {"host_arch": "acme64"},
        {"telemetry_distro_name": "acme"},
        {"catalogue": 0},
        {"store": "AcmeStore"},
        {**MODEL, "flavor": "acme_flavor"},
        {**MODEL, "flavor": None},
        {**MODEL, "status": "maybe"},
        {**MODEL, "model_type": "AcmeAgent"},
        {"flavor": "sklearn"},  # not an attribute of this event
        {"status": "success"},
        {"pip_requirements": True},
        {"event_name": "mlflow.genai.evaluate", "status": "success", "scorers": ["acme_scorer"]},
        {"event_name": "mlflow.genai.evaluate", "status": "success", "scorers": ["safety", "acme_scorer"]},
        {"event_name": "mlflow.usage.dropped", "store": None},
    ],
)
def test_another_writer_is_refused_what_the_catalogue_does_not_name(target: str, changes: dict[str, Any]) -> None:
    with pytest.raises((DeltaError, pa.ArrowException, ValueError)):
        write(target, **changes)
    assert len(stored(target)) == 1


def test_another_writer_may_write_everything_that_the_catalogue_names(target: str) -> None:
    plain = stored(target)[0]
    rows = [
        {**plain, "event_name": event}
        for event, row in tables.EVENTS.items()
        if not row.required - {"mlflow.usage.count", "log.record.uid"}
    ]
    rows += [{**plain, **MODEL, "flavor": flavor} for flavor in tables.ATTRIBUTES["mlflow.usage.flavor"].members]
    rows += [{**plain, **MODEL, "model_type": kind} for kind in tables.ATTRIBUTES["mlflow.usage.model_type"].members]
    rows += [{**plain, "store": store} for store in tables.ATTRIBUTES["mlflow.usage.store"].members]
    scorers = list(tables.ATTRIBUTES["mlflow.usage.scorers"].members)
    evaluate = {**plain, "event_name": "mlflow.genai.evaluate", "status": "failure"}
    rows += [{**evaluate, "scorers": chosen} for chosen in ([], scorers, *([one] for one in scorers))]
    rows += [{**plain, schema.RESOURCE[key]: member} for key, rule in tables.RESOURCE.items() for member in rule.members]
    rows += [{**plain, "service_version": version} for version in ("2.22.0", "3.0.0rc1", "999.9999.9999.9999rc999")]
    rows += [{**plain, "os_version": version, "count": count} for version, count in (("6", 1), ("99999.99999.99999", 10_000_000))]
    write_deltalake(DeltaTable(target), pa.Table.from_pylist(rows, schema=ARROW), mode="append")
    assert len(stored(target)) == len(rows) + 1


def test_neither_the_log_nor_its_statistics_name_an_installation_a_session_or_a_record(tmp_path: Path, target: str) -> None:
    with pytest.raises(DeltaError):
        write(target, count=0)
    log = b"".join(path.read_bytes() for path in (tmp_path / "table" / "_delta_log").iterdir())
    uid = stored(target)[0]["uid"]
    for secret in (INSTALLATION, SESSION, uid, uid.rpartition("-")[0]):
        assert secret.encode() not in log


def test_a_refusal_by_the_table_shows_no_row(tmp_path: Path, target: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A loader whose own checks failed would be stopped by the constraints, and its error must not carry the data along."""
    monkeypatch.setattr("mlflow_usage.warehouse.times.FIRST_DAY", 0)
    DeltaTable(target).alter.add_constraint({"own": "received_day > '2020-01-01'"})
    (tmp_path / "more.jsonl").write_bytes(text(document(record(received=DAY_ONE), app__installation__id="2" * 64)))
    from mlflow_usage.warehouse.load import LoadError

    with pytest.raises(LoadError) as caught:
        Loader(tmp_path / "more.jsonl", target).load()
    assert "2" * 64 not in str(caught.value)
    assert "\n" not in str(caught.value)


DAY_ONE = 86_400 * 1_000_000_000


def test_the_layout_leaves_nothing_behind_that_an_erasure_could_not_remove(target: str) -> None:
    table = DeltaTable(target)
    assert table.metadata().partition_columns == ["received_day"]
    settings = table.metadata().configuration
    assert settings["delta.enableChangeDataFeed"] == "false"
    assert settings["delta.enableDeletionVectors"] == "false"
    assert not {"installation_id", "session_id", "uid"} & set(settings["delta.dataSkippingStatsColumns"].split(","))
    comments = {field.name: field.metadata["comment"] for field in table.schema().fields}
    assert comments["installation_id"] == "app.installation.id"
    assert set(tables.ATTRIBUTES) | set(tables.RESOURCE) <= set(comments.values())


def test_constraints_use_only_what_spark_reads_too(target: str) -> None:
    """delta-rs stores its own spelling; the functions in it are those that both engines call the same."""
    both = {"octet_length", "translate", "substr", "cardinality", "array_remove"}
    settings = DeltaTable(target).metadata().configuration
    texts = [text for key, text in settings.items() if key.startswith("delta.constraints.")]
    assert len(texts) == len(schema.CONSTRAINTS)
    for written in texts:
        unquoted = re.sub(r"'[^']*'", "''", written)
        assert {name for name in re.findall(r"(\w+)\(", unquoted) if name not in ("IN", "AND", "OR")} <= both
        assert not re.search(r"[~:\[\]\"]|CAST|CASE|LIKE", unquoted)


def older(monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """Make a table as a catalogue without `store`, and with fewer events, would have made it."""
    with monkeypatch.context() as past:
        past.setattr(schema, "COLUMNS", tuple(column for column in schema.COLUMNS if column[0] != "store"))
        kept = {name: rule for name, rule in schema.CONSTRAINTS.items() if not name.startswith(("store_", "event_name_"))}
        past.setattr(schema, "CONSTRAINTS", {**kept, "event_name_00000000": "event_name IN ('mlflow.start_run')"})
        past.setattr(schema, "REVISION", 0)
        prepare(target)


def test_a_table_of_an_older_catalogue_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = str(tmp_path / "table")
    older(monkeypatch, target)
    assert missing_constraints(open_table(target))
    (tmp_path / "events.jsonl").write_bytes(text(batch(1), document(record("mlflow.log_metric", store="RestStore"))))
    Loader(tmp_path / "events.jsonl", target).load()
    assert sorted({row["store"] for row in stored(target)}) == ["FileStore", "RestStore"]
    assert missing_constraints(open_table(target)) == []
    assert info(target).as_dict()["prepared_for_revision"] == schema.REVISION


@pytest.mark.parametrize("broken", ["add_constraint", "set_table_description"])
def test_an_interrupted_upgrade_is_finished_by_the_next_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> None:
    target = str(tmp_path / "table")
    older(monkeypatch, target)

    def cut(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(f"deltalake.table.TableAlterer.{broken}", cut)
        with pytest.raises(KeyboardInterrupt):
            prepare(target)
    prepare(target)
    assert missing_constraints(open_table(target)) == []


def test_a_constraint_that_someone_dropped_is_reported_and_restored(target: str) -> None:
    name = next(name for name in schema.CONSTRAINTS if name.startswith("installation_id"))
    DeltaTable(target).alter.drop_constraint(name)
    assert info(target).missing == [name]
    prepare(target)
    assert info(target).missing == []


def test_a_constraint_that_someone_weakened_is_reported(target: str) -> None:
    name = next(name for name in schema.CONSTRAINTS if name.startswith("installation_id"))
    DeltaTable(target).alter.drop_constraint(name)
    DeltaTable(target).alter.add_constraint({name: "installation_id IS NOT NULL"})
    assert info(target).missing == [name]


def test_a_table_of_a_newer_catalogue_is_left_alone(target: str) -> None:
    DeltaTable(target).alter.set_table_description(f"mlflow-usage, catalogue revision {schema.REVISION + 1}")
    before = DeltaTable(target).version()
    with pytest.raises(TableError, match="upgrade mlflow-usage"):
        prepare(target)
    assert DeltaTable(target).version() == before
    assert info(target).rows == 1


@pytest.mark.parametrize(
    "content",
    [
        pa.table({"a": [1]}),
        pa.table({"event_name": ["x"], "received_day": [dt.date(2026, 1, 1)]}),
        pa.table({"event_name": [1], "count": ["x"]}),
    ],
)
def test_a_table_of_another_schema_is_left_alone(tmp_path: Path, content: pa.Table) -> None:
    target = str(tmp_path / "other")
    write_deltalake(target, content)
    for use in (prepare, open_table, info):
        with pytest.raises(TableError, match=r"another schema.*give an empty or new directory"):
            use(target)
    assert DeltaTable(target).version() == 0


def test_a_place_that_is_no_table_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "one.txt").write_text("dear")
    for place, reason in (("letters", "not a Delta table"), ("letters/one.txt", "is a file")):
        with pytest.raises(TableError, match=reason):
            prepare(str(tmp_path / place))
    assert [path.name for path in (tmp_path / "letters").iterdir()] == ["one.txt"]


def test_two_that_make_the_table_at_once_make_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target, create, made = str(tmp_path / "table"), table_module._create, []

    def overtake(place: str) -> None:
        if not made:
            made.append(place)
            prepare(target)
        create(place)

    monkeypatch.setattr(table_module, "_create", overtake)
    prepare(target)
    assert missing_constraints(open_table(target)) == []
