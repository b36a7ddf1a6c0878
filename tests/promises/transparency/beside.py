"""Run by another Python together with other libraries that watch programs: as `first` or `last`, or under `opentelemetry-instrument`.

The second argument names where the watchers' own data goes: a loopback address. Prints what the watchers saw, as JSON.
"""

from __future__ import annotations

import json
import sys
from typing import Any

order, watcher = sys.argv[1:3]
spans: list[dict[str, Any]] = []
envelopes: list[str] = []


def watch() -> None:
    """Begin with every library, each patching what it patches."""
    import ddtrace.auto  # noqa: F401  patches requests, urllib3, logging, …
    import logfire
    import sentry_sdk
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor, SpanExporter, SpanExportResult
    from sentry_sdk.transport import Transport

    class Kept(SpanExporter):
        def export(self, batch: Any) -> Any:
            spans.extend({"name": span.name, "attributes": {k: str(v) for k, v in (span.attributes or {}).items()}} for span in batch)
            return SpanExportResult.SUCCESS

        def shutdown(self) -> None:
            pass

    class Memory(Transport):
        def capture_envelope(self, envelope: Any) -> None:
            envelopes.append(envelope.serialize().decode(errors="replace"))

    sentry_sdk.init(
        dsn="http://key@127.0.0.1:9/1", transport=Memory, traces_sample_rate=1.0, enable_logs=True, trace_propagation_targets=[".*"]
    )
    logfire.configure(
        send_to_logfire=False, console=False, token=None, additional_span_processors=[SimpleSpanProcessor(Kept())], inspect_arguments=False
    )
    from opentelemetry.instrumentation.requests import RequestsInstrumentor
    from opentelemetry.instrumentation.urllib3 import URLLib3Instrumentor

    RequestsInstrumentor().instrument()
    URLLib3Instrumentor().instrument()


if order == "first":
    watch()
import mlflow  # noqa: E402

if order == "last":
    watch()

import requests  # noqa: E402


def program() -> None:
    mlflow.set_experiment("one")
    with mlflow.start_run() as run:
        for step in range(5):
            mlflow.log_metric("m", step, step=step)
    assert len(mlflow.MlflowClient().get_metric_history(run.info.run_id, "m")) == 5
    # A request of the program's own: the watchers see this one.
    requests.get(watcher, timeout=5)


if order == "instrument":
    program()
else:
    import logfire
    import sentry_sdk

    with sentry_sdk.start_transaction(name="mine"), logfire.span("mine"):
        program()
    import mlflow_usage

    with sentry_sdk.start_transaction(name="flushing"), logfire.span("flushing"):
        assert mlflow_usage.flush(20)
    sentry_sdk.flush()

import mlflow_usage  # noqa: E402

assert mlflow_usage.flush(20)
print(json.dumps({"spans": spans, "envelopes": envelopes}))
