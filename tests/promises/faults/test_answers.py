"""Whatever the endpoint does, every call arrives once, and the program ends when and how it would without the plugin."""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack
from typing import Any

import pytest

from promises.faults.scene import DROPPED, LAST, Scene, Table, closed_port, unanswered
from support.receiver import OK, Receiver, cut_off, endless, reset, silent, trickling

PAGE = (200, {"Content-Type": "text/html"}, b"<html>Welcome to the hotel</html>")
STATUSES: dict[str, Any] = {
    "429 with Retry-After": (429, {"Retry-After": "120"}, b""),
    "500": (500, {}, b"internal"),
    "503": (503, {}, b""),
    "401": (401, {"WWW-Authenticate": "Basic"}, b""),
    "404": (404, {}, b"not here"),
    "302": (302, {"Location": "http://127.0.0.1:1/v1/logs"}, b"x" * 1_000_000),
    "captive portal (200, HTML)": PAGE,
    "200 with garbage": (200, {"Content-Type": "application/x-protobuf"}, b"\xff" * 100),
    "silent": silent,
    "trickling, a byte a second": trickling,
    "endless": endless,
    "killed in the middle of its answer": cut_off,
    "killed before its answer": reset,
}
CALLS = """
session = begin()
for number in range(500):
    session.hit(EVENTS[number % 5], "FileStore")
"""
DONE = "\nsys.stdout.write('done')"


IN_SHORT = {"503", "302", "captive portal (200, HTML)", "silent", "killed in the middle of its answer"}


@pytest.mark.parametrize("answer", [each if each in IN_SHORT else pytest.param(each, marks=pytest.mark.slow) for each in STATUSES])
def test_what_was_not_acknowledged_arrives_later(scene: Scene, table: Table, answer: str) -> None:
    scene.receiver.reply = STATUSES[answer]
    # Killed, so that it cannot send again at its end.
    ended = scene.play(CALLS + "session.sender.flush(1.5)\nos._exit(0)")
    assert (ended.code, ended.out, ended.err) == (0, "", "")
    assert not scene.arrived()
    scene.receiver.reply = OK
    scene.drain()
    table.add(f"endpoint: {answer}", 1, 500, scene.total())
    assert not scene.journals()


@pytest.mark.parametrize("place", ["closed", "SYN never answered"])
def test_where_nobody_answers_everything_waits(scene: Scene, table: Table, place: str) -> None:
    opened: AbstractContextManager[str] = closed_port() if place == "closed" else unanswered()
    with opened as endpoint:
        scene.environ["MLFLOW_USAGE_ENDPOINT"] = endpoint
        ended = scene.play(CALLS + "session.sender.flush(1.5)" + DONE)
        assert (ended.code, ended.out, ended.err) == (0, "done", "")
        assert scene.journals()
    with Receiver(port=int(endpoint.rpartition(":")[2])) as receiver:
        scene.drain()
        table.add(f"endpoint: {place}", 1, 500, receiver.calls(accepted=True).total())
    assert not scene.journals()


@pytest.mark.parametrize("status", [400, pytest.param(422, marks=pytest.mark.slow)])
def test_what_is_refused_for_good_arrives_as_a_number(scene: Scene, table: Table, status: int) -> None:
    scene.receiver.reply = (status, {}, b"")
    code = CALLS + "assert session.sender.flush(5)\nfor _ in range(20): session.hit(EVENTS[0], None)\nos._exit(0)"
    assert scene.play(code).err == ""
    scene.receiver.reply = OK
    scene.drain()
    assert scene.arrived()[DROPPED] == 500
    table.add(f"endpoint: {status}", 1, 520, scene.total(), "500 of them as mlflow.usage.dropped, refused")


def test_a_request_that_is_too_large_is_split_and_the_rest_told(scene: Scene, table: Table) -> None:
    def answer(request: Any) -> Any:
        records = request.content["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
        stuck = any(record["eventName"] == "mlflow.set_tag" for record in records)
        return (413, {}, b"") if len(records) > 2 or stuck else OK

    scene.receiver.reply = answer
    assert scene.play(CALLS + DONE).err == ""
    scene.drain()
    assert scene.arrived()[DROPPED] == 100
    table.add("endpoint: 413 above two records, one kind always", 1, 500, scene.total(), "100 of them as mlflow.usage.dropped, refused")


def test_a_410_stops_later_processes_too_and_what_waits_is_kept(scene: Scene, table: Table) -> None:
    scene.receiver.reply = (410, {}, b"")
    for _ in range(3):
        scene.play(CALLS + DONE)
    assert len(scene.receiver.requests) == 1
    scene.receiver.reply = OK
    (stopped,) = scene.state.glob("stopped-*")
    stopped.unlink()  # a day later
    scene.drain()
    table.add("endpoint: 410, then a day", 3, 1500, scene.total(), "one request in the first process, none in the others")


def test_a_partial_success_is_final(scene: Scene, table: Table) -> None:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

    response = ExportLogsServiceResponse()
    response.partial_success.rejected_log_records = 2
    scene.receiver.reply = (200, {"Content-Type": "application/x-protobuf"}, response.SerializeToString())
    scene.play(CALLS + DONE)
    scene.drain()
    assert len(scene.receiver.requests) == 1
    table.add("endpoint: partially successful", 1, 500, sum(scene.receiver.calls().values()), "final; the rejected number is in `status`")


LIMITS: dict[str, float] = {
    "up": 0.030,
    "closed": 0.020,
    "silent": 0.350,
    "trickling": 0.350,
    "unanswered": 0.350,
    "after a failure": 0.0,
}
SLOWER = ("up", "trickling", "unanswered", "after a failure")


@pytest.mark.parametrize("case", ["closed", "silent", *(pytest.param(each, marks=pytest.mark.slow) for each in SLOWER)])
def test_the_end_of_a_process_waits_no_longer_than_promised(scene: Scene, table: Table, case: str) -> None:
    """Compared with the same program without the plugin, by the shortest of some runs, because the machine is shared."""
    with ExitStack() as stack:
        endpoint, code = scene.receiver.endpoint, CALLS
        if case in {"closed", "after a failure"}:
            endpoint = stack.enter_context(closed_port())
        elif case == "unanswered":
            endpoint = stack.enter_context(unanswered())
        scene.receiver.reply = {"silent": silent, "trickling": trickling}.get(case, OK)
        if case == "after a failure":
            code += "if 'FAULT_WITHOUT' not in os.environ: session.sender.flush(5)\n"
        times: dict[str, list[float]] = {"": [], "1": []}
        for _ in range(4):
            for without, taken in times.items():
                extra = {"FAULT_WITHOUT": without} if without else {}
                ended = scene.play(code + LAST, MLFLOW_USAGE_ENDPOINT=endpoint, **extra)
                assert (ended.code, ended.out, ended.err) == (0, "", "")
                taken.append(ended.exit)
    added = min(times[""]) - min(times["1"])
    table.exits[case] = added, LIMITS[case]
    assert added <= LIMITS[case] * 1.5 + 0.010
