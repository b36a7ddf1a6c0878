"""A 410 ends all sending of this version to that endpoint, for a day and in every process, and is remembered through no link."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from delivery.exchange import RESOURCE, Exchange
from mlflow_usage.consent.endpoint import Endpoint, stamp
from mlflow_usage.delivery import stop
from mlflow_usage.delivery.courier import Courier
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support.receiver import OK


def test_a_410_stops_this_version_for_a_day_and_loses_nothing(exchange: Exchange) -> None:
    exchange.receiver.reply = (410, {}, b"")
    exchange.recorder.hit("mlflow.log_metric", None)
    exchange.courier.flush()
    exchange.receiver.reply = OK
    assert exchange.courier.flush() is None
    assert exchange.courier_of(exchange.another()).flush() is None
    assert len(exchange.receiver.requests) == 1
    exchange.now[0] = next(exchange.directory.glob("stopped-*")).stat().st_mtime + 86_401
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.log_metric": 1}


def test_a_410_holds_without_a_state_directory(exchange: Exchange) -> None:
    exchange.receiver.reply = (410, {}, b"")
    recorder = Recorder(lambda: {"resource": RESOURCE, "mode": "on", "endpoint": stamp(exchange.endpoint)}, lambda: None, life=Life())
    courier = Courier(recorder, exchange.decision, lambda: None, "0.1.0", life=Life())
    recorder.hit("mlflow.log_metric", None)
    for _ in range(3):
        courier.flush()
    assert len(exchange.receiver.requests) == 1


@pytest.mark.parametrize(
    ("age", "lasts"), [(0, True), (stop.STOP_LASTS - 1, True), (stop.STOP_LASTS, False), (-1, False), (-40 * 365 * 86_400, False)]
)
def test_it_lasts_a_day_and_never_outlives_a_clock_that_jumped_back(tmp_path: Path, age: int, *, lasts: bool) -> None:
    path = tmp_path / "stopped"
    stop.stop(path)
    assert stop.stopped(path, path.stat().st_mtime + age) is lasts


def test_it_is_for_one_version_and_one_endpoint(tmp_path: Path) -> None:
    here, there = (stamp(Endpoint(f"https://{host}.example.com/v1/logs")) for host in ("here", "there"))
    path = stop.stop_file(tmp_path, here, "1.0.0")
    assert path is not None
    stop.stop(path)
    now = path.stat().st_mtime
    assert stop.stopped(stop.stop_file(tmp_path, here, "1.0.0"), now)
    assert not stop.stopped(stop.stop_file(tmp_path, here, "1.0.1"), now)
    assert not stop.stopped(stop.stop_file(tmp_path, there, "1.0.0"), now)
    assert "example" not in path.name


def test_another_410_begins_another_day(tmp_path: Path) -> None:
    path = tmp_path / "stopped"
    stop.stop(path)
    os.utime(path, (1, 1))
    stop.stop(path)
    assert path.stat().st_mtime > 1


def test_a_410_is_remembered_through_no_link(tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    (tmp_path / "stopped").symlink_to(target)
    stop.stop(tmp_path / "stopped")
    assert not target.exists()
    stop.stop(tmp_path / "own")
    assert stat.S_IMODE((tmp_path / "own").stat().st_mode) == 0o600


@pytest.mark.parametrize("path", [None, Path("/dev/null/stopped")])
def test_where_no_file_can_be_made_nothing_is_raised_and_nothing_is_stopped(path: Path | None) -> None:
    stop.stop(path)
    assert not stop.stopped(path, 0.0)
    assert stop.stop_file(None, "0" * 16, "1.0.0") is None
