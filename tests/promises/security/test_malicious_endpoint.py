"""A malicious endpoint: it gets one request at a time, costs bounded memory and time, and decides nothing."""

from __future__ import annotations

import gzip
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from delivery.exchange import RESOURCE
from mlflow_usage.consent.decision import Decision
from mlflow_usage.consent.endpoint import Endpoint, stamp
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery.answer import MAX_WAIT
from mlflow_usage.delivery.courier import Courier
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from support import receiver as receiving
from support.receiver import OK, Receiver, Wire

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/x-protobuf\r\n"
BOUND = 16 << 20  # bytes that an answer may cost, at most
PATIENCE = 60  # seconds after which a test says that it hangs


def bomb(layers: int) -> bytes:
    """Return 64 MiB of zeros, compressed once or repeatedly."""
    packed = gzip.compress(bytes(64 << 20))
    for _ in range(layers - 1):
        packed = gzip.compress(packed)
    return packed


def answer(*headers: str, body: bytes = b"", length: int | None = None) -> bytes:
    lines = "".join(f"{line}\r\n" for line in headers).encode()
    return HEAD + lines + f"Content-Length: {len(body) if length is None else length}\r\n\r\n".encode() + body


def endlessly(first: bytes, again: bytes) -> Callable[[Wire], None]:
    """Write without end, as fast as the client reads."""

    def conduct(wire: Wire) -> None:
        wire.write(first)
        try:
            while not wire.over.is_set():
                wire.write(again)
        except OSError:
            return  # the client hung up

    return conduct


def once(content: bytes) -> Callable[[Wire], None]:
    def conduct(wire: Wire) -> None:
        try:
            wire.write(content)
        except OSError:
            return

    return conduct


lying = ExportLogsServiceResponse()
lying.partial_success.rejected_log_records = -(2**62)
lying.partial_success.error_message = "rm -rf / " * 5_000
HARMFUL: dict[str, Callable[[Wire], None]] = {
    "a body without end": endlessly(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1000\r\n" + b"x" * 4096 + b"\r\n"),
    "a body longer than it said": endlessly(HEAD + b"Content-Length: 99999999999\r\n\r\n", b"x" * 65_536),
    "a header without end": endlessly(HEAD + b"X: ", b"x" * 65_536),
    "headers without end": endlessly(HEAD, b"X-Flood: 1\r\n" * 1_000),
    "interim answers without end": endlessly(b"HTTP/1.1 100 Continue\r\n\r\n", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a status line without end": endlessly(b"HTTP/1.1 200 ", b"O" * 65_536),
    "no HTTP": once(b"\x00\xff\xfeSSH-2.0-OpenSSH\r\n\r\n" * 100),
    "another protocol's version": once(b"HTTP/9.9 -1 \xff\r\n\r\n"),
    "two lengths": once(HEAD + b"Content-Length: 5\r\nContent-Length: 0\r\n\r\nhello"),
    "a chunk of negative size": once(HEAD + b"Transfer-Encoding: chunked\r\n\r\n-5\r\nhello\r\n0\r\n\r\n"),
    "a bomb": once(answer("Content-Encoding: gzip", body=bomb(1))),
    "a bomb in a bomb": once(answer("Content-Encoding: gzip, gzip", body=bomb(2))),
    "a bomb in many bombs": once(answer("Content-Encoding: " + ", ".join(["gzip"] * 5), body=bomb(5))),
    "a packing that is none": once(answer("Content-Encoding: gzip", body=b"\x1f\x8bnothing")),
    "a bomb of another kind": once(answer("Content-Encoding: deflate, br, zstd", body=bomb(1))),
    "a message nested without end": once(answer(body=b"\x0a\x7f" * 30_000)),
    "a page": once(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 5\r\n\r\n<html"),
    "a way elsewhere": once(b"HTTP/1.1 307 Temporary\r\nLocation: http://127.0.0.1:1/v1/logs\r\nContent-Length: 0\r\n\r\n"),
    "a way into a file": once(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n"),
    "a wait without end": once(b"HTTP/1.1 503 x\r\nRetry-After: 99999999999999999999\r\nContent-Length: 0\r\n\r\n"),
    "a wait into the past": once(b"HTTP/1.1 429 x\r\nRetry-After: -1e309\r\nContent-Length: 0\r\n\r\n"),
    "a question for a password": once(b'HTTP/1.1 401 x\r\nWWW-Authenticate: Basic realm="x"\r\nContent-Length: 0\r\n\r\n'),
    "another protocol": once(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n"),
}


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    with Receiver() as made:
        monkeypatch.setattr(receiving, "CONDUCTS", (*receiving.CONDUCTS, *HARMFUL.values()))
        yield made


def courier(place: Path, receiver: Receiver) -> tuple[Recorder, Courier]:
    target = Endpoint(f"{receiver.endpoint}/v1/logs", headers=(("authorization", "Bearer ours"),), origin=receiver.endpoint, loopback=True)
    meta = {"resource": RESOURCE, "mode": "on", "endpoint": stamp(target)}
    recorder = Recorder(lambda: meta, lambda: place, life=Life())
    return recorder, Courier(recorder, lambda: Decision(Mode.ON, "default", (), target), lambda: place, "0.1.0", life=Life())


def within(patience: float, work: Callable[[], Any]) -> Any:
    """Return the result of some work, or fail where it hangs."""
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(patience)
    assert found, "it hangs"
    return found[0]


@pytest.mark.parametrize("kind", HARMFUL)
def test_a_harmful_answer_is_bounded_believed_in_nothing_and_loses_nothing(kind: str, endpoint: Receiver, tmp_path: Path) -> None:
    recorder, delivery = courier(tmp_path, endpoint)
    delivery.flush()  # nothing waits yet; it makes the imports that happen once
    for _ in range(3):
        recorder.hit("mlflow.start_run", "FileStore")
    before = {path.name for path in tmp_path.iterdir()}
    endpoint.reply = HARMFUL[kind]
    tracemalloc.start()
    try:
        wait = within(PATIENCE, delivery.flush)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < BOUND
    assert wait is not None
    assert 0 < wait <= MAX_WAIT
    assert {path.name for path in tmp_path.iterdir()} - before <= {"sent.jsonl"}
    assert (tmp_path / "sent.jsonl").stat().st_size < 4096  # of the answer, its status only
    assert len(endpoint.requests) == 1  # not followed, not asked again at once
    endpoint.reply = OK
    assert within(PATIENCE, delivery.flush) is None
    assert endpoint.calls(accepted=True) == {"mlflow.start_run": 3}
    first, second = endpoint.requests
    assert first.content == second.content


def test_a_lie_about_what_was_rejected_is_no_number_and_its_text_is_kept_nowhere(endpoint: Receiver, tmp_path: Path) -> None:
    recorder, delivery = courier(tmp_path, endpoint)
    recorder.hit("mlflow.start_run", None)
    endpoint.reply = (200, {"Content-Type": "application/x-protobuf"}, lying.SerializeToString())
    assert within(PATIENCE, delivery.flush) is None
    assert delivery.rejected == 0
    assert not any(b"rm -rf" in path.read_bytes() for path in tmp_path.iterdir())


def test_an_answer_leaves_no_cookie_and_no_header_behind(endpoint: Receiver, tmp_path: Path) -> None:
    headers = {
        "Set-Cookie": "id=1; Max-Age=999999",
        "Content-Type": "application/x-protobuf",
        "Alt-Svc": 'h3="evil:443"',
        "Refresh": "0; url=x",
    }
    endpoint.reply = (200, headers, OK[2])
    recorder, delivery = courier(tmp_path, endpoint)
    for _ in range(2):
        recorder.hit("mlflow.start_run", None)
        assert delivery.flush() is None
    first, second = endpoint.requests
    assert first.headers.keys() == second.headers.keys()
    assert "cookie" not in {name.lower() for name in second.headers}
    assert not any(b"Max-Age" in path.read_bytes() for path in tmp_path.iterdir())


def test_a_gzip_answer_that_is_honest_is_understood(endpoint: Receiver, tmp_path: Path) -> None:
    endpoint.reply = (200, {"Content-Type": "application/x-protobuf", "Content-Encoding": "gzip"}, gzip.compress(OK[2]))
    recorder, delivery = courier(tmp_path, endpoint)
    recorder.hit("mlflow.start_run", None)
    assert delivery.flush() is None
    assert recorder.settled


def test_a_proxy_that_means_harm_is_an_endpoint_that_does(endpoint: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy sees what the endpoint would; its page, its password prompt and its redirect count for nothing."""
    monkeypatch.setenv("http_proxy", endpoint.endpoint.replace("http://", "http://ann:SECRET@"))
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    target = Endpoint("http://usage.invalid/v1/logs", origin="http://usage.invalid")
    meta = {"resource": RESOURCE, "mode": "on", "endpoint": stamp(target)}
    recorder = Recorder(lambda: meta, lambda: tmp_path, life=Life())
    delivery = Courier(recorder, lambda: Decision(Mode.ON, "default", (), target), lambda: tmp_path, "0.1.0", life=Life())
    recorder.hit("mlflow.start_run", None)
    for reply in (
        (407, {"Proxy-Authenticate": "Basic"}, b""),
        (200, {"Content-Type": "text/html"}, b"<html>"),
        (302, {"Location": "http://127.0.0.1:1"}, b""),
    ):
        endpoint.reply = reply
        assert within(PATIENCE, delivery.flush) is not None
    assert len(endpoint.requests) == 3
    assert not recorder.settled
    assert not any(b"SECRET" in path.read_bytes() for path in tmp_path.iterdir())
