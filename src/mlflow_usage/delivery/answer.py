"""The meaning of an endpoint's answer for a batch.

Decides, by status, content type and body alone, whether a batch is accepted, sent again, split, rejected, or ends all sending. It must
never take a page, a redirect or silence for an acknowledgement, nor learn a setting from an answer.
"""

from __future__ import annotations

import enum
from typing import Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from mlflow_usage.namedtuple import NamedTuple

MAX_BODY: Final = 65_536  # bytes; a longer body is no OTLP answer, and is not read to its end
MAX_WAIT: Final = 600.0  # seconds


class Outcome(enum.Enum):
    """The consequence of an answer."""

    ACCEPTED = "accepted"
    RETRYABLE = "retryable"  # the batch is sent again later
    REJECTED = "rejected"  # the batch is never sent again, and its calls are counted as dropped
    TOO_LARGE = "too large"  # the batch is sent in parts
    STOPPED = "stopped"  # this version sends nothing more to this endpoint


class Answer(NamedTuple):
    """An endpoint's answer; `status` is None where there was none."""

    outcome: Outcome
    status: int | None = None
    rejected: int = 0  # records that a partial success did not take
    retry_after: float | None = None  # seconds


NONE: Final = Answer(Outcome.RETRYABLE)
_STATUSES: Final = {
    400: Outcome.REJECTED,
    410: Outcome.STOPPED,
    413: Outcome.TOO_LARGE,
    422: Outcome.REJECTED,
}


def classify(status: int, content_type: str, body: bytes, retry_after: str | None) -> Answer:
    """Classify a complete answer. OTLP 1.10: only a 2xx whose body is an ExportLogsServiceResponse is an acknowledgement."""
    if 200 <= status < 300:  # noqa: PLR2004
        return _success(status, content_type, body)
    return Answer(_STATUSES.get(status, Outcome.RETRYABLE), status, retry_after=seconds(retry_after))


def _success(status: int, content_type: str, body: bytes) -> Answer:
    if len(body) > MAX_BODY or content_type.partition(";")[0].strip().lower() != "application/x-protobuf":
        return Answer(Outcome.RETRYABLE, status)
    try:
        response = ExportLogsServiceResponse.FromString(body)
    except DecodeError:
        return Answer(Outcome.RETRYABLE, status)
    return Answer(Outcome.ACCEPTED, status, rejected=max(0, response.partial_success.rejected_log_records))


def seconds(retry_after: str | None) -> float | None:
    """Return the delay that a Retry-After header asks for, in seconds and bounded; None for a date or anything else."""
    text = (retry_after or "").strip()
    if not (text.isascii() and text.isdecimal()):
        return None
    return min(float(text[:9]), MAX_WAIT)
