"""The log of what left: every byte of it, private, bounded, read past garbage, and never in the way of delivery."""

from __future__ import annotations

import gzip
import os
import stat
from pathlib import Path

import pytest

from delivery.exchange import Exchange
from mlflow_usage.delivery import audit
from mlflow_usage.delivery.answer import NONE, Answer, Outcome
from support.receiver import Reply, Request

SENT = audit.Sent(1_800_000_000.0, "http://localhost:4318", 200, "accepted", gzip.compress(b""), 2)


def test_the_log_of_what_left_holds_every_byte(exchange: Exchange) -> None:
    exchange.recorder.hit("mlflow.log_metric", None)
    exchange.courier.flush()
    (line,) = audit.read(exchange.directory)
    assert line.body == exchange.receiver.requests[0].body
    assert audit.decode(line.body) == exchange.receiver.requests[0].content
    assert (line.status, line.endpoint) == (200, exchange.receiver.endpoint)
    assert (exchange.directory / audit.FILE).stat().st_mode & 0o777 == 0o600


def test_what_left_without_an_answer_is_in_the_log_too(exchange: Exchange) -> None:
    def drop(_: Request) -> Reply:
        raise ConnectionAbortedError

    exchange.receiver.reply = drop
    exchange.recorder.hit("mlflow.log_metric", None)
    exchange.courier.flush()
    assert [(line.status, line.body) for line in audit.read(exchange.directory)] == [(None, exchange.receiver.requests[0].body)]


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


def test_what_was_written_is_read_oldest_first(tmp_path: Path) -> None:
    lines = [SENT._replace(time=float(number)) for number in range(3)]
    audit.append(tmp_path, lines[0])
    (tmp_path / audit.FILE).rename(tmp_path / audit.OLDER)
    for line in lines[1:]:
        audit.append(tmp_path, line)
    assert list(audit.read(tmp_path)) == lines
    assert stat.S_IMODE((tmp_path / audit.FILE).stat().st_mode) == 0o600


def test_two_files_are_kept_and_no_more(tmp_path: Path) -> None:
    for number in range(40):
        audit.append(tmp_path, SENT._replace(time=float(number), body=bytes(60_000)))
    assert sorted(path.name for path in tmp_path.iterdir()) == [audit.OLDER, audit.FILE]
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2 * audit.MAX_BYTES + 200_000
    assert [line.time for line in audit.read(tmp_path)][-1] == 39.0


@pytest.mark.parametrize("garbage", [b"garbage", b"\xff", b"[]", b"null", b'{"time": 1}', b"[" * 50_000, b'{"time": NaN}'])
def test_a_line_that_is_none_is_passed_over(tmp_path: Path, garbage: bytes) -> None:
    audit.append(tmp_path, SENT)
    with (tmp_path / audit.FILE).open("ab") as file:
        file.write(garbage + b"\n")
    audit.append(tmp_path, SENT)
    assert list(audit.read(tmp_path)) == [SENT, SENT]


@pytest.mark.parametrize("spoil", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("elsewhere")], ids=["directory", "pipe", "link"])
def test_a_log_that_cannot_be_written_is_not_written_and_nothing_is_raised(tmp_path: Path, spoil: object) -> None:
    assert callable(spoil)
    spoil(tmp_path / audit.FILE)
    audit.append(tmp_path, SENT)
    assert list(audit.read(tmp_path)) == []
    assert not (tmp_path / "elsewhere").exists()


def test_without_a_directory_nothing_is_written_or_read(tmp_path: Path) -> None:
    audit.append(None, SENT)
    audit.append(tmp_path / "missing", SENT)
    assert list(audit.read(None)) == list(audit.read(tmp_path / "missing")) == []
    assert not list(tmp_path.iterdir())


def test_a_log_line_is_the_answer_s(tmp_path: Path) -> None:
    audit.append(tmp_path, audit.answered("http://here", 7.0, b"body", Answer(Outcome.ACCEPTED, 200, rejected=3)))
    audit.append(tmp_path, audit.answered("http://here", 8.0, b"body", NONE))
    first, second = audit.read(tmp_path)
    assert (first.endpoint, first.time, first.status, first.rejected) == ("http://here", 7.0, 200, 3)
    assert (second.status, second.rejected, second.body) == (None, 0, b"body")


@pytest.mark.parametrize("body", [b"no gzip", gzip.compress(b"\xff\xff\xff"), gzip.compress(b"")[:5]])
def test_a_body_that_is_no_request_says_so(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011  the message is the parser's
        audit.decode(body)
