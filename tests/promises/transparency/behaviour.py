"""Run by another Python, with or without the plugin: a user's program in sections; prints what each shows, as JSON.

The argument is a directory for the store. A section whose function this release of MLflow lacks says so, on both sides.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
import inspect
import io
import json
import locale
import logging
import os
import pickle
import signal
import socket
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, runtime_checkable
from unittest import mock

ENVIRON = sorted(os.environ.items())

import mlflow  # noqa: E402  what it does is compared

LOADED = sorted(sys.modules)
THREADS = [thread.name for thread in threading.enumerate()]
KERNEL_THREADS = len(list(Path("/proc/self/task").iterdir())) if Path("/proc/self/task").exists() else 0
LAZY = {name: type(value).__name__ for name, value in vars(mlflow).items() if type(value).__name__ == "LazyLoader"}

from mlflow import MlflowClient  # noqa: E402

PLACE = Path(sys.argv[1])
SECTIONS: dict[str, Callable[[], None]] = {}


def section(function: Callable[[], None]) -> Callable[[], None]:
    SECTIONS[(function.__doc__ or "").strip()] = function
    return function


def attempt(call: Callable[[], Any]) -> None:
    """Show the result, or the whole traceback."""
    try:
        print(repr(call()))
    except BaseException:  # noqa: BLE001  shown
        print(traceback.format_exc())


@section
def modules() -> None:
    """lazy modules left lazy by `import mlflow`"""
    print(LAZY)
    print(sorted(name for name in vars(mlflow) if not name.startswith("__")))
    print(mlflow.__all__)


@section
def process() -> None:
    """environment, signals, hooks, warning filters, logging, locale, threads after `import mlflow`"""
    print(sorted(os.environ.items()) == ENVIRON)
    print([signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)])
    print(sys.excepthook is sys.__excepthook__, threading.excepthook is threading.__excepthook__, sys.displayhook is sys.__displayhook__)
    # OpenTelemetry's log SDK adds one filter, for a warning of its own, when it is imported.
    print([str(row) for row in warnings.filters if not row[2].__module__.startswith("opentelemetry.")])
    print([type(handler).__name__ for handler in logging.getLogger().handlers], logging.getLogger().level)
    print(sorted((name, logging.getLogger(name).level) for name in ("opentelemetry", "urllib3", "requests", "mlflow")))
    print(locale.getlocale(), socket.getdefaulttimeout(), sys.getrecursionlimit(), sys.gettrace(), sys.getprofile())
    print(THREADS, KERNEL_THREADS)
    from opentelemetry import _logs, metrics, trace

    print(_logs._internal._LOGGER_PROVIDER, metrics._internal._METER_PROVIDER, type(trace._TRACER_PROVIDER).__name__)


@section
def results() -> None:
    """return values of the fluent functions"""
    print(mlflow.set_experiment("one").name)
    with mlflow.start_run(run_name="a") as run:
        print(type(run).__name__, run.info.run_name, mlflow.active_run() == run)
        print(mlflow.log_metric("m", 1, step=2), mlflow.log_param("p", 2), mlflow.log_params({"q": 1}), mlflow.set_tag("t", "u"))
        mlflow.log_text("text", "file.txt")
        mlflow.log_dict({"a": 1}, "file.json")
    print(mlflow.get_run(run.info.run_id).data.params, mlflow.search_runs().shape, len(mlflow.search_runs(output_format="list")))
    print(MlflowClient().get_metric_history(run.info.run_id, "m")[0].step, mlflow.end_run())
    print(mlflow.get_experiment_by_name("none"), [experiment.name for experiment in mlflow.search_experiments()])
    print(sorted(file.path for file in MlflowClient().list_artifacts(run.info.run_id)))


@section
def fluent_errors() -> None:
    """exceptions and tracebacks of fluent functions, to the letter"""
    attempt(lambda: mlflow.get_run("0" * 32))
    attempt(lambda: mlflow.get_experiment("no number"))
    attempt(lambda: mlflow.start_run(run_id="0" * 32))
    attempt(lambda: mlflow.log_metric())  # noqa: PLW0108  the frame is wanted
    attempt(lambda: mlflow.search_runs(["x"], filter_string="no filter"))
    attempt(lambda: mlflow.register_model("runs:/none", "name"))


@section
def client_errors() -> None:
    """exceptions and tracebacks of `MlflowClient`, to the letter"""
    client = MlflowClient()
    attempt(lambda: client.get_run("0" * 32))
    attempt(lambda: client.create_experiment(None))
    attempt(lambda: client.get_registered_model("none"))
    attempt(lambda: client.log_metric("0" * 32, "key", "no number"))
    attempt(lambda: client.log_metric())  # noqa: PLW0108


@section
def schemes() -> None:
    """error texts that list URI schemes, the server's too"""
    attempt(lambda: MlflowClient("nosuch://host").search_experiments())
    attempt(lambda: MlflowClient(registry_uri="nosuch://host").search_registered_models())
    attempt(lambda: mlflow.artifacts.download_artifacts("nosuch://host"))
    from mlflow.server import handlers

    __import__("colorsys")  # another import follows

    attempt(lambda: handlers._tracking_store_registry.get_store_builder("nosuch://host"))
    print(sorted(handlers._tracking_store_registry._registry))


@section
def deprecations() -> None:
    """warnings that point at the user's line"""
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0], [1]], [0, 1])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        with contextlib.redirect_stderr(io.StringIO()), mlflow.start_run():
            attempt(lambda: type(mlflow.sklearn.log_model(model, artifact_path="m")).__name__)
            attempt(lambda: MlflowClient().transition_model_version_stage("none", "1", "Staging"))
            attempt(lambda: MlflowClient().get_latest_versions("none"))
    ours = [warning for warning in caught if warning.filename == __file__]
    print(sorted({(str(warning.message)[:200], warning.lineno) for warning in ours}))
    print(sorted({(str(warning.message)[:200], warning.category.__name__, warning.filename, warning.lineno) for warning in caught}))


@section
def tracing() -> None:
    """`@mlflow.trace`, with and without arguments, on functions, coroutines, generators, methods"""

    @mlflow.trace
    def plain(x: int) -> int:
        """Doc."""
        return x + 1

    @mlflow.trace(name="named", span_type="LLM")
    def with_arguments(x: int) -> int:
        return plain(x) + 1

    @mlflow.trace
    async def coroutine(x: int) -> int:
        return with_arguments(x)

    @mlflow.trace
    def generator(x: int) -> Any:
        yield from range(x)

    class Thing:
        @mlflow.trace
        def method(self, x: int) -> int:
            return x

        @staticmethod
        @mlflow.trace
        def static(x: int) -> int:
            return x

        @classmethod
        @mlflow.trace
        def of_class(cls, x: int) -> int:
            return x

    @mlflow.trace
    def failing() -> None:
        raise KeyError("mine")

    print(plain.__name__, plain.__doc__, plain.__module__, inspect.signature(plain), plain.__qualname__)
    print(inspect.iscoroutinefunction(coroutine), inspect.isgeneratorfunction(generator))
    print(plain(1), with_arguments(1), asyncio.run(coroutine(1)), list(generator(3)))
    print(Thing().method(1), Thing.static(2), Thing.of_class(3))
    attempt(failing)
    attempt(lambda: mlflow.trace(lambda x: x)(4))
    attempt(lambda: mlflow.trace("no function"))
    with mlflow.start_span("outer") as span:
        print(type(span).__name__, span.name)
    mlflow.flush_trace_async_logging()
    attempt(lambda: sorted(str(trace.data.spans[0].name) for trace in mlflow.search_traces(return_type="list")))


@section
def scorers() -> None:
    """`@scorer`, with and without arguments"""
    if not hasattr(mlflow, "genai"):
        print("none in this release")
        return
    from mlflow.genai.scorers import scorer

    def bare() -> Any:
        @scorer
        def mine(outputs: str) -> bool:
            """Doc."""
            return outputs == "a"

        return mine

    def named() -> Any:
        @scorer(name="other", aggregations=["mean"])
        def mine(outputs: str) -> bool:
            return outputs == "a"

        return mine

    for make in (bare, named):
        attempt(lambda make=make: (make().name, make().__doc__, make()(outputs="a")))
    attempt(lambda: sorted(scorer.__annotations__))


@section
def subclasses() -> None:
    """subclasses of `MlflowClient`: `super()`, overriding, class methods, protocols, members"""

    class Client(MlflowClient):
        made = 0

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            type(self).made += 1

        def get_run(self, run_id: str) -> Any:
            return "mine", super().get_run(run_id)

        def search_experiments(self, **kwargs: Any) -> Any:
            return MlflowClient.search_experiments(self, **kwargs)

        @classmethod
        def here(cls) -> Any:
            return cls()

        log_it = MlflowClient.log_metric

    @runtime_checkable
    class Gets(Protocol):
        def get_run(self, run_id: str) -> Any: ...

    client = Client.here()
    attempt(lambda: client.get_run("0" * 32))
    print(len(client.search_experiments()), Client.made, isinstance(client, Gets), issubclass(Client, MlflowClient))
    print(Client.log_it is MlflowClient.log_metric, client.log_it.__self__ is client, Client.log_it.__qualname__)
    print(client.log_param == client.log_param, client.log_param.__func__ == MlflowClient.log_param, hash(client.log_param) != 0)
    attempt(lambda: client.log_it("0" * 32, "key", 1.0))
    print([name for name, _ in inspect.getmembers(MlflowClient, inspect.isfunction)])
    print([name for name, _ in inspect.getmembers(MlflowClient(), inspect.ismethod)])
    print([(row.name, row.kind, row.defining_class.__name__) for row in inspect.classify_class_attrs(Client)])
    print(list(vars(MlflowClient)))
    print(pickle.dumps(MlflowClient.get_run), repr(MlflowClient.get_run)[:30], repr(client.log_param)[:60])
    attempt(lambda: MlflowClient.get_run())  # noqa: PLW0108
    attempt(lambda: list(map(client.log_param, ["0" * 32], ["key"], [1])))


@section
def doubles() -> None:
    """a user's own mocks"""
    before = mlflow.log_metric
    with mock.patch("mlflow.log_metric") as double:
        mlflow.log_metric("a", 1)
    print(double.mock_calls, mlflow.log_metric is before)
    with mock.patch("mlflow.tracking.fluent.MlflowClient", autospec=True) as double:
        double.return_value.get_run("x")
        print(double.return_value.mock_calls)
        attempt(lambda: double.return_value.get_run())  # noqa: PLW0108
    with mock.patch.object(MlflowClient, "get_run", autospec=True, return_value=5) as double:
        print(MlflowClient().get_run("x"), double.call_count)
    with mock.patch.multiple(mlflow, log_param=mock.DEFAULT, log_params=mock.DEFAULT) as many:
        mlflow.log_param("a", 1)
        print(sorted(many), many["log_param"].mock_calls)
    spec = mock.create_autospec(MlflowClient, instance=True)
    attempt(lambda: spec.log_metric("run"))
    print(isinstance(spec, MlflowClient), spec.log_metric("run", "key", 1) is spec.log_metric.return_value)
    wrapping = mock.Mock(wraps=mlflow.get_experiment_by_name)
    print(wrapping("none"), wrapping.mock_calls)
    print(repr(mock.seal(mock.create_autospec(mlflow.log_metric))))


@section
def integrations() -> None:
    """`mlflow.autolog` and what it finds of its integrations"""
    from mlflow.utils.autologging_utils import AUTOLOGGING_INTEGRATIONS, get_autologging_config

    print(mlflow.autolog(log_models=False, silent=True))
    import sklearn.linear_model

    print(sorted(AUTOLOGGING_INTEGRATIONS), get_autologging_config("sklearn", "log_models"))
    print({name: sorted(config.items(), key=str) for name, config in AUTOLOGGING_INTEGRATIONS.items()})
    with mlflow.start_run() as run:
        sklearn.linear_model.LinearRegression().fit([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0])
    data = mlflow.get_run(run.info.run_id).data
    print(sorted(data.params.items()), sorted(data.metrics))
    print(mlflow.autolog(disable=True), mlflow.sklearn.autolog.integration_name)
    print(mlflow.sklearn.autolog(disable=True), inspect.signature(mlflow.sklearn.autolog))
    attempt(lambda: mlflow.sklearn.autolog(no_such_argument=1))


@section
def doctor() -> None:
    """`mlflow.doctor()`"""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        mlflow.doctor()
    print(out.getvalue())


def main() -> None:
    mlflow.set_tracking_uri(f"sqlite:///{PLACE}/mlflow.db")
    shown: dict[str, str] = {}
    for name, function in SECTIONS.items():
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            try:
                function()
            except BaseException:  # noqa: BLE001  shown
                print(traceback.format_exc())
        shown[name] = out.getvalue()
    threads = [thread.name for thread in threading.enumerate() if thread is not threading.current_thread()]
    finders = [getattr(finder, "__name__", type(finder).__name__) for finder in sys.meta_path]
    json.dump(
        {
            "mlflow": mlflow.__version__,
            "sections": shown,
            "loaded": LOADED,
            "threads": threads,
            "finders": finders,
            "exits": atexit._ncallbacks(),
            "usage": getattr(getattr(sys.modules.get("mlflow_usage.process.running"), "Running", None), "patches", None) is not None,
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()
