"""The one HTTP request: what goes over the wire, and how long and how much of an answer is read."""

from __future__ import annotations

import gc
import gzip
import os
import random
import socket
import time
from pathlib import Path
from typing import Any

import pytest
import requests

from delivery.exchange import RESOURCE, Exchange
from mlflow_usage.consent.endpoint import Endpoint
from mlflow_usage.delivery import http
from mlflow_usage.delivery.answer import NONE, Answer, Outcome
from mlflow_usage.delivery.http import TOTAL, GuardedSession
from support.receiver import OK, Receiver, cut_off, endless, reset, silent, trickling

PROTOBUF = {"Content-Type": "application/x-protobuf"}


class Post:
    """A guarded session of an endpoint, and what its witness was shown."""

    def __init__(self, url: str, *headers: tuple[str, str]) -> None:
        self.seen: list[tuple[bytes, Answer]] = []
        self.session = GuardedSession(
            Endpoint(url, headers=headers), "mlflow-usage/0", lambda body, answer: self.seen.append((body, answer))
        )
        self.url = url

    def __call__(self, body: bytes = b"calls", **headers: str) -> requests.Response:
        return self.session.post(self.url, data=body, headers={**PROTOBUF, **headers})

    @property
    def outcome(self) -> Outcome:
        return self.session.answer.outcome


@pytest.fixture
def post(exchange: Exchange) -> Post:
    return Post(f"{exchange.receiver.endpoint}/v1/logs", ("x-own", "1"))


def test_the_request_carries_our_headers_only(exchange: Exchange, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
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
    exchange.recorder.hit("mlflow.log_metric", None)
    assert exchange.courier.flush() is None
    (request,) = exchange.receiver.requests
    assert request.path == "/v1/logs"
    assert {name.lower() for name in request.headers} == {
        *("host", "accept-encoding", "content-type", "content-encoding", "content-length", "user-agent", "x-own")
    }
    assert request.headers["User-Agent"] == "mlflow-usage/0.1.0"
    assert "SECRET" not in str(request.headers) + str(request.content)
    assert exchange.receiver.records()[0][0] == RESOURCE


def test_a_trickling_answer_does_not_hold_a_batch_for_ever_and_a_huge_one_is_cut(exchange: Exchange) -> None:
    exchange.receiver.reply = (200, {"Content-Type": "application/x-protobuf"}, b"\xff" * 5_000_000)
    exchange.recorder.hit("mlflow.log_metric", None)
    assert exchange.courier.flush() is not None


def test_no_connection_is_kept_between_flushes_and_no_request_draws_from_the_host_s_generator(exchange: Exchange) -> None:
    before = random.getstate()
    for _ in range(3):
        exchange.recorder.hit("mlflow.log_metric", None)
        exchange.courier.flush()
    assert random.getstate() == before
    port = int(exchange.receiver.endpoint.rpartition(":")[2])
    open_sockets = [found for found in gc.get_objects() if isinstance(found, socket.socket) and found.fileno() >= 0]
    assert not [found for found in open_sockets if _peer(found) == port]


def _peer(found: object) -> int | None:
    try:
        return int(found.getpeername()[1])  # type: ignore[attr-defined]
    except (OSError, IndexError, ValueError, TypeError):
        return None


def test_what_the_exporter_is_told_is_plain_whatever_the_answer_was(exchange: Exchange, post: Post) -> None:
    for reply, status in ((OK, 200), ((503, {"Retry-After": "7"}, b"later"), 400), ((200, {"Content-Type": "text/html"}, b"<html>"), 400)):
        exchange.receiver.reply = reply
        told = post()
        assert (told.status_code, told.content, dict(told.headers)) == (status, b"", {})
    assert post.session.answer.status == 200
    assert [answer.status for _, answer in post.seen] == [200, 503, 200]
    assert {body for body, _ in post.seen} == {b"calls"}


def test_the_wait_that_an_endpoint_asks_for_is_remembered(exchange: Exchange, post: Post) -> None:
    exchange.receiver.reply = (503, {"Retry-After": "7"}, b"")
    post()
    assert post.session.answer == Answer(Outcome.RETRYABLE, 503, retry_after=7.0)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(exchange: Exchange, post: Post, status: int) -> None:
    with Receiver() as elsewhere:
        exchange.receiver.reply = (status, {"Location": f"{elsewhere.endpoint}/v1/logs"}, b"x" * 100_000)
        post()
        assert (post.outcome, len(exchange.receiver.requests), elsewhere.requests) == (Outcome.RETRYABLE, 1, [])


def test_a_caller_s_header_or_cookie_stays_here(exchange: Exchange, post: Post) -> None:
    post.session.cookies.set("session", "SECRET")
    post.session.headers["X-Vendor"] = "SECRET"
    post(Authorization="Bearer SECRET", Cookie="SECRET", Traceparent="00-SECRET")
    assert "SECRET" not in str(exchange.receiver.requests[0].headers)
    assert exchange.receiver.requests[0].headers["x-own"] == "1"


@pytest.mark.parametrize("conduct", [silent, trickling, endless], ids=lambda conduct: conduct.__name__)
def test_an_answer_has_to_be_there_in_time(exchange: Exchange, post: Post, conduct: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "TOTAL", 0.4)
    exchange.receiver.reply = conduct
    began = time.monotonic()
    post()
    assert time.monotonic() - began < TOTAL
    assert (post.session.answer, post.seen) == (NONE, [(b"calls", NONE)])  # it may have arrived


@pytest.mark.parametrize("conduct", [cut_off, reset], ids=lambda conduct: conduct.__name__)
def test_an_endpoint_that_dies_was_shown_what_left(exchange: Exchange, post: Post, conduct: Any) -> None:
    exchange.receiver.reply = conduct
    post()
    assert (post.session.answer, post.seen) == (NONE, [(b"calls", NONE)])


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/v1/logs", "http://nobody.invalid/v1/logs"])
def test_what_never_left_is_no_exchange(url: str) -> None:
    post = Post(url)
    assert post().status_code == 400
    assert (post.session.answer, post.seen) == (NONE, [])


def test_an_answer_of_before_counts_for_nothing(exchange: Exchange, post: Post) -> None:
    post()
    assert post.outcome is Outcome.ACCEPTED
    exchange.receiver.reply = reset
    post()
    assert post.session.answer == NONE


def test_a_packed_answer_is_unpacked_once(exchange: Exchange, post: Post) -> None:
    packed = gzip.compress(OK[2])
    exchange.receiver.reply = (200, {**PROTOBUF, "Content-Encoding": "gzip"}, packed)
    post()
    assert post.outcome is Outcome.ACCEPTED
    exchange.receiver.reply = (200, {**PROTOBUF, "Content-Encoding": "gzip"}, gzip.compress(packed))
    post()
    assert post.outcome is Outcome.RETRYABLE


def test_a_forked_child_leaves_the_parent_s_connection_to_the_parent(exchange: Exchange, post: Post) -> None:
    post()
    child = os.fork()
    if child == 0:
        http.leave_to_parent()
        post(b"the child's")
        os._exit(0 if post.outcome is Outcome.ACCEPTED else 1)
    assert os.waitpid(child, 0)[1] == 0
    post(b"the parent's")
    assert post.outcome is Outcome.ACCEPTED
    mine, childs, again = (request.peer for request in exchange.receiver.requests)
    assert mine == again != childs


def test_the_system_s_proxy_is_used_but_not_for_what_it_leaves_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example.com:3128")
    monkeypatch.setenv("no_proxy", "inside.example.com")
    assert http.proxies("https://outside.example.com/v1/logs")["https"] == "http://proxy.example.com:3128"
    assert http.proxies("https://inside.example.com/v1/logs") == {}
