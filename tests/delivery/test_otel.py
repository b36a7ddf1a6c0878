"""From a batch to a request of the stock exporter: only what the catalogue lets through, apart from the host's own telemetry."""

from __future__ import annotations

import logging
import threading

import pytest
from opentelemetry import context, trace

from delivery.exchange import RESOURCE, Exchange
from mlflow_usage.consent.endpoint import stamp
from mlflow_usage.delivery import otel
from mlflow_usage.journal.batch import Batch, Entry
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life

META = {"resource": RESOURCE, "mode": "on"}
BATCH = Batch(bytes(range(16)), (Entry(1, "mlflow.log_metric", {"mlflow.usage.store": "FileStore"}, 3, 500_000),))


def test_a_span_of_the_host_leaves_no_id(exchange: Exchange) -> None:
    from opentelemetry.sdk.trace import TracerProvider

    with TracerProvider().get_tracer("host").start_as_current_span("private"):
        exchange.recorder.hit("mlflow.log_metric", None)
        exchange.courier.flush()
    text = str(exchange.receiver.requests[0].content)
    assert "traceId" not in text
    assert "spanId" not in text


def test_nothing_reaches_the_host_s_log(exchange: Exchange, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    exchange.receiver.reply = (503, {}, b"")
    exchange.recorder.hit("mlflow.log_metric", None)

    def deliver() -> None:
        with exchange.courier.silenced():
            exchange.courier.flush()
            exchange.endpoint = exchange.endpoint._replace(url="http://127.0.0.1:9/v1/logs")
            exchange.courier_of(exchange.recorder).flush()

    thread = threading.Thread(target=deliver)
    thread.start()
    thread.join()
    assert not caplog.records
    logging.getLogger("urllib3.connectionpool").warning("the host's own")
    assert [record.message for record in caplog.records] == ["the host's own"]


def test_a_resource_or_record_that_the_catalogue_refuses_never_leaves(exchange: Exchange) -> None:
    meta = {"resource": {**RESOURCE, "host.name": "acme-internal"}, "mode": "on", "endpoint": stamp(exchange.endpoint)}
    recorder = Recorder(lambda: meta, lambda: exchange.directory, life=Life())
    recorder.count("mlflow.acme_secret", {})
    recorder.count("mlflow.log_model", {"mlflow.usage.flavor": "acme", "mlflow.usage.status": "success", "acme": "secret"})
    exchange.courier_of(recorder).flush()
    assert "acme" not in str([request.content for request in exchange.receiver.requests])
    assert exchange.receiver.calls() == {"mlflow.log_model": 1}
    assert recorder.live is not None
    assert recorder.live.journal.unreported == 1


def test_a_batch_that_cannot_be_encoded_is_never_taken_for_delivered(exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    exchange.recorder.hit("mlflow.log_metric", None)
    exchange.courier.flush()
    exchange.recorder.hit("mlflow.log_metric", None)
    assert exchange.courier._exporter is not None
    monkeypatch.setattr(exchange.courier._exporter, "_export", lambda _: None)  # what the stock exporter does then
    with exchange.courier.silenced():
        assert exchange.courier.flush() is not None
    assert not exchange.recorder.settled


def test_a_batch_becomes_records_with_an_hour_a_count_and_a_uid_that_stays() -> None:
    (made,) = otel.records(BATCH, META, "0.1.0")
    record = made.log_record
    assert (record.event_name, record.timestamp, record.observed_timestamp) == ("mlflow.log_metric", *[500_000 * 3600 * 10**9] * 2)
    assert dict(record.attributes or {}) == {
        "mlflow.usage.store": "FileStore",
        "mlflow.usage.count": 3,
        "log.record.uid": "00010203-0405-0607-0809-0a0b0c0d0e0f-1",
    }
    assert dict(made.resource.attributes) == RESOURCE
    assert (made.instrumentation_scope.name, made.instrumentation_scope.version) == ("mlflow.usage", "0.1.0")  # type: ignore[union-attr]
    assert otel.as_json(otel.records(BATCH, META, "0.1.0")) == otel.as_json([made])


def test_without_a_resource_that_the_catalogue_takes_there_is_no_record() -> None:
    assert otel.records(BATCH, {"resource": {**RESOURCE, "service.name": "acme"}}, "0.1.0") == []
    assert otel.records(BATCH, {}, "0.1.0") == []
    assert otel.as_json([]) == {}


def test_a_record_that_the_catalogue_refuses_leaves_the_others() -> None:
    secret = Entry(2, "mlflow.log_metric", {"mlflow.usage.acme": "secret"}, 1, 500_000)
    unknown = Entry(3, "acme.secret", {}, 1, 500_000)
    shown = str(otel.as_json(otel.records(Batch(BATCH.id, (*BATCH.entries, secret, unknown)), META, "0.1.0")))
    assert "mlflow.log_metric" in shown
    assert "secret" not in shown


def test_apart_is_of_this_thread_only_and_ends() -> None:
    """The exporter's loggers are quiet where we work, and as loud as ever elsewhere and afterwards."""
    logger, heard = logging.getLogger("urllib3.connectionpool"), []
    handler = logging.Handler()
    handler.emit = lambda record: heard.append(record.getMessage())  # type: ignore[method-assign]
    logger.addHandler(handler)
    try:
        with otel.silenced():
            logger.error("ours")
            other = threading.Thread(target=logger.error, args=("another thread's",))
            other.start()
            other.join()
        logger.error("the host's")
    finally:
        logger.removeHandler(handler)
    assert heard == ["another thread's", "the host's"]


def test_apart_hides_the_host_s_span_and_gives_it_back() -> None:
    span = trace.NonRecordingSpan(trace.SpanContext(1, 1, is_remote=False))
    token = context.attach(trace.set_span_in_context(span))
    try:
        with otel.silenced():
            assert trace.get_current_span() is trace.INVALID_SPAN
        assert trace.get_current_span() is span
    finally:
        context.detach(token)
