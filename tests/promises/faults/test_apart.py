"""The user's telemetry never reaches our endpoint, and ours never reaches the user's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from promises.faults.scene import Scene
from support.receiver import OK, Receiver

# A program with its own provider for everything, and with a log handler that takes every library's lines.
PROGRAM = """
import json, logging
prepare()
from opentelemetry import _logs, baggage, context, metrics, trace
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

logs, spans, numbers, lines = InMemoryLogRecordExporter(), InMemorySpanExporter(), InMemoryMetricReader(), []

class Lines(logging.Handler):
    def emit(self, record):
        lines.append([record.name, record.getMessage()])

def watch():
    loggers, traces = LoggerProvider(), TracerProvider()
    loggers.add_log_record_processor(SimpleLogRecordProcessor(logs))
    traces.add_span_processor(SimpleSpanProcessor(spans))
    _logs.set_logger_provider(loggers)
    trace.set_tracer_provider(traces)
    metrics.set_meter_provider(MeterProvider([numbers]))
    logging.basicConfig(level=1, handlers=[Lines()])

if sys.argv[0] and "FIRST" in os.environ:
    watch()
session = begin()
if "FIRST" not in os.environ:
    watch()
context.attach(baggage.set_baggage("user", "SECRET"))
with trace.get_tracer("host").start_as_current_span("SECRET") as span:
    for number in range(100):
        session.hit(EVENTS[number % 5], None)
    assert session.sender.flush(5)
    session.hit(EVENTS[0], None)
    assert session.sender.flush(5)
    _logs.get_logger("host").emit(_logs.LogRecord(body="the host's own", event_name="host"))
    logging.getLogger("urllib3.connectionpool").info("the host's own")
    metrics.get_meter("host").create_counter("host").add(1)
found = numbers.get_metrics_data()
print(json.dumps({
    "logs": [(data.instrumentation_scope.name, data.log_record.event_name) for data in logs.get_finished_logs()],
    "spans": [one.name for one in spans.get_finished_spans()],
    "metrics": [(scope.scope.name, metric.name) for resource in found.resource_metrics for scope in resource.scope_metrics
                for metric in scope.metrics],
    "lines": lines,
    "ids": [format(span.get_span_context().trace_id, "032x"), format(span.get_span_context().span_id, "016x")],
}))
"""
NOTICE = "mlflow_usage"  # the logger of the plugin's one permitted line


def users(scene: Scene, keys: tuple[Path, Path]) -> dict[str, str]:
    """Return the variables and files of a user of OpenTelemetry, requests and a `.netrc`; every secret is marked as one."""
    netrc = scene.place / ".netrc"
    netrc.write_text("machine 127.0.0.1 login SECRET password SECRET\ndefault login SECRET password SECRET\n", encoding="utf-8")
    netrc.chmod(0o600)
    own: dict[str, str] = {}
    for kind in ("", "LOGS_"):
        own |= {
            f"OTEL_EXPORTER_OTLP_{kind}HEADERS": "authorization=SECRET,x-tenant=SECRET",
            f"OTEL_EXPORTER_OTLP_{kind}CLIENT_CERTIFICATE": str(keys[1]),
            f"OTEL_EXPORTER_OTLP_{kind}CLIENT_KEY": str(keys[0]),
            f"OTEL_EXPORTER_OTLP_{kind}CERTIFICATE": str(keys[1]),
            f"OTEL_EXPORTER_OTLP_{kind}ENDPOINT": "http://127.0.0.1:1/SECRET",
            f"OTEL_EXPORTER_OTLP_{kind}COMPRESSION": "none",
            f"OTEL_EXPORTER_OTLP_{kind}TIMEOUT": "0.000001",
        }
    return own | {
        "NETRC": str(netrc),
        "OTEL_RESOURCE_ATTRIBUTES": "team=SECRET,service.name=SECRET,session.id=SECRET",
        "OTEL_SERVICE_NAME": "SECRET",
        "OTEL_EXPERIMENTAL_RESOURCE_DETECTORS": "process,os,host",
        "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT": "3",
        "OTEL_ATTRIBUTE_COUNT_LIMIT": "1",
        "OTEL_PROPAGATORS": "tracecontext,baggage",
        "OTEL_PYTHON_LOG_CORRELATION": "true",
        "OTEL_PYTHON_SDK_INTERNAL_METRICS_ENABLED": "true",
        "OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER": "SECRET",
    }


@pytest.mark.parametrize("order", ["first", "last"])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_neither_side_is_in_the_other_s_data(scene: Scene, secured: Receiver, keys: tuple[Path, Path], scheme: str, order: str) -> None:
    receiver = secured if scheme == "https" else scene.receiver
    extra = users(scene, keys) | {"MLFLOW_USAGE_ENDPOINT": receiver.endpoint, "MLFLOW_USAGE_CERTIFICATE": str(keys[1])}
    ended = scene.play(PROGRAM, **extra, **({"FIRST": "1"} if order == "first" else {}))
    assert (ended.code, ended.err) == (0, "")
    assert receiver.calls(accepted=True).total() == 101
    said = json.loads(ended.out)
    # The user's providers saw the user's telemetry and none of ours.
    assert said["logs"] == [["host", "host"]]
    assert said["spans"] == ["SECRET"]
    assert ["host", "host"] in said["metrics"]
    assert [name for _, name in said["metrics"] if "exporter" in name] == []  # the host's SDK reports about itself, ours does not
    assert [line for line in said["lines"] if line[0] != NOTICE] == [["urllib3.connectionpool", "the host's own"]]
    # Our endpoint saw nothing of the user's.
    for request in receiver.requests:
        headers = {name.lower() for name in request.headers}
        assert headers == {"host", "accept-encoding", "content-type", "content-encoding", "content-length", "user-agent"}
        assert request.certificate is None
        assert request.path == "/v1/logs"
        shown = f"{request.headers}{request.content}"
        assert [secret for secret in ("SECRET", "traceId", "spanId", *said["ids"]) if secret in shown] == []
    for resource, _ in receiver.records():
        assert resource["service.name"] == "mlflow"
        assert not {"team", "process.pid", "host.name", "os.description"} & resource.keys()


def test_a_pipeline_of_the_user_s_that_fails_is_not_ours(scene: Scene, keys: tuple[Path, Path]) -> None:
    """The user's own exporter sends to the user's endpoint with the user's headers, and ours sends without them."""
    with Receiver(reply=OK) as theirs:
        extra = users(scene, keys) | {"OTEL_EXPORTER_OTLP_LOGS_ENDPOINT": f"{theirs.endpoint}/mine", "OTEL_EXPORTER_OTLP_LOGS_TIMEOUT": "5"}
        extra |= {"OTEL_EXPORTER_OTLP_LOGS_COMPRESSION": "gzip", "OTEL_PYTHON_EXPORTER_OTLP_HTTP_CREDENTIAL_PROVIDER": ""}
        code = """
prepare()
from opentelemetry import _logs
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
session = begin()
loggers = LoggerProvider()
loggers.add_log_record_processor(SimpleLogRecordProcessor(OTLPLogExporter()))
_logs.set_logger_provider(loggers)
session.hit(EVENTS[0], None)
_logs.get_logger("host").emit(_logs.LogRecord(event_name="mine"))
assert session.sender.flush(5)
_logs.get_logger("host").emit(_logs.LogRecord(event_name="mine"))
os._exit(0)
"""
        ended = scene.play(code, **extra)
        assert (ended.code, ended.err) == (0, "")
        assert scene.receiver.calls() == {"mlflow.log_metric": 1}
        assert [request.path for request in theirs.requests] == ["/mine"] * 2
        assert {request.headers["x-tenant"] for request in theirs.requests} == {"SECRET"}
        assert "mlflow.usage" not in str([request.content for request in theirs.requests])
