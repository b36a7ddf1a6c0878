"""The Collector's own metrics count every refusal by revision and reason."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from collector.wall import BASE, CANARY, RESOURCE, Wall, batch, record
from mlflow_usage.catalogue.build.model import Catalogue
from mlflow_usage.catalogue.build.refusal import MOST, classes, filters
from mlflow_usage.catalogue.check import check_record, check_resource
from mlflow_usage.collector.configuration import directory

EVALUATE = "mlflow.genai.evaluate"
RECORDS: list[tuple[str, dict[str, Any], str]] = [
    (CANARY, BASE, "unknown_event"),
    ("mlflow.start_run", BASE | {"mlflow.usage.count": 0}, "out_of_bounds"),
    ("mlflow.start_run", BASE | {"mlflow.usage.count": 2**62}, "out_of_bounds"),
    ("mlflow.start_run", BASE | {"mlflow.usage.count": "3"}, "wrong_type"),
    ("mlflow.start_run", {"log.record.uid": BASE["log.record.uid"]}, "missing"),
    ("mlflow.start_run", BASE | {"log.record.uid": CANARY}, "pattern"),
    ("mlflow.usage.dropped", BASE | {"mlflow.usage.reason": CANARY}, "unknown_member"),
    ("mlflow.usage.dropped", BASE, "missing"),
    (EVALUATE, BASE | {"mlflow.usage.status": CANARY}, "unknown_member"),
]
RESOURCES: list[tuple[dict[str, Any], str]] = [
    ({"app.installation.id": CANARY}, "pattern"),
    ({"app.installation.id": 7}, "wrong_type"),
    ({"service.name": CANARY}, "unknown_member"),
    ({"session.id": None}, "missing"),
    ({"telemetry.sdk.name": CANARY}, "unknown_member"),
]


@pytest.mark.parametrize(("name", "attributes", "reason"), RECORDS)
@pytest.mark.parametrize(("revision", "counted"), [(1, "1"), (2, "newer"), (100_000, "newer")])
def test_a_refused_record_is_counted_by_its_revision_and_reason(  # noqa: PLR0913, PLR0917
    collector: Wall, name: str, attributes: dict[str, Any], reason: str, revision: int, counted: str
) -> None:
    before = collector.refusals()
    sent = batch(record(name, attributes), record(), record(name, attributes), resource=RESOURCE | {"mlflow.usage.catalogue": revision})
    assert collector.send(sent).names == ["mlflow.start_run"]
    assert collector.refusals() - before == {f"record.{counted}.{reason}": 2}
    assert check_record(name, attributes).refused == reason


@pytest.mark.parametrize(("change", "reason"), RESOURCES)
@pytest.mark.parametrize(("revision", "counted"), [(1, "1"), (7, "newer"), (2**63 - 1, "newer"), (0, "unknown"), (-5, "unknown")])
def test_a_refused_resource_counts_its_records(collector: Wall, change: dict[str, Any], reason: str, revision: int, counted: str) -> None:
    given = {key: value for key, value in (RESOURCE | change | {"mlflow.usage.catalogue": revision}).items() if value is not None}
    before = collector.refusals()
    assert collector.send(batch(record(), record(CANARY), resource=given), batch(record())).names == ["mlflow.start_run"]
    (found,) = (collector.refusals() - before).items()
    assert found[0].startswith(f"resource.{counted}.")
    assert found[1] == 2
    if 1 <= revision <= 100_000:
        assert found[0].endswith(f".{reason}")
        assert check_resource(given).refused == reason


@pytest.mark.parametrize(("revision", "reason"), [(None, "missing"), (CANARY, "wrong_type"), ([1], "wrong_type"), (1.0, "wrong_type")])
def test_a_resource_without_a_revision_is_counted_as_of_none(collector: Wall, revision: Any, reason: str) -> None:
    before = collector.refusals()
    assert collector.send(batch(resource=RESOURCE | {"mlflow.usage.catalogue": revision})).records == []
    assert collector.refusals() - before == {f"resource.unknown.{reason}": 1}


def test_nobody_can_choose_a_mark_or_be_marked_by_it(collector: Wall) -> None:
    before = collector.refusals()
    mark = "mlflow.usage.refused"
    for content in ("unknown_event", CANARY, True, ["missing"]):
        stored = collector.send(batch(record(attributes=BASE | {mark: content}), resource=RESOURCE | {mark: content}))
        assert stored.attributes == [BASE]
        assert stored.resources == [RESOURCE]
    assert collector.refusals() == before


def test_the_counters_are_as_many_whatever_clients_send_and_however_old_the_catalogue(catalogue: Catalogue) -> None:
    assert [*classes(1)] == ["1", "newer"]
    assert [*classes(MOST + 2)] == ["3", "4", "5", "older", "newer"]
    assert len(filters("record", 1_000)) == len(filters("record", 10))
    assert catalogue.revision < 4 or "older" in classes(catalogue.revision)


def test_thousands_of_resources_that_cost_their_sender_nothing_cost_nothing(collector: Wall) -> None:
    import time

    many = [batch(record("", {}), resource={"os.version": f"{number}.0"}) for number in range(15_000)]
    began = time.monotonic()
    assert collector.send(*many, batch()).names == ["mlflow.start_run"]
    assert time.monotonic() - began < 8


def test_without_the_filter_nothing_starts(binary: Path) -> None:
    """Nobody can forget the filter: the base names processors that only the filter's file defines."""
    base = directory()
    files = ["collector.yaml", "sinks/null.yaml"]
    command = [str(binary), "validate", *(part for file in files for part in ("--config", str(base / file)))]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ended.returncode != 0
    assert 'references processor "transform/catalogue" which is not configured' in ended.stderr + ended.stdout
