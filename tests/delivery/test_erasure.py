"""The request that everything be erased: it holds the least that proves it, and has arrived only when an endpoint acknowledged it."""

from __future__ import annotations

from pathlib import Path

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from mlflow_usage.consent.endpoint import Endpoint
from mlflow_usage.delivery import audit, erasure
from mlflow_usage.installation import identity
from support.receiver import OK, Receiver, Reply, reset

SECRET = identity.Secret("5" * 64)


class Asking:
    """Asks a receiver; every pause and every line of progress is noted, and no time passes."""

    def __init__(self, receiver: Receiver, directory: Path) -> None:
        self.receiver, self.directory = receiver, directory
        self.pauses: list[float] = []
        self.said: list[str] = []

    def ask(self, secret: identity.Secret = SECRET) -> str:
        """The problem, empty where the request has arrived."""
        endpoint = Endpoint(f"{self.receiver.endpoint}/v1/logs", origin=self.receiver.endpoint, loopback=True)
        return erasure.send(endpoint, secret, self.directory, self.said.append, self.pauses.append).problem

    def answer(self, *replies: object) -> None:
        """Give these answers, one after the other."""
        left = list(replies)
        self.receiver.reply = lambda _: left.pop(0)  # type: ignore[assignment,return-value]


@pytest.fixture
def asking(tmp_path: Path) -> object:
    with Receiver() as receiver:
        yield Asking(receiver, tmp_path)


def test_it_carries_the_proof_and_nothing_of_this_machine(asking: Asking) -> None:
    assert asking.ask() == ""
    ((resource, record),) = asking.receiver.records()
    assert resource.pop("session.id")
    assert resource == {
        "app.installation.id": identity.digest(SECRET),
        "mlflow.usage.catalogue": erasure.REVISION,
        "service.name": "mlflow",
        "service.version": "0.0",
    }
    assert record.pop("log.record.uid")
    assert record == {"event": "mlflow.usage.forget", erasure.SECRET: SECRET, "mlflow.usage.count": 1}
    assert asking.pauses == []


def test_two_requests_have_nothing_in_common_but_the_id(asking: Asking) -> None:
    asking.ask()
    asking.ask()
    (first, one), (second, other) = asking.receiver.records()
    assert first["session.id"] != second["session.id"]
    assert one["log.record.uid"] != other["log.record.uid"]


def test_it_is_asked_again_until_it_is_acknowledged(asking: Asking) -> None:
    asking.answer((503, {}, b""), (429, {"Retry-After": "3"}, b""), (503, {"Retry-After": "9999"}, b""), OK)
    assert asking.ask() == ""
    assert asking.pauses == [1.0, 3.0, 4.0]  # what an endpoint asks for, up to the longest
    assert len({record["log.record.uid"] for _, record in asking.receiver.records()}) == 1
    assert [line.partition("(")[2] for line in asking.said] == [f"attempt {number} of 4)" for number in (1, 2, 3, 4)]
    assert [line.status for line in audit.read(asking.directory)] == [503, 429, 503, 200]


def partly() -> Reply:
    response = ExportLogsServiceResponse()
    response.partial_success.rejected_log_records = 1
    return 200, {"Content-Type": "application/x-protobuf"}, response.SerializeToString()


@pytest.mark.parametrize(
    ("reply", "problem", "requests"),
    [
        ((503, {}, b""), "the endpoint's answer (status 503) is no acknowledgement", 4),
        ((200, {"Content-Type": "text/html"}, b"<html>"), "the endpoint's answer (status 200) is no acknowledgement", 4),
        (reset, "there was no answer", 4),
        ((400, {}, b""), "the endpoint rejected the request (status 400)", 1),
        ((410, {}, b""), "the endpoint rejected the request (status 410)", 1),
        (partly(), "the endpoint rejected the request", 1),
    ],
)
def test_without_an_acknowledgement_it_has_not_arrived(asking: Asking, reply: object, problem: str, requests: int) -> None:
    asking.receiver.reply = reply  # type: ignore[assignment]
    assert asking.ask() == problem
    assert len(asking.receiver.requests) == requests


def test_a_secret_that_the_catalogue_refuses_is_not_sent(asking: Asking) -> None:
    assert asking.ask(identity.Secret("acme")) == "the catalogue refuses the request"
    assert asking.receiver.requests == []
    assert asking.said == []
