"""With ddtrace, sentry-sdk, logfire and `opentelemetry-instrument`: calls count once, and neither side is in the other's data."""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from promises.transparency.sides import Side
from support import answering
from support.environments import released
from support.receiver import Receiver
from support.repository import ROOT

PROGRAM = Path(__file__).parent / "beside.py"
WATCHERS = ("ddtrace", "sentry-sdk", "logfire", "opentelemetry-distro", "opentelemetry-instrumentation-requests")
ALSO = ("opentelemetry-instrumentation-urllib3",)
CALLS = {"mlflow.set_experiment": 1, "mlflow.start_run": 1, "mlflow.log_metric": 5, "mlflow.client.get_metric_history": 1}
# The headers that each of them puts on a request that it watches.
HEADERS = ("traceparent", "tracestate", "baggage", "sentry-trace", "b3", "x-datadog", "x-b3")


class Seen:
    """A loopback server that plays an ordinary server and ddtrace's agent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        seen = self

        class Handler(answering.Handler):
            def do_GET(self) -> None:
                seen.requests.append((self.path, dict(self.headers), self.body()))
                self.answer(b"{}")

            do_POST = do_PUT = do_GET

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def seen() -> Iterator[Seen]:
    server = Seen()
    yield server
    server.server.shutdown()
    server.server.server_close()


@pytest.mark.slow
@pytest.mark.parametrize("order", ["first", "last", "instrument"])
def test_beside_other_watchers(tmp_path: Path, seen: Seen, order: str) -> None:
    python = released("newest", *WATCHERS, *ALSO)
    side = Side(tmp_path, python)
    with Receiver() as receiver:
        environ = side.environment(
            MLFLOW_USAGE_ENDPOINT=receiver.endpoint,
            MLFLOW_TRACKING_URI="sqlite:///mlflow.db",
            DD_TRACE_AGENT_URL=seen.url,
            DD_REMOTE_CONFIGURATION_ENABLED="false",
            OTEL_TRACES_EXPORTER="console",
            OTEL_METRICS_EXPORTER="none",
            OTEL_LOGS_EXPORTER="none",
            OTEL_PYTHON_LOG_CORRELATION="true",
        )
        before = [str(python.with_name("opentelemetry-instrument"))] if order == "instrument" else []
        result = subprocess.run(
            [*before, str(python), str(PROGRAM), order, f"{seen.url}/mine"],
            env=environ,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert result.returncode == 0, result.stderr[-4000:]
        said: dict[str, Any] = json.loads(next(line for line in reversed(result.stdout.splitlines()) if line.startswith('{"spans"')))
        assert receiver.calls() == Counter(CALLS) | Counter(
            {name: count for name, count in receiver.calls().items() if name not in CALLS and name == "mlflow.get_metric_history"}
        )
        headers = [{key.lower() for key in request.headers} for request in receiver.requests]
        assert headers
        assert [name for given in headers for name in given if name.startswith(HEADERS)] == []
        ours = receiver.endpoint.removeprefix("http://")
    # The watchers watch: their data has the program's own request, with their headers.
    mine = [{key.lower() for key in given} for path, given, _ in seen.requests if path == "/mine"]
    assert mine
    watched = json.dumps(said) + result.stdout + result.stderr + "".join(str(row) for row in seen.requests)
    watched = watched.replace(str(ROOT), "")  # a checkout may have the plugin's name
    assert "/mine" in watched
    if order == "instrument":
        assert "traceparent" in mine[0]
    else:
        assert any(name.startswith(HEADERS) for name in mine[0])
        assert [span for span in said["spans"] if "/mine" in str(span)]
        assert [text for text in said["envelopes"] if "/mine" in text]
    # None of ours is in their data.
    for needle in (ours, "/v1/logs", "mlflow.usage", "mlflow-usage/"):
        at = watched.find(needle)
        assert at < 0, watched[max(0, at - 300) : at + 300]
