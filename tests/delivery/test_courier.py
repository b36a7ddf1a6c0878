"""The courier: every batch once, whatever the endpoint answers, and nothing that consent or the bounds forbid."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from delivery.exchange import RESOURCE, Exchange
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery import audit
from mlflow_usage.delivery.courier import MAX_ATTEMPTS
from support.receiver import OK, Reply, Request


def test_calls_arrive_once_with_the_resource_and_nothing_else(exchange: Exchange) -> None:
    for _ in range(3):
        exchange.recorder.hit("mlflow.log_metric", "FileStore")
    assert exchange.courier.flush() is None
    assert exchange.courier.flush() is None
    ((resource, record),) = exchange.receiver.records()
    assert resource == RESOURCE
    assert record.pop("log.record.uid").endswith("-1")
    assert record == {"event": "mlflow.log_metric", "mlflow.usage.store": "FileStore", "mlflow.usage.count": 3}


@pytest.mark.parametrize("status", [301, 302, 401, 403, 404, 429, 500, 503])
def test_what_is_not_acknowledged_is_sent_again_with_the_same_uids(exchange: Exchange, status: int) -> None:
    exchange.receiver.reply = (status, {"Location": "http://127.0.0.1:1/elsewhere"}, b"")
    exchange.recorder.hit("mlflow.log_metric", None)
    wait = exchange.courier.flush()
    assert wait is not None
    assert 10 <= wait <= 600
    first = exchange.receiver.records()
    exchange.recorder.hit("mlflow.log_metric", None)  # falls into the next batch
    exchange.receiver.reply = OK
    exchange.courier.flush()
    assert [record for record in exchange.receiver.records() if record in first] == first
    assert exchange.receiver.calls() == {"mlflow.log_metric": 2}


def test_a_closed_port_keeps_everything_and_backs_off(exchange: Exchange) -> None:
    exchange.endpoint = exchange.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    recorder = exchange.another()
    courier = exchange.courier_of(recorder)
    recorder.hit("mlflow.log_metric", None)
    assert [courier.flush() for _ in range(8)] == [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0]
    assert courier.failing
    assert recorder.live is not None
    assert recorder.live.journal.pending


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_batch_is_given_up_and_told(exchange: Exchange, status: int) -> None:
    exchange.receiver.reply = (status, {}, b"")
    for _ in range(4):
        exchange.recorder.hit("mlflow.log_metric", None)
    exchange.courier.flush()
    exchange.receiver.requests.clear()
    exchange.receiver.reply = OK
    exchange.recorder.hit("mlflow.log_param", None)
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.usage.dropped": 4, "mlflow.log_param": 1}
    (dropped,) = (record for _, record in exchange.receiver.records() if record["event"] == "mlflow.usage.dropped")
    assert dropped["mlflow.usage.reason"] == "refused"


def test_a_batch_that_is_too_large_is_split_and_what_is_alone_too_large_is_told(exchange: Exchange) -> None:
    def at_most_two(request: Request) -> Reply:
        logs = request.content["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        stuck = any(record["eventName"] == "mlflow.log_text" for record in logs)
        if len(logs) > 2 or stuck:
            exchange.receiver.requests.remove(request)
            return 413, {}, b""
        return OK

    exchange.receiver.reply = at_most_two
    for event in ("mlflow.log_metric", "mlflow.log_param", "mlflow.log_text", "mlflow.set_tag", "mlflow.start_run"):
        exchange.recorder.hit(event, None)
    exchange.courier.flush()
    exchange.receiver.reply = OK
    exchange.recorder.hit("mlflow.end_run", None)
    exchange.courier.flush()
    expected = dict.fromkeys(("mlflow.log_metric", "mlflow.log_param", "mlflow.set_tag", "mlflow.start_run", "mlflow.end_run"), 1)
    assert exchange.receiver.calls() == {**expected, "mlflow.usage.dropped": 1}


def test_of_a_split_batch_that_is_given_up_only_what_was_not_taken_is_told(exchange: Exchange) -> None:
    def half(request: Request) -> Reply:
        logs = request.content["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        if len(logs) > 1 or logs[0]["eventName"] == "mlflow.log_param":
            exchange.receiver.requests.remove(request)
            return (413 if len(logs) > 1 else 503), {}, b""
        return OK

    exchange.receiver.reply = half
    for event, calls in (("mlflow.log_metric", 3), ("mlflow.log_param", 4)):
        for _ in range(calls):
            exchange.recorder.hit(event, None)
    for _ in range(MAX_ATTEMPTS):
        exchange.courier.flush()
    exchange.receiver.reply = OK
    exchange.recorder.hit("mlflow.end_run", None)
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.log_metric": 3, "mlflow.usage.dropped": 4, "mlflow.end_run": 1}


def test_what_dead_processes_left_is_delivered_and_their_files_go(exchange: Exchange) -> None:
    for calls in (2, 3, 5):
        exchange.died(calls)
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.log_metric": 10}
    assert sorted(path.name for path in exchange.directory.iterdir()) == [audit.FILE]


def test_a_dead_process_s_refused_batch_is_told_by_its_own_next_batch(exchange: Exchange) -> None:
    answers = [(400, {}, b""), OK]
    exchange.receiver.reply = lambda _: answers.pop(0)
    exchange.died(7)
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.log_metric": 7, "mlflow.usage.dropped": 7}  # the receiver remembers the refused one too
    assert not list(exchange.directory.glob("*.journal"))


def test_records_of_another_endpoint_or_of_mode_local_are_never_sent(exchange: Exchange) -> None:
    exchange.died(1)
    exchange.mode = Mode.LOCAL
    exchange.died(2)
    exchange.mode = Mode.ON
    exchange.endpoint = exchange.endpoint._replace(url=f"{exchange.receiver.endpoint}/other/v1/logs")
    exchange.courier.flush()
    assert not exchange.receiver.requests
    assert len(list(exchange.directory.glob("*.journal"))) == 2


def test_what_is_too_old_or_too_much_is_dropped_and_told(exchange: Exchange) -> None:
    exchange.died(4)
    exchange.now[0] += 8 * 86_400
    exchange.courier.flush()
    exchange.recorder.hit("mlflow.log_param", None)
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.usage.dropped": 4, "mlflow.log_param": 1}
    assert [record["mlflow.usage.reason"] for _, record in exchange.receiver.records() if "mlflow.usage.reason" in record] == ["age"]


def test_age_is_that_of_the_newest_call_whatever_the_file_s_time(exchange: Exchange) -> None:
    exchange.now[0] += 8 * 86_400
    exchange.died(4)
    for path in exchange.directory.glob("*.journal"):
        os.utime(path, (0, 0))  # a file system that does not date what is written through a map
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.log_metric": 4}


def test_the_news_of_a_refusal_is_not_lost_with_an_old_journal(exchange: Exchange) -> None:
    exchange.receiver.reply = (400, {}, b"")
    for _ in range(6):
        exchange.recorder.hit("mlflow.log_metric", None)
    exchange.courier.flush()
    assert exchange.recorder.live is not None
    exchange.recorder.live.owned.abandon()
    exchange.receiver.requests.clear()
    exchange.receiver.reply = OK
    exchange.now[0] += 9 * 86_400
    for path in exchange.directory.glob("*.journal"):
        os.utime(path, (0, 0))
    later = exchange.another()
    courier = exchange.courier_of(later)
    courier.flush()
    later.hit("mlflow.log_param", None)
    courier.flush()
    assert exchange.receiver.calls() == {"mlflow.usage.dropped": 6, "mlflow.log_param": 1}


def test_what_was_meant_for_another_endpoint_is_not_told_to_this_one(exchange: Exchange) -> None:
    elsewhere, exchange.endpoint = exchange.endpoint, exchange.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    exchange.died(7)
    exchange.endpoint = elsewhere
    exchange.now[0] += 9 * 86_400
    for path in exchange.directory.glob("*.journal"):
        os.utime(path, (0, 0))
    later = exchange.another()
    courier = exchange.courier_of(later)
    courier.flush()
    later.hit("mlflow.log_param", None)
    courier.flush()
    assert exchange.receiver.calls() == {"mlflow.log_param": 1}
    assert not [path for path in exchange.directory.glob("*.journal") if path != later.live.owned.path]  # type: ignore[union-attr]


def test_what_dead_processes_left_never_exceeds_a_mebibyte(exchange: Exchange) -> None:
    for _ in range(300):
        exchange.died(1)
    exchange.endpoint = exchange.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    exchange.courier_of(exchange.another()).flush()
    assert sum(path.stat().st_size for path in exchange.directory.glob("*.journal")) <= 1024 * 1024 + 4096


@pytest.mark.parametrize(("source", "left"), [("variable MLFLOW_USAGE=off", 1), ("settings /x", 0), ("machine policy /x", 0)])
def test_off_deletes_what_it_must(exchange: Exchange, source: str, left: int) -> None:
    exchange.died(3)
    exchange.recorder.hit("mlflow.log_metric", None)
    exchange.mode, exchange.source = Mode.OFF, source
    exchange.courier.flush()
    assert not exchange.receiver.requests
    assert len(list(exchange.directory.glob("*.journal"))) == left


def test_a_partial_success_is_final_and_counted(exchange: Exchange) -> None:
    response = ExportLogsServiceResponse()
    response.partial_success.rejected_log_records = 1
    exchange.receiver.reply = (200, {"Content-Type": "application/x-protobuf"}, response.SerializeToString())
    exchange.recorder.hit("mlflow.log_metric", None)
    assert exchange.courier.flush() is None
    assert exchange.courier.rejected == 1
    assert [line.rejected for line in audit.read(exchange.directory)] == [1]


def test_two_hundred_dead_journals_are_delivered_once_by_processes_that_compete(exchange: Exchange) -> None:
    for _ in range(120):
        exchange.died(1)
    code = (
        "import sys, pathlib\n"
        "from mlflow_usage.consent.decision import Decision\n"
        "from mlflow_usage.delivery.courier import Courier\n"
        "from mlflow_usage.consent.endpoint import Endpoint\n"
        "from mlflow_usage.journal.recorder import Recorder\n"
        "from mlflow_usage.consent.mode import Mode\n"
        "place = pathlib.Path(sys.argv[1])\n"
        "decision = Decision(Mode.ON, 'default', (), Endpoint(sys.argv[2], origin='x', loopback=True))\n"
        "from mlflow_usage.process.life import Life\n"
        "recorder = Recorder(dict, lambda: place, life=Life())\n"
        "Courier(recorder, lambda: decision, lambda: place, '0.1.0', life=Life()).flush()\n"
    )
    arguments = [sys.executable, "-c", code, str(exchange.directory), f"{exchange.receiver.endpoint}/v1/logs"]
    processes = [subprocess.Popen(arguments) for _ in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert exchange.receiver.calls() == {"mlflow.log_metric": 120}
    assert len(exchange.receiver.requests) == 120


def test_the_journals_of_living_processes_do_not_count_against_the_bound(exchange: Exchange) -> None:
    living = []
    for _ in range(280):
        recorder = exchange.another()
        recorder.hit("mlflow.log_metric", None)
        living.append(recorder)
    for _ in range(10):
        exchange.died(1)
    exchange.endpoint = exchange.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    exchange.courier_of(exchange.another()).flush()
    assert len(list(exchange.directory.glob("*.journal"))) == 290


def test_a_journal_that_fills_up_while_it_is_delivered_loses_nothing(exchange: Exchange) -> None:
    """Between two seals of one flush the caller counts on, retires the journal and fills another."""
    made = [5, 0]

    def retire(_: Request) -> Reply:
        exchange.recorder.hit("mlflow.log_metric", None)
        exchange.recorder.rotate()
        for _ in range(10):
            exchange.recorder.hit("mlflow.log_param", None)
        made[:] = made[0] + 1, made[1] + 10
        return OK

    exchange.receiver.reply = retire
    for _ in range(5):
        exchange.recorder.hit("mlflow.log_metric", None)
    exchange.courier.flush()
    exchange.receiver.reply = OK
    exchange.courier.flush()
    assert exchange.receiver.calls() == {"mlflow.log_metric": made[0], "mlflow.log_param": made[1]}
    assert exchange.recorder.settled
