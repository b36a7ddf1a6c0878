"""The audit log: every request body that really left, with the endpoint's answer; the last mebibyte of them.

Decides nothing. The log must never hold a header, nor stand in the way of delivery: where it cannot be written, it is not written.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from mlflow_usage import filelock
from mlflow_usage.delivery.answer import Answer
from mlflow_usage.installation import state
from mlflow_usage.journal import files
from mlflow_usage.namedtuple import NamedTuple

FILE: Final = "sent.jsonl"
OLDER: Final = "sent.1.jsonl"
MAX_BYTES: Final = 512 * 1024  # of each of the two files
EARLIER_OUTCOMES: Final = {"kept": "retryable", "refused": "rejected"}  # the words of release 0.1.0
MAX_TIME: Final = 253_402_300_800  # the end of the year 9999


class Sent(NamedTuple):
    """One request that left."""

    time: float  # seconds since the epoch
    endpoint: str
    status: int | None
    outcome: str
    body: bytes  # as it was on the wire: gzip over an OTLP ExportLogsServiceRequest
    rejected: int = 0


def append(directory: Path | None, sent: Sent) -> None:
    """Add a request to the log of `directory`. Never raises."""
    if directory is None:
        return
    line = {**sent._asdict(), "body": base64.b64encode(sent.body).decode()}
    path = directory / FILE
    with suppress(OSError):
        _rotate(path)
    with suppress(OSError):
        descriptor = state.open_private(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            os.write(descriptor, (json.dumps(line, separators=(",", ":")) + "\n").encode())
        finally:
            os.close(descriptor)


def _rotate(path: Path) -> None:
    """Put a full log aside. Of several processes at once one does, and it is the full log that is put aside."""
    try:
        descriptor = state.open_private(path, os.O_RDWR)
    except FileNotFoundError:
        return
    try:
        if os.fstat(descriptor).st_size > MAX_BYTES and filelock.take(descriptor) and files.still_named(descriptor, path):
            path.replace(path.with_name(OLDER))
    finally:
        os.close(descriptor)


def read(directory: Path | None) -> Iterator[Sent]:
    """Yield the requests of the log, oldest first; pass over lines that are none."""
    for name in (OLDER, FILE) if directory is not None else ():
        content = b""
        with suppress(OSError):
            content = state.read_private(directory / name, limit=4 * MAX_BYTES)  # type: ignore[operator]
        for line in content.splitlines():
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                found: dict[str, Any] = json.loads(line)
                outcome = EARLIER_OUTCOMES.get(found["outcome"], found["outcome"])
                sent = Sent(**{**found, "outcome": outcome, "body": base64.b64decode(found["body"])})
                if _sound(sent):
                    yield sent


def _sound(sent: Sent) -> bool:
    """Return whether every field is of its type and range: the file is the user's to edit."""
    numbers = isinstance(sent.time, (int, float)) and isinstance(sent.rejected, int) and isinstance(sent.status, (int, type(None)))
    return numbers and 0 <= sent.time < MAX_TIME and isinstance(sent.endpoint, str) and isinstance(sent.outcome, str)


def decode(body: bytes) -> dict[str, Any]:
    """Return the OTLP/JSON mapping of a body that left.

    Raises:
        ValueError: the bytes are not what a request holds.
    """
    from google.protobuf.json_format import MessageToDict  # noqa: PLC0415  only where a person asks
    from google.protobuf.message import DecodeError  # noqa: PLC0415
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest  # noqa: PLC0415

    try:
        found: dict[str, Any] = MessageToDict(ExportLogsServiceRequest.FromString(gzip.decompress(body)))
    except (OSError, EOFError, zlib.error, DecodeError) as error:
        raise ValueError(str(error)) from error
    return found


def answered(endpoint: str, clock: float, body: bytes, answer: Answer) -> Sent:
    """Return the log's line for an exchange."""
    return Sent(clock, endpoint, answer.status, answer.outcome.value, body, answer.rejected)
