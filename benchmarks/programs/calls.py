"""What one call costs the caller's thread. usage: calls.py ours|mlflow|otel URL; for MLflow's own recorder and OpenTelemetry's logger."""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any

import wrapt

KIND, URL = sys.argv[1:]
CHUNK, ROUNDS, SINGLE = 100, 300, 20_000
LOOPS = """
def loop(function, times, clock):
    start = clock()
    for _ in times: function("loss", 0.5)
    return clock() - start

def client_loop(client, times, clock):
    start = clock()
    for _ in times: client.log_metric("run", "loss", 0.5)
    return clock() - start

def autolog_loop(function, times, clock):
    start = clock()
    for _ in times: function(log_models=False)
    return clock() - start

def single(function, times, clock):
    found = []
    for _ in times:
        start = clock(); function("loss", 0.5); found.append(clock() - start)
    return found
"""


def log_metric(key: str, value: float, step: int | None = None) -> None:
    """The function that is measured: it does nothing."""


def autolog(log_models: bool = True, disable: bool = False, log_traces: bool = True) -> None:
    """The same for attributes."""


class Client:
    """A client that does nothing."""

    def __init__(self, tracking_client: object) -> None:
        self._tracking_client = tracking_client

    def log_metric(self, run_id: str, key: str, value: float) -> None:
        """Do nothing."""


def through(wrapped: Callable[..., Any], _instance: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    return wrapped(*args, **kwargs)


def callers(name: str) -> dict[str, Any]:
    """The loops, as code of a module of this name."""
    scope: dict[str, Any] = {"__name__": name, "__spec__": None}
    exec(LOOPS, scope)
    return scope


exec(LOOPS, globals())
MAIN, MODULE, INTERNAL = globals(), callers("train"), callers("mlflow.models.evaluation")
BARE = wrapt.FunctionWrapper(log_metric, through)
Case = tuple[Callable[..., float], Any]
Cases = dict[str, Case]
BASE: Cases = {"plain": (MODULE["loop"], log_metric), "bare": (MODULE["loop"], BARE)}


def ours() -> Cases:
    import mlflow
    import mlflow.telemetry.client as telemetry

    from mlflow_usage.process.running import Running

    telemetry._set_telemetry_client(None)
    patches = Running.patches
    fluent = patches.wrapper(log_metric, "mlflow.log_metric", {}, client=False)
    logged = patches.wrapper(autolog, "mlflow.autolog", {"mlflow.usage.flavor": "sklearn"}, client=False)
    inner = mlflow.MlflowClient()._tracking_client
    measured = type("Measured", (Client,), {"log_metric": patches.wrapper(Client.log_metric, "mlflow.log_metric", {}, client=True)})(inner)
    bare = type("Bare", (Client,), {"log_metric": wrapt.FunctionWrapper(Client.log_metric, through)})(inner)
    return {
        "fluent": (MAIN["loop"], fluent),
        "fluent, from a module": (MODULE["loop"], fluent),
        "fluent, internal": (INTERNAL["loop"], fluent),
        "client bare": (MAIN["client_loop"], bare),
        "client": (MAIN["client_loop"], measured),
        "client, internal": (INTERNAL["client_loop"], measured),
        "autolog bare": (MAIN["autolog_loop"], wrapt.FunctionWrapper(autolog, through)),
        "autolog": (MAIN["autolog_loop"], logged),
        "autolog, internal": (INTERNAL["autolog_loop"], logged),
    }


def theirs() -> Cases:
    from mlflow.telemetry import utils

    utils.CONFIG_URL = f"{URL}/config"
    from mlflow.telemetry.events import LogMetricEvent
    from mlflow.telemetry.track import record_usage_event

    return {"mlflow": (MAIN["loop"], record_usage_event(LogMetricEvent)(log_metric))}


def otel() -> Cases:
    from opentelemetry._logs import SeverityNumber
    from opentelemetry.exporter.otlp.proto.http import Compression
    from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
    from opentelemetry.sdk._logs import LoggerProvider
    from opentelemetry.sdk._logs.export import BatchLogRecordProcessor
    from opentelemetry.sdk.resources import Resource

    provider = LoggerProvider(resource=Resource({"service.name": "mlflow"}), shutdown_on_exit=False)
    provider.add_log_record_processor(BatchLogRecordProcessor(OTLPLogExporter(f"{URL}/v1/logs", compression=Compression.Gzip)))
    emit, level = provider.get_logger("mlflow.usage").emit, SeverityNumber.INFO

    def emitting(wrapped: Callable[..., Any], _instance: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        emit(event_name="mlflow.log_metric", severity_number=level, attributes={"mlflow.usage.store": "SqlAlchemyStore"})
        return wrapped(*args, **kwargs)

    return {"otel": (MAIN["loop"], wrapt.FunctionWrapper(log_metric, emitting))}


def main() -> None:
    cases = {**BASE, **{"ours": ours, "mlflow": theirs, "otel": otel}[KIND]()}
    clock, times = time.perf_counter, range(CHUNK)
    found: dict[str, list[float]] = {name: [] for name in cases}
    for run, what in cases.values():  # the first call of each kind opens what it needs
        run(what, range(20), clock)
    for _ in range(ROUNDS):
        for name, (run, what) in cases.items():
            found[name].append(run(what, times, clock) / CHUNK * 1e6)
    result = {name: statistics.median(values) for name, values in found.items()}
    tail: dict[str, float] = {}
    for name in ("plain", "bare", "fluent", "mlflow", "otel"):
        if name in cases:
            tail[name] = sorted(MAIN["single"](cases[name][1], range(SINGLE), clock))[int(SINGLE * 0.999)] * 1e6
    if KIND == "ours":
        os.environ["MLFLOW_DISABLE_TELEMETRY"] = "true"
        run, what = cases["fluent"]
        run(what, range(20), clock)
        for name, (run, what) in {"bare after": cases["bare"], "fluent, off": cases["fluent"]}.items():
            result[name] = statistics.median(run(what, times, clock) / CHUNK * 1e6 for _ in range(ROUNDS))
    print(json.dumps({"median": result, "tail": tail}), flush=True)
    os._exit(0)


main()
