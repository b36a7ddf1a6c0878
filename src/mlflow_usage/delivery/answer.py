"""What an endpoint's answer means for a batch.

Decides, by status, content type and body alone, whether a batch has arrived, is sent again, is split, is lost, or ends all sending. It must
never take a page, a redirect or silence for an acknowledgement, and never learn a setting from an answer.
"""

from __future__ import annotations

import enum
from typing import Final

from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from mlflow_usage.namedtuple import NamedTuple

MAX_BODY: Final = 65_536  # bytes; what is longer is no answer of OTLP's, and not read to its end
MAX_WAIT: Final = 600.0  # seconds


class Outcome(enum.Enum):
    """What becomes of the batch."""

    ACCEPTED = "accepted"
    KEPT = "kept"  # sent again later
    REFUSED = "refused"  # never sent again, and told as dropped
    TOO_LARGE = "too large"  # sent in parts
    STOPPED = "stopped"  # this version sends nothing more there


class Answer(NamedTuple):
    """An endpoint's answer; `status` is None where there was none."""

    outcome: Outcome
    status: int | None = None
    rejected: int = 0  # records that a partial success did not take
    retry_after: float | None = None  # seconds


NONE: Final = Answer(Outcome.KEPT)
_STATUSES: Final = {
    400: Outcome.REFUSED,
    410: Outcome.STOPPED,
    413: Outcome.TOO_LARGE,
    422: Outcome.REFUSED,
}


def classify(status: int, content_type: str, body: bytes, retry_after: str | None) -> Answer:
    """The meaning of a complete answer. OTLP 1.10: only a 2xx whose body is an ExportLogsServiceResponse is an acknowledgement."""
    if 200 <= status < 300:  # noqa: PLR2004
        return _success(status, content_type, body)
    return Answer(_STATUSES.get(status, Outcome.KEPT), status, retry_after=seconds(retry_after))


def _success(status: int, content_type: str, body: bytes) -> Answer:
    if len(body) > MAX_BODY or content_type.partition(";")[0].strip().lower() != "application/x-protobuf":
        return Answer(Outcome.KEPT, status)
    try:
        response = ExportLogsServiceResponse.FromString(body)
    except DecodeError:
        return Answer(Outcome.KEPT, status)
    return Answer(Outcome.ACCEPTED, status, rejected=max(0, response.partial_success.rejected_log_records))


def seconds(retry_after: str | None) -> float | None:
    """The delay that a Retry-After header asks for, in seconds and bounded; None for a date or anything else."""
    text = (retry_after or "").strip()
    if not (text.isascii() and text.isdecimal()):
        return None
    return min(float(text[:9]), MAX_WAIT)
