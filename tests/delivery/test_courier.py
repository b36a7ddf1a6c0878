from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from mlflow_usage.consent.decision import Decision
from mlflow_usage.consent.endpoint import Endpoint, stamp
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery import audit
from mlflow_usage.delivery.courier import MAX_ATTEMPTS, Courier
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support.receiver import OK, Receiver, Reply, Request

RESOURCE = {
    "service.name": "mlflow",
    "service.version": "3.17.2",
    "session.id": "0e4b9a1c-8a8e-4f5a-9d8f-0123456789ab",
    "app.installation.id": "a" * 64,
    "mlflow.usage.catalogue": 1,
}


class Stage:
    """A recorder, a courier and a receiver that play together."""

    def __init__(self, directory: Path, receiver: Receiver) -> None:
        self.directory, self.receiver, self.mode, self.now = directory, receiver, Mode.ON, [directory.stat().st_mtime + 60]
        self.endpoint = Endpoint(f"{receiver.endpoint}/v1/logs", headers=(("x-own", "1"),), origin=receiver.endpoint, loopback=True)
        self.source, self.life = "default", Life()
        self.recorder = self.another()
        self.courier = self.courier_of(self.recorder)

    def another(self) -> Recorder:
        meta = {"resource": RESOURCE, "mode": self.mode.value, "endpoint": stamp(self.endpoint)}
        return Recorder(lambda: meta, lambda: self.directory, clock=lambda: self.now[0], life=self.life)

    def courier_of(self, recorder: Recorder) -> Courier:
        return Courier(recorder, self.decision, lambda: self.directory, "0.1.0", clock=lambda: self.now[0], life=self.life)

    def decision(self) -> Decision:
        if self.mode is Mode.OFF:
            self.life.on("withdraw")
        return Decision(self.mode, self.source, (), self.endpoint)

    def died(self, calls: int) -> None:
        """Leave the journal of a process that made some calls and died."""
        recorder = self.another()
        for _ in range(calls):
            recorder.hit("mlflow.log_metric", None)
        assert recorder.live is not None
        recorder.live.owned.abandon()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Receiver() as receiver:
        yield Stage(tmp_path, receiver)


def test_calls_arrive_once_with_the_resource_and_nothing_else(stage: Stage) -> None:
    for _ in range(3):
        stage.recorder.hit("mlflow.log_metric", "FileStore")
    assert stage.courier.flush() is None
    assert stage.courier.flush() is None
    ((resource, record),) = stage.receiver.records()
    assert resource == RESOURCE
    assert record.pop("log.record.uid").endswith("-1")
    assert record == {"event": "mlflow.log_metric", "mlflow.usage.store": "FileStore", "mlflow.usage.count": 3}


def test_the_request_carries_our_headers_only(stage: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login ann password SECRET\n", encoding="utf-8")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-vendor-key=SECRET")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_LOGS_HEADERS", "authorization=SECRET")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CERTIFICATE", "/nonexistent/SECRET.pem")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE", "/nonexistent/SECRET.pem")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    monkeypatch.setenv("OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", "3")
    monkeypatch.setenv("OTEL_ATTRIBUTE_COUNT_LIMIT", "1")
    monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "team=SECRET")
    stage.recorder.hit("mlflow.log_metric", None)
    assert stage.courier.flush() is None
    (request,) = stage.receiver.requests
    assert request.path == "/v1/logs"
    assert {name.lower() for name in request.headers} == {
        *("host", "accept-encoding", "content-type", "content-encoding", "content-length", "user-agent", "x-own")
    }
    assert request.headers["User-Agent"] == "mlflow-usage/0.1.0"
    assert "SECRET" not in str(request.headers) + str(request.content)
    assert stage.receiver.records()[0][0] == RESOURCE


def test_a_span_of_the_host_leaves_no_id(stage: Stage) -> None:
    from opentelemetry.sdk.trace import TracerProvider

    with TracerProvider().get_tracer("host").start_as_current_span("private"):
        stage.recorder.hit("mlflow.log_metric", None)
        stage.courier.flush()
    text = str(stage.receiver.requests[0].content)
    assert "traceId" not in text
    assert "spanId" not in text


@pytest.mark.parametrize("status", [301, 302, 401, 403, 404, 429, 500, 503])
def test_what_is_not_acknowledged_is_sent_again_with_the_same_uids(stage: Stage, status: int) -> None:
    stage.receiver.reply = (status, {"Location": "http://127.0.0.1:1/elsewhere"}, b"")
    stage.recorder.hit("mlflow.log_metric", None)
    wait = stage.courier.flush()
    assert wait is not None
    assert 10 <= wait <= 600
    first = stage.receiver.records()
    stage.recorder.hit("mlflow.log_metric", None)  # falls into the next batch
    stage.receiver.reply = OK
    stage.courier.flush()
    assert [record for record in stage.receiver.records() if record in first] == first
    assert stage.receiver.calls() == {"mlflow.log_metric": 2}


def test_a_closed_port_keeps_everything_and_backs_off(stage: Stage) -> None:
    stage.endpoint = stage.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    recorder = stage.another()
    courier = stage.courier_of(recorder)
    recorder.hit("mlflow.log_metric", None)
    assert [courier.flush() for _ in range(8)] == [10.0, 20.0, 40.0, 80.0, 160.0, 320.0, 600.0, 600.0]
    assert courier.failing
    assert recorder.live is not None
    assert recorder.live.journal.pending


@pytest.mark.parametrize("status", [400, 422])
def test_a_refused_batch_is_given_up_and_told(stage: Stage, status: int) -> None:
    stage.receiver.reply = (status, {}, b"")
    for _ in range(4):
        stage.recorder.hit("mlflow.log_metric", None)
    stage.courier.flush()
    stage.receiver.requests.clear()
    stage.receiver.reply = OK
    stage.recorder.hit("mlflow.log_param", None)
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.usage.dropped": 4, "mlflow.log_param": 1}
    (dropped,) = (record for _, record in stage.receiver.records() if record["event"] == "mlflow.usage.dropped")
    assert dropped["mlflow.usage.reason"] == "refused"


def test_a_batch_that_is_too_large_is_split_and_what_is_alone_too_large_is_told(stage: Stage) -> None:
    def at_most_two(request: Request) -> Reply:
        logs = request.content["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        stuck = any(record["eventName"] == "mlflow.log_text" for record in logs)
        if len(logs) > 2 or stuck:
            stage.receiver.requests.remove(request)
            return 413, {}, b""
        return OK

    stage.receiver.reply = at_most_two
    for event in ("mlflow.log_metric", "mlflow.log_param", "mlflow.log_text", "mlflow.set_tag", "mlflow.start_run"):
        stage.recorder.hit(event, None)
    stage.courier.flush()
    stage.receiver.reply = OK
    stage.recorder.hit("mlflow.end_run", None)
    stage.courier.flush()
    expected = dict.fromkeys(("mlflow.log_metric", "mlflow.log_param", "mlflow.set_tag", "mlflow.start_run", "mlflow.end_run"), 1)
    assert stage.receiver.calls() == {**expected, "mlflow.usage.dropped": 1}


def test_of_a_split_batch_that_is_given_up_only_what_was_not_taken_is_told(stage: Stage) -> None:
    def half(request: Request) -> Reply:
        logs = request.content["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        if len(logs) > 1 or logs[0]["eventName"] == "mlflow.log_param":
            stage.receiver.requests.remove(request)
            return (413 if len(logs) > 1 else 503), {}, b""
        return OK

    stage.receiver.reply = half
    for event, calls in (("mlflow.log_metric", 3), ("mlflow.log_param", 4)):
        for _ in range(calls):
            stage.recorder.hit(event, None)
    for _ in range(MAX_ATTEMPTS):
        stage.courier.flush()
    stage.receiver.reply = OK
    stage.recorder.hit("mlflow.end_run", None)
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.log_metric": 3, "mlflow.usage.dropped": 4, "mlflow.end_run": 1}


def test_a_full_log_is_put_aside_by_one_of_many_processes(tmp_path: Path) -> None:
    sent = audit.Sent(0.0, "http://127.0.0.1:1", 200, "accepted", bytes(30_000))
    children = []
    for _ in range(4):
        child = os.fork()
        if child == 0:
            for _ in range(20):
                audit.append(tmp_path, sent)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * 4
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) >= audit.MAX_BYTES
    assert sorted(path.name for path in tmp_path.iterdir()) == [audit.OLDER, audit.FILE]


def test_a_410_stops_this_version_for_a_day_and_loses_nothing(stage: Stage) -> None:
    stage.receiver.reply = (410, {}, b"")
    stage.recorder.hit("mlflow.log_metric", None)
    stage.courier.flush()
    stage.receiver.reply = OK
    assert stage.courier.flush() is None
    assert stage.courier_of(stage.another()).flush() is None
    assert len(stage.receiver.requests) == 1
    stage.now[0] = next(stage.directory.glob("stopped-*")).stat().st_mtime + 86_401
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.log_metric": 1}


def test_what_dead_processes_left_is_delivered_and_their_files_go(stage: Stage) -> None:
    for calls in (2, 3, 5):
        stage.died(calls)
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.log_metric": 10}
    assert sorted(path.name for path in stage.directory.iterdir()) == [audit.FILE]


def test_a_dead_process_s_refused_batch_is_told_by_its_own_next_batch(stage: Stage) -> None:
    answers = [(400, {}, b""), OK]
    stage.receiver.reply = lambda _: answers.pop(0)
    stage.died(7)
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.log_metric": 7, "mlflow.usage.dropped": 7}  # the receiver remembers the refused one too
    assert not list(stage.directory.glob("*.journal"))


def test_records_of_another_endpoint_or_of_mode_local_are_never_sent(stage: Stage) -> None:
    stage.died(1)
    stage.mode = Mode.LOCAL
    stage.died(2)
    stage.mode = Mode.ON
    stage.endpoint = stage.endpoint._replace(url=f"{stage.receiver.endpoint}/other/v1/logs")
    stage.courier.flush()
    assert not stage.receiver.requests
    assert len(list(stage.directory.glob("*.journal"))) == 2


def test_what_is_too_old_or_too_much_is_dropped_and_told(stage: Stage) -> None:
    stage.died(4)
    stage.now[0] += 8 * 86_400
    stage.courier.flush()
    stage.recorder.hit("mlflow.log_param", None)
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.usage.dropped": 4, "mlflow.log_param": 1}
    assert [record["mlflow.usage.reason"] for _, record in stage.receiver.records() if "mlflow.usage.reason" in record] == ["age"]


def test_age_is_that_of_the_newest_call_whatever_the_file_s_time(stage: Stage) -> None:
    stage.now[0] += 8 * 86_400
    stage.died(4)
    for path in stage.directory.glob("*.journal"):
        os.utime(path, (0, 0))  # a file system that does not date what is written through a map
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.log_metric": 4}


def test_the_news_of_a_refusal_is_not_lost_with_an_old_journal(stage: Stage) -> None:
    stage.receiver.reply = (400, {}, b"")
    for _ in range(6):
        stage.recorder.hit("mlflow.log_metric", None)
    stage.courier.flush()
    assert stage.recorder.live is not None
    stage.recorder.live.owned.abandon()
    stage.receiver.requests.clear()
    stage.receiver.reply = OK
    stage.now[0] += 9 * 86_400
    for path in stage.directory.glob("*.journal"):
        os.utime(path, (0, 0))
    later = stage.another()
    courier = stage.courier_of(later)
    courier.flush()
    later.hit("mlflow.log_param", None)
    courier.flush()
    assert stage.receiver.calls() == {"mlflow.usage.dropped": 6, "mlflow.log_param": 1}


def test_what_was_meant_for_another_endpoint_is_not_told_to_this_one(stage: Stage) -> None:
    elsewhere, stage.endpoint = stage.endpoint, stage.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    stage.died(7)
    stage.endpoint = elsewhere
    stage.now[0] += 9 * 86_400
    for path in stage.directory.glob("*.journal"):
        os.utime(path, (0, 0))
    later = stage.another()
    courier = stage.courier_of(later)
    courier.flush()
    later.hit("mlflow.log_param", None)
    courier.flush()
    assert stage.receiver.calls() == {"mlflow.log_param": 1}
    assert not [path for path in stage.directory.glob("*.journal") if path != later.live.owned.path]  # type: ignore[union-attr]


def test_a_410_holds_without_a_state_directory(stage: Stage) -> None:
    stage.receiver.reply = (410, {}, b"")
    recorder = Recorder(lambda: {"resource": RESOURCE, "mode": "on", "endpoint": stamp(stage.endpoint)}, lambda: None, life=Life())
    courier = Courier(recorder, stage.decision, lambda: None, "0.1.0", life=Life())
    recorder.hit("mlflow.log_metric", None)
    for _ in range(3):
        courier.flush()
    assert len(stage.receiver.requests) == 1


def test_what_left_without_an_answer_is_in_the_log_too(stage: Stage) -> None:
    def drop(_: Request) -> Reply:
        raise ConnectionAbortedError

    stage.receiver.reply = drop
    stage.recorder.hit("mlflow.log_metric", None)
    stage.courier.flush()
    assert [(line.status, line.body) for line in audit.read(stage.directory)] == [(None, stage.receiver.requests[0].body)]


def test_what_dead_processes_left_never_exceeds_a_mebibyte(stage: Stage) -> None:
    for _ in range(300):
        stage.died(1)
    stage.endpoint = stage.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    stage.courier_of(stage.another()).flush()
    assert sum(path.stat().st_size for path in stage.directory.glob("*.journal")) <= 1024 * 1024 + 4096


@pytest.mark.parametrize(("source", "left"), [("variable MLFLOW_USAGE=off", 1), ("settings /x", 0), ("machine policy /x", 0)])
def test_off_deletes_what_it_must(stage: Stage, source: str, left: int) -> None:
    stage.died(3)
    stage.recorder.hit("mlflow.log_metric", None)
    stage.mode, stage.source = Mode.OFF, source
    stage.courier.flush()
    assert not stage.receiver.requests
    assert len(list(stage.directory.glob("*.journal"))) == left


def test_a_trickling_answer_does_not_hold_a_batch_for_ever_and_a_huge_one_is_cut(stage: Stage) -> None:
    stage.receiver.reply = (200, {"Content-Type": "application/x-protobuf"}, b"\xff" * 5_000_000)
    stage.recorder.hit("mlflow.log_metric", None)
    assert stage.courier.flush() is not None


def test_a_partial_success_is_final_and_counted(stage: Stage) -> None:
    response = ExportLogsServiceResponse()
    response.partial_success.rejected_log_records = 1
    stage.receiver.reply = (200, {"Content-Type": "application/x-protobuf"}, response.SerializeToString())
    stage.recorder.hit("mlflow.log_metric", None)
    assert stage.courier.flush() is None
    assert stage.courier.rejected == 1
    assert [line.rejected for line in audit.read(stage.directory)] == [1]


def test_the_log_of_what_left_holds_every_byte(stage: Stage) -> None:
    stage.recorder.hit("mlflow.log_metric", None)
    stage.courier.flush()
    (line,) = audit.read(stage.directory)
    assert line.body == stage.receiver.requests[0].body
    assert audit.decode(line.body) == stage.receiver.requests[0].content
    assert (line.status, line.endpoint) == (200, stage.receiver.endpoint)
    assert (stage.directory / audit.FILE).stat().st_mode & 0o777 == 0o600


def test_a_resource_or_record_that_the_catalogue_refuses_never_leaves(stage: Stage) -> None:
    meta = {"resource": {**RESOURCE, "host.name": "acme-internal"}, "mode": "on", "endpoint": stamp(stage.endpoint)}
    recorder = Recorder(lambda: meta, lambda: stage.directory, life=Life())
    recorder.count("mlflow.acme_secret", {})
    recorder.count("mlflow.log_model", {"mlflow.usage.flavor": "acme", "mlflow.usage.status": "success", "acme": "secret"})
    stage.courier_of(recorder).flush()
    assert "acme" not in str([request.content for request in stage.receiver.requests])
    assert stage.receiver.calls() == {"mlflow.log_model": 1}
    assert recorder.live is not None
    assert recorder.live.journal.unreported == 1


def test_nothing_reaches_the_host_s_log(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    stage.receiver.reply = (503, {}, b"")
    stage.recorder.hit("mlflow.log_metric", None)

    def deliver() -> None:
        with stage.courier.silenced():
            stage.courier.flush()
            stage.endpoint = stage.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
            stage.courier_of(stage.recorder).flush()

    thread = threading.Thread(target=deliver)
    thread.start()
    thread.join()
    assert not caplog.records
    logging.getLogger("urllib3.connectionpool").warning("the host's own")
    assert [record.message for record in caplog.records] == ["the host's own"]


def test_two_hundred_dead_journals_are_delivered_once_by_processes_that_compete(stage: Stage) -> None:
    for _ in range(120):
        stage.died(1)
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
    arguments = [sys.executable, "-c", code, str(stage.directory), f"{stage.receiver.endpoint}/v1/logs"]
    processes = [subprocess.Popen(arguments) for _ in range(4)]
    assert [process.wait() for process in processes] == [0, 0, 0, 0]
    assert stage.receiver.calls() == {"mlflow.log_metric": 120}
    assert len(stage.receiver.requests) == 120


def test_the_journals_of_living_processes_do_not_count_against_the_bound(stage: Stage) -> None:
    living = []
    for _ in range(280):
        recorder = stage.another()
        recorder.hit("mlflow.log_metric", None)
        living.append(recorder)
    for _ in range(10):
        stage.died(1)
    stage.endpoint = stage.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
    stage.courier_of(stage.another()).flush()
    assert len(list(stage.directory.glob("*.journal"))) == 290


def test_a_journal_that_fills_up_while_it_is_delivered_loses_nothing(stage: Stage) -> None:
    """The caller goes on counting, retires the journal and fills another one, all between two seals of one flush."""
    made = [5, 0]

    def retire(_: Request) -> Reply:
        stage.recorder.hit("mlflow.log_metric", None)
        stage.recorder.rotate()
        for _ in range(10):
            stage.recorder.hit("mlflow.log_param", None)
        made[:] = made[0] + 1, made[1] + 10
        return OK

    stage.receiver.reply = retire
    for _ in range(5):
        stage.recorder.hit("mlflow.log_metric", None)
    stage.courier.flush()
    stage.receiver.reply = OK
    stage.courier.flush()
    assert stage.receiver.calls() == {"mlflow.log_metric": made[0], "mlflow.log_param": made[1]}
    assert stage.recorder.settled


def test_a_batch_that_cannot_be_encoded_is_never_taken_for_delivered(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.recorder.hit("mlflow.log_metric", None)
    stage.courier.flush()
    stage.recorder.hit("mlflow.log_metric", None)
    assert stage.courier._exporter is not None
    monkeypatch.setattr(stage.courier._exporter, "_export", lambda _: None)  # what the stock exporter does then
    with stage.courier.silenced():
        assert stage.courier.flush() is not None
    assert not stage.recorder.settled


def test_no_connection_is_kept_between_flushes_and_no_request_draws_from_the_host_s_generator(stage: Stage) -> None:
    import gc
    import random
    import socket

    before = random.getstate()
    for _ in range(3):
        stage.recorder.hit("mlflow.log_metric", None)
        stage.courier.flush()
    assert random.getstate() == before
    port = int(stage.receiver.endpoint.rpartition(":")[2])
    open_sockets = [found for found in gc.get_objects() if isinstance(found, socket.socket) and found.fileno() >= 0]
    assert not [found for found in open_sockets if _peer(found) == port]


def _peer(found: object) -> int | None:
    try:
        return int(found.getpeername()[1])  # type: ignore[attr-defined]
    except (OSError, IndexError, ValueError, TypeError):
        return None
