"""A record becomes a typed row, or is refused and counted."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from warehouse.building import RECEIVED_DAY, document, record, run, stored, text


def test_a_record_becomes_one_typed_row(archive: Path, table: Path) -> None:
    sent = record(
        "mlflow.log_model",
        uid="00000000-0000-0000-0000-000000000001-0",
        count=7,
        flavor="sklearn",
        model_type="object",
        pip_requirements=True,
        params=False,
        status="success",
    )
    (archive / "events.jsonl").write_bytes(text(document(sent)))
    assert (run(archive, table).new, len(stored(table))) == (1, 1)
    row = {key: value for key, value in stored(table)[0].items() if value is not None}
    assert row.pop("received_time").isoformat() == "2026-11-20T12:34:56+00:00"
    assert row.pop("event_hour").isoformat() == "2026-11-20T12:00:00+00:00"
    assert row == {
        "event_name": "mlflow.log_model",
        "event_day": RECEIVED_DAY,
        "received_day": RECEIVED_DAY,
        "bucket": "1b",
        "installation_id": "1b4f0e9851971998e732078544c96b36c3d01cedf7caa332359d6f1d83567014",
        "session_id": "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10",
        "catalogue": 1,
        "host_arch": "amd64",
        "os_type": "linux",
        "os_version": "5.10",
        "process_runtime_name": "cpython",
        "process_runtime_version": "3.11.7",
        "service_name": "mlflow",
        "service_version": "3.17.2",
        "telemetry_distro_name": "mlflow-usage",
        "telemetry_distro_version": "0.1.0",
        "telemetry_sdk_language": "python",
        "telemetry_sdk_name": "opentelemetry",
        "telemetry_sdk_version": "1.39.1",
        "uid": "00000000-0000-0000-0000-000000000001-0",
        "count": 7,
        "flavor": "sklearn",
        "model_type": "object",
        "pip_requirements": True,
        "params": False,
        "status": "success",
        "store": "FileStore",
    }


def test_refusals_are_counted_by_revision_and_reason_and_the_rest_stays(archive: Path, table: Path) -> None:
    (archive / "events.jsonl").write_bytes(
        text(
            document(record("acme.internal_tool"), record("mlflow.start_run", count=0), record(), mlflow__usage__catalogue=3),
            document(record(uid="x"), record(store="acme_store"), {"attributes": 5}, record(secret="s3")),
            document(record(), record(), app__installation__id="alice"),
            document(record(), mlflow__usage__catalogue="three"),
            {"resourceLogs": [{"resource": {}, "scopeLogs": [{"logRecords": [7, {}]}]}, "x"]},
            {"resourceLogs": 5},
        )
    )
    tally = run(archive, table)
    assert tally.read == tally.new + tally.duplicate + sum(tally.refused.values())
    assert tally.new == 3
    assert tally.refused[3, "unknown_event"] == 1
    assert tally.refused[3, "out_of_bounds"] == 1
    assert tally.refused[1, "pattern"] == 3
    assert tally.refused[1, "malformed"] == 1
    assert tally.refused[0, "wrong_type"] == 1
    assert tally.refused[0, "malformed"] == 3
    assert tally.changed == Counter({(1, "unknown_member"): 1, (1, "unknown_attribute"): 1})
    assert sorted(row["store"] for row in stored(table)) == ["FileStore", "FileStore", "custom_store"]
