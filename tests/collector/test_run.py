"""A running Collector keeps what it acknowledged, through restarts and deaths."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from collector.wall import BASE, Stored, Wall, batch, record, wall
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.collector.run import start

pytestmark = pytest.mark.usefixtures("binary")


def test_a_restart_appends_to_the_archive(tmp_path: Path) -> None:
    for index in (1, 2):
        with wall(tmp_path) as collector:
            collector.send(batch(record(attributes=BASE | {"mlflow.usage.count": index})))
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    assert Stored(200, "", [json.loads(line) for line in lines]).attributes == [BASE | {"mlflow.usage.count": n} for n in (1, 2)]


def test_what_a_killed_collector_acknowledged_is_in_the_archive(tmp_path: Path) -> None:
    with wall(tmp_path) as collector:
        for index in range(1, 51):
            collector.send(batch(record(attributes=BASE | {"mlflow.usage.count": index})))
        collector.collector.process.kill()
    lines = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
    stored = Stored(200, "", [json.loads(line) for line in lines])
    assert [attributes["mlflow.usage.count"] for attributes in stored.attributes] == list(range(1, 51))


def test_what_a_gateway_acknowledged_survives_its_death_and_its_targets_absence(tmp_path: Path) -> None:
    with start(Deployment(sinks=("null",))) as free:
        target = free.deployment.otlp  # free again, and known, when the block is left
    gateway = Deployment(sinks=("gateway",), settings={"gateway": f"http://{target}", "queue": tmp_path / "queue"})
    with start(gateway) as front:
        for index in range(1, 11):
            Wall(front, tmp_path / "none").send(batch(record(attributes=BASE | {"mlflow.usage.count": index})))
        front.process.kill()
    with wall(tmp_path / "archive", otlp=target) as back, start(gateway):
        deadline = time.monotonic() + 20
        counts: list[int] = []
        while len(set(counts)) < 10 and time.monotonic() < deadline:
            time.sleep(0.2)
            counts = [attributes["mlflow.usage.count"] for attributes in back.since(0).attributes]
    assert set(counts) == set(range(1, 11))


def test_two_sinks_get_the_same(tmp_path: Path) -> None:
    with wall(tmp_path / "second") as second:
        target = f"http://{second.collector.deployment.otlp}"
        settings = {"gateway": target, "queue": tmp_path / "queue"}
        with wall(tmp_path / "first", sinks=("archive", "gateway"), settings=settings) as first:
            sent = first.send(batch()).attributes
            deadline = time.monotonic() + 20
            while not second.size() and time.monotonic() < deadline:
                time.sleep(0.1)
        assert second.since(0).attributes == sent
