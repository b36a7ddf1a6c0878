"""The way from a batch to an OTLP request, and every import of OpenTelemetry's log SDK and exporter.

Decides how a batch becomes OTLP. This module must never touch a global provider, read a current span, or let the user's OTEL_* variables
change what is sent. It makes no LoggerProvider: each one registers a fork handler that is never released, and its loggers cut attributes by
the user's OTEL_ATTRIBUTE_* limits. A `ReadableLogRecord` is the same record without either.
"""

from __future__ import annotations

import inspect
import logging
import sys
import threading
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import FunctionType, MethodType
from typing import Any, Final

from google.protobuf.json_format import MessageToDict
from opentelemetry import context as otel_context
from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.util.instrumentation import InstrumentationScope
from opentelemetry.trace import INVALID_SPAN, set_span_in_context

from mlflow_usage.catalogue.check import check_record, check_resource
from mlflow_usage.consent.endpoint import Endpoint
from mlflow_usage.delivery.answer import NONE, Answer
from mlflow_usage.delivery.http import TOTAL, GuardedSession
from mlflow_usage.journal.batch import Batch, Entry

SCOPE: Final = "mlflow.usage"
NANOSECONDS_AN_HOUR: Final = 3_600_000_000_000
NO_TRACE: Final = set_span_in_context(INVALID_SPAN, otel_context.Context())
# Loggers that the request may write to: silenced on the sender's thread, untouched on every other.
LOGGERS: Final = (
    "opentelemetry.exporter.otlp.proto.http._log_exporter",
    "opentelemetry.exporter.otlp.proto.http._common",
    "opentelemetry.exporter.otlp.proto.http",
    "opentelemetry.exporter.otlp.common.http",
    "opentelemetry.exporter.otlp.common",
    "opentelemetry.exporter.http.transport",
    "opentelemetry.attributes",
    "opentelemetry.sdk.resources",
    "opentelemetry.util.re",
    "requests",
    "urllib3.connection",
    "urllib3.connectionpool",
    "urllib3.poolmanager",
    "urllib3.util.retry",
)

_quiet = threading.local()


class _Silencer(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002  logging's signature
        return not getattr(_quiet, "on", False)


@contextmanager
def silenced() -> Iterator[None]:
    """Keep this thread's work out of the host's logs and traces."""
    for name in LOGGERS:
        logger = logging.root.manager.loggerDict.get(name)  # never make a logger: only its own module does
        if isinstance(logger, logging.Logger) and not any(isinstance(known, _Silencer) for known in logger.filters):
            logger.addFilter(_Silencer())
    suppressed = otel_context.Context()
    for key in ("_SUPPRESS_INSTRUMENTATION_KEY", "_SUPPRESS_HTTP_INSTRUMENTATION_KEY"):
        found = getattr(otel_context, key, None)
        if found is not None:
            suppressed = otel_context.set_value(found, value=True, context=suppressed)
    token = otel_context.attach(suppressed)
    _quiet.on = True
    try:
        yield
    finally:
        _quiet.on = False
        otel_context.detach(token)


def records(batch: Batch, meta: Mapping[str, Any], version: str) -> list[ReadableLogRecord]:
    """Return the log records of a batch, each judged by the catalogue once more; none where the resource is refused.

    `meta` is that of the batch's journal, and says under which condition it was recorded.
    """
    pending = meta.get("pending") is True
    judged = check_resource(meta.get("resource", {}), pending=pending)
    if judged.refused is not None:
        return []
    made = Resource(dict(judged.attributes))
    scope = InstrumentationScope(SCOPE, version)
    uid = batch_uid(batch)
    return [
        ReadableLogRecord(record, made, scope)
        for entry in batch.entries
        if (record := _record(entry, f"{uid}-{entry.slot}", pending=pending)) is not None
    ]


def batch_uid(batch: Batch) -> str:
    """Return the batch's id as the text of a UUID."""
    return str(uuid.UUID(bytes=batch.id))


def _record(entry: Entry, uid: str, *, pending: bool) -> LogRecord | None:
    given = {**entry.attributes, "mlflow.usage.count": entry.calls, "log.record.uid": uid}
    plain = {key: tuple(value) if type(value) is list else value for key, value in given.items()}
    judged = check_record(entry.event, plain, pending=pending)
    if judged.refused is not None:
        return None
    hour = entry.hour * NANOSECONDS_AN_HOUR
    return LogRecord(
        timestamp=hour,
        observed_timestamp=hour,
        context=NO_TRACE,
        severity_number=SeverityNumber.INFO,
        attributes=dict(judged.attributes),
        event_name=entry.event,
    )


def as_json(made: Sequence[ReadableLogRecord]) -> dict[str, Any]:
    """Return the OTLP request of the records as OTLP/JSON."""
    found: dict[str, Any] = MessageToDict(encode_logs(made)) if made else {}
    return found


class _NoDraw:
    """Takes the place of the module `random` in the stock exporter."""

    @staticmethod
    def uniform(low: float, _high: float) -> float:
        """Return a back-off that is never used, since the guard's answers never make the exporter wait."""
        return low


def _without_a_draw(function: Any) -> FunctionType:  # noqa: ANN401  a function of the exporter's, in whichever module it is
    """Return the same function without access to the host's generator: a request that draws from it changes what a seeded program does."""
    names = {**function.__globals__, "random": _NoDraw}
    made = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def _own_meters() -> dict[str, Any]:
    """Keep the exporter's metrics out of the host's meter provider: from 1.43 it takes the global one if it is given none.

    Imports nothing: an exporter that has the parameter has imported the module.
    """
    if "meter_provider" not in inspect.signature(OTLPLogExporter).parameters:
        return {}
    return {"meter_provider": sys.modules["opentelemetry.metrics"].NoOpMeterProvider()}


class Exporter:
    """The stock OTLP/HTTP exporter behind the guard, for one endpoint."""

    def __init__(self, endpoint: Endpoint, session: GuardedSession) -> None:
        """Export to `endpoint` through `session`."""
        self._session = session
        # Given even where they are empty, so that the exporter reads none of the user's OTEL_EXPORTER_OTLP_* variables.
        self._exporter = OTLPLogExporter(
            endpoint=endpoint.url,
            headers={},
            timeout=TOTAL,
            compression=Compression.Gzip,
            session=session,
            **_own_meters(),
        )
        self._export = MethodType(_without_a_draw(OTLPLogExporter.export), self._exporter)  # to 1.44
        client: Any = getattr(self._exporter, "_client", None)  # from 1.45
        if hasattr(client, "_compute_backoff"):
            client._compute_backoff = MethodType(_without_a_draw(type(client)._compute_backoff), client)  # noqa: SLF001

    def export(self, made: Sequence[ReadableLogRecord]) -> Answer:
        """Send the records in one request and return what the endpoint answered."""
        self._session.answer = NONE  # an exporter that cannot encode a record never calls the session
        self._export(made)
        return self._session.answer

    def close(self) -> None:
        """Close the connections between flushes, so that none is shared with a forked child or left to the interpreter's end."""
        self._session.close()
