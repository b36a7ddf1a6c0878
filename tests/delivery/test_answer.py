from __future__ import annotations

import pytest
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from mlflow_usage.delivery.answer import MAX_WAIT, Outcome, classify, seconds

PROTOBUF = "application/x-protobuf"


@pytest.mark.parametrize("status", [200, 202])
def test_an_acknowledgement_is_a_2xx_that_parses(status: int) -> None:
    assert classify(status, f"{PROTOBUF}; charset=x", b"", None).outcome is Outcome.ACCEPTED


@pytest.mark.parametrize(
    ("content_type", "body"), [("text/html", b"<html>log in</html>"), ("", b""), (PROTOBUF, b"<html>"), ("application/json", b"{}")]
)
def test_a_captive_portal_s_page_is_no_acknowledgement(content_type: str, body: bytes) -> None:
    assert classify(200, content_type, body, None).outcome is Outcome.RETRYABLE


def test_a_partial_success_is_final_and_its_rejections_are_known() -> None:
    response = ExportLogsServiceResponse()
    response.partial_success.rejected_log_records = 3
    answer = classify(200, PROTOBUF, response.SerializeToString(), None)
    assert (answer.outcome, answer.rejected) == (Outcome.ACCEPTED, 3)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        *((status, Outcome.RETRYABLE) for status in (301, 302, 307, 401, 403, 404, 405, 407, 408, 418, 429, 500, 502, 503, 504, 599)),
        (400, Outcome.REJECTED),
        (422, Outcome.REJECTED),
        (413, Outcome.TOO_LARGE),
        (410, Outcome.STOPPED),
    ],
)
def test_each_status_has_one_meaning(status: int, outcome: Outcome) -> None:
    assert classify(status, PROTOBUF, b"", None).outcome is outcome


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        *((None, None), ("", None), ("7", 7.0), (" 30 ", 30.0), ("999999999999", MAX_WAIT), ("-1", None)),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_retry_after_is_bounded_seconds_or_nothing(text: str | None, wait: float | None) -> None:
    assert seconds(text) == wait
