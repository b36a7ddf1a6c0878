"""Every import of OpenTelemetry's log SDK and exporter, and the one way from a batch to a request.

Decides how a batch becomes OTLP. It must never touch a global provider, read a current span, or let the user's OTEL_* variables change
what is sent. There is no LoggerProvider here: each one registers a fork handler that is never released, and its loggers cut attributes
by the user's OTEL_ATTRIBUTE_* limits; a `ReadableLogRecord` is the same record without either.
"""

from __future__ import annotations

import inspect
import logging
import sys
import threading
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
# Loggers that our own request may write to; quiet on our thread, untouched for everyone else.
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


class _NotOurs(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002  logging's signature
        return not getattr(_quiet, "on", False)


@contextmanager
def apart() -> Iterator[None]:
    """Keep what this thread does out of the host's logs and traces."""
    for name in LOGGERS:
        logger = logging.root.manager.loggerDict.get(name)  # made by nobody but its own module
        if isinstance(logger, logging.Logger) and not any(isinstance(known, _NotOurs) for known in logger.filters):
            logger.addFilter(_NotOurs())
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
    """The log records of a batch, each judged by the catalogue once more; none where the resource is refused.

    `meta`: of its journal, which says under which condition it was made.
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
    """The batch's id as a UUID's text."""
    text = batch.id.hex()
    return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


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
    """The OTLP request of the records as the OTLP/JSON mapping."""
    found: dict[str, Any] = MessageToDict(encode_logs(made)) if made else {}
    return found


class _NoDraw:
    """Stands where the stock exporter sees the module `random`."""

    @staticmethod
    def uniform(low: float, _high: float) -> float:
        """A back-off that is never used: the guard answers so that the exporter does not wait."""
        return low


def _without_a_draw(function: Any) -> FunctionType:  # noqa: ANN401  a function of the exporter's, in whichever module it is
    """The same function with no access to the host's generator: every request would draw from it and change what a seeded program does."""
    names = {**function.__globals__, "random": _NoDraw}
    made = FunctionType(function.__code__, names, function.__name__, function.__defaults__, function.__closure__)
    made.__kwdefaults__ = function.__kwdefaults__
    return made


def _own_meters() -> dict[str, Any]:
    """What keeps the exporter's metrics of itself out of the host's meter provider: from 1.43 it takes the global one if it is given none.

    Nothing is imported: an exporter that has the parameter has imported the module.
    """
    if "meter_provider" not in inspect.signature(OTLPLogExporter).parameters:
        return {}
    return {"meter_provider": sys.modules["opentelemetry.metrics"].NoOpMeterProvider()}


class Exporter:
    """The stock OTLP/HTTP exporter behind the guard, for one endpoint."""

    def __init__(self, endpoint: Endpoint, session: GuardedSession) -> None:
        """Export to `endpoint` through `session`."""
        self._session = session
        # Given even where they are empty, so that none of them is read from the user's OTEL_EXPORTER_OTLP_* variables.
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
        self._session.answer = NONE  # an exporter that cannot encode a record does not come to the session at all
        self._export(made)
        return self._session.answer

    def rest(self) -> None:
        """Close the connections: none is kept between flushes, so that none is shared with a forked child or left to the interpreter."""
        self._session.close()
