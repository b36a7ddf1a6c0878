"""A wrapped function is MLflow's own in every respect except that its calls are counted."""

from __future__ import annotations

import _thread
import copy
import functools
import inspect
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
import types
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from unittest import mock

import cloudpickle
import pytest

from instrumentation.measuring import Calls, stand_in
from support.repository import TESTS

FUNCTIONS = [
    "mlflow.log_metric",  # a fluent function
    "mlflow.start_run",
    "mlflow.search_runs",
    "mlflow.trace",
    "mlflow.MlflowClient.log_metric",  # a method
    "mlflow.MlflowClient.search_traces",
    "mlflow.sklearn.log_model",  # arguments and outcome
    "mlflow.pyfunc.log_model",
    "mlflow.sklearn.autolog",  # arguments
    "mlflow.genai.evaluate",
]


def found(path: str) -> Any:
    value: Any = sys.modules["mlflow"]
    for name in path.split(".")[1:]:
        value = getattr(value, name)
    return value


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("path", FUNCTIONS)
def test_it_looks_like_mlflow_s_function(path: str) -> None:
    function = found(path)
    original = function.__wrapped__
    assert type(original) is types.FunctionType
    for name in (
        "__name__",
        "__qualname__",
        "__doc__",
        "__module__",
        "__annotations__",
        "__code__",
        "__defaults__",
        "__kwdefaults__",
        "__dict__",
    ):
        assert getattr(function, name) == getattr(original, name), name
    assert inspect.signature(function) == inspect.signature(original)
    assert inspect.getsource(function) == inspect.getsource(original)
    assert inspect.getfile(function) == inspect.getfile(original)
    assert inspect.getdoc(function) == inspect.getdoc(original)
    assert repr(function) == repr(original)
    assert isinstance(function, types.FunctionType)
    for question in ("isfunction", "isroutine", "iscoroutinefunction", "isgeneratorfunction", "isasyncgenfunction", "isclass", "isbuiltin"):
        assert getattr(inspect, question)(function) is getattr(inspect, question)(original), question
    assert function == original
    assert hash(function) == hash(original)
    assert callable(function)


@pytest.mark.usefixtures("calls")
def test_a_bound_method_is_one() -> None:
    import mlflow

    client = mlflow.MlflowClient("http://127.0.0.1:9")
    assert inspect.ismethod(client.log_metric)
    assert client.log_metric.__self__ is client
    assert client.log_metric == client.log_metric
    assert client.log_metric.__func__ == mlflow.MlflowClient.log_metric
    assert "log_metric" in dir(client)
    assert "self" not in inspect.signature(client.log_metric).parameters


KINDS = """
async def coroutine(x): return x
def generator(x): yield x
async def stream(x): yield x
def plain(x): return x
class MlflowClient:
    def method(self, x): return (self, x)
    @staticmethod
    def static(x): return x
    @classmethod
    def of_class(cls, x): return (cls, x)
"""
KIND_TARGETS: Any = tuple(
    (path, "mlflow.log_metric", ())
    for path in ("coroutine", "generator", "stream", "plain", "MlflowClient.method", "MlflowClient.static", "MlflowClient.of_class")
)


@pytest.mark.usefixtures("wrapped")
def test_every_kind_of_function_keeps_its_nature(monkeypatch: pytest.MonkeyPatch) -> None:
    import asyncio

    with stand_in(monkeypatch, KINDS, KIND_TARGETS) as (module, calls, patches):
        assert len(patches.placed) == len(KIND_TARGETS)
        assert inspect.iscoroutinefunction(module.coroutine)
        assert inspect.isgeneratorfunction(module.generator)
        assert inspect.isasyncgenfunction(module.stream)
        assert asyncio.run(module.coroutine(1)) == 1
        assert list(module.generator(2)) == [2]

        async def drain() -> list[int]:
            return [x async for x in module.stream(3)]

        assert asyncio.run(drain()) == [3]
        client = module.MlflowClient()
        assert client.method(4) == (client, 4)
        assert module.MlflowClient.method(client, 5) == (client, 5)
        assert client.static(6) == module.MlflowClient.static(7) - 1 == 6
        assert client.of_class(8) == module.MlflowClient.of_class(8) == (module.MlflowClient, 8)
        assert len(calls.made) == 9


LOAD = """
import importlib.metadata, pickle, sys
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("mlflow_usage", "wrapt"):
            raise ModuleNotFoundError(name)
entry_points = importlib.metadata.entry_points
importlib.metadata.entry_points = lambda **given: [e for e in entry_points(**given) if not e.value.startswith("mlflow_usage")]
sys.meta_path.insert(0, Absent())
for _ in range(2):
    for name, value in pickle.load(sys.stdin.buffer).items():
        print(name, type(value).__name__, value.__qualname__)
assert not [name for name in sys.modules if name.startswith("mlflow_usage")]
"""


@pytest.mark.usefixtures("calls")
def test_a_pickle_loads_where_the_plugin_is_absent() -> None:
    import mlflow

    values = {path: found(path) for path in FUNCTIONS}
    values["bound"] = mlflow.MlflowClient("http://127.0.0.1:9").log_metric
    contents = [pickle.dumps(values), cloudpickle.dumps(values)]
    for content in contents:
        assert b"mlflow_usage" not in content
        assert b"wrapt" not in content
    environ = {key: value for key, value in os.environ.items() if not key.startswith("MLFLOW")}
    result = subprocess.run([sys.executable, "-c", LOAD], input=b"".join(contents), capture_output=True, check=False, env=environ)
    assert result.returncode == 0, result.stderr.decode()
    expected = [f"{path} function {found(path).__qualname__}" for path in FUNCTIONS]
    assert result.stdout.decode().splitlines() == [*expected, "bound method MlflowClient.log_metric"] * 2


@pytest.mark.usefixtures("calls")
@pytest.mark.parametrize("path", FUNCTIONS)
def test_a_copy_and_a_pickle_are_the_function_itself(path: str) -> None:
    function = found(path)
    assert copy.copy(function) == copy.deepcopy(function) == pickle.loads(pickle.dumps(function)) == function
    assert copy.deepcopy({"f": [function]})["f"][0] == function
    assert cloudpickle.loads(cloudpickle.dumps(function)).__qualname__ == function.__qualname__


def test_partials_subclasses_and_other_wrappers_count_once(calls: Calls) -> None:
    import mlflow

    class Client(mlflow.MlflowClient):
        def log_metric(self, *args: Any, **kwargs: Any) -> Any:
            return super().log_metric(*args, **kwargs)

    @functools.wraps(mlflow.end_run)
    def mine(*args: Any, **kwargs: Any) -> Any:
        return mlflow.end_run(*args, **kwargs)

    functools.partial(mlflow.end_run, "FINISHED")()
    mine()
    list(map(mlflow.end_run, ["FINISHED"]))
    with pytest.raises(TypeError):
        Client("http://127.0.0.1:9").log_metric()
    assert calls.events == ["mlflow.end_run"] * 3 + ["mlflow.log_metric"]


def test_a_mock_takes_its_place_and_gives_it_back(calls: Calls) -> None:
    import mlflow

    before = mlflow.end_run
    with mock.patch("mlflow.end_run") as replaced:
        mlflow.end_run()
    replaced.assert_called_once_with()
    with mock.patch("mlflow.end_run", autospec=True) as specified:
        mlflow.end_run("FINISHED")
        with pytest.raises(TypeError):
            mlflow.end_run("FINISHED", "more")
    specified.assert_called_once_with("FINISHED")
    with mock.patch.object(mlflow.MlflowClient, "log_metric", autospec=True) as method:
        mlflow.MlflowClient("http://127.0.0.1:9").log_metric("run", "key", 1)
    method.assert_called_once()
    assert calls.events == []
    assert mlflow.end_run is before
    mlflow.end_run()
    assert calls.events == ["mlflow.end_run"]


OUTCOMES = """
import warnings
class Error(BaseException): pass
error = Error()
def fluent(value=None, fail=False):
    warnings.warn("old", FutureWarning, stacklevel=2)
    if fail: raise error
    return value
def log_model(model=None, value=None, fail=False): return fluent_body(value, fail)
def fluent_body(value, fail):
    warnings.warn("old", FutureWarning, stacklevel=3)
    if fail: raise error
    return value
def autolog(value=None, fail=False, disable=False): return fluent_body(value, fail)
class MlflowClient:
    def method(self, value=None, fail=False):
        warnings.warn("old", FutureWarning, stacklevel=2)
        if fail: raise error
        return value
"""
OUTCOME_TARGETS: Any = (
    ("fluent", "mlflow.log_metric", ()),
    ("log_model", "mlflow.log_model", (("mlflow.usage.flavor", "sklearn"),)),
    ("autolog", "mlflow.autolog", ()),
    ("MlflowClient.method", "mlflow.log_metric", ()),
)


@pytest.fixture
def outcomes(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ARG001
    with stand_in(monkeypatch, OUTCOMES, OUTCOME_TARGETS) as (module, calls, _):
        kinds = {"fluent": module.fluent, "log_model": module.log_model, "autolog": module.autolog, "client": module.MlflowClient().method}
        yield module, calls, kinds


@pytest.mark.filterwarnings("ignore::FutureWarning")
@pytest.mark.parametrize("kind", ["fluent", "client", "log_model", "autolog"])
def test_what_it_returns_and_raises_is_untouched(outcomes: Any, kind: str) -> None:
    module, calls, kinds = outcomes
    value = object()
    assert kinds[kind](value=value) is value
    with pytest.raises(module.Error) as caught:
        kinds[kind](fail=True)
    assert caught.value is module.error
    assert caught.value.__cause__ is caught.value.__context__ is None
    assert len(calls.made) == 2


@pytest.mark.filterwarnings("ignore::FutureWarning")
def test_no_frame_of_ours_is_in_the_traceback_of_a_fluent_call(outcomes: Any) -> None:
    module, _, kinds = outcomes
    with pytest.raises(module.Error) as caught:
        kinds["fluent"](fail=True)
    frames = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert frames == ["test_no_frame_of_ours_is_in_the_traceback_of_a_fluent_call", "fluent"]


@pytest.mark.parametrize("kind", ["fluent", "client", "log_model", "autolog"])
def test_a_warning_points_at_the_caller_s_line(outcomes: Any, kind: str) -> None:
    function = outcomes[2][kind]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function()
        next_line = inspect.currentframe().f_lineno  # type: ignore[union-attr]
    assert [(Path(warning.filename).name, warning.lineno) for warning in caught] == [(Path(__file__).name, next_line - 1)]


def test_every_thread_counts(calls: Calls) -> None:
    import mlflow

    done = threading.Event()
    _thread.start_new_thread(lambda: (mlflow.end_run(), done.set()), ())
    assert done.wait(10)
    _thread.start_new_thread(mlflow.end_run, ())  # no frame but MLflow's
    with ThreadPoolExecutor() as pool:
        pool.submit(mlflow.end_run).result()
    deadline = time.monotonic() + 10
    while len(calls.made) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    assert calls.events == ["mlflow.end_run"] * 3


PURE = """
import atexit, sys, warnings
warnings.simplefilter("ignore")
import mlflow
sys.path.insert(0, sys.argv[1])
from instrumentation.measuring import Calls, Meter, Patches
from wrapt.wrappers import FunctionWrapper
calls = Calls()
patches = Patches(Meter(calls))
patches.register()
assert isinstance(mlflow.end_run, FunctionWrapper)
atexit.register(lambda: print(len(calls.made)))
atexit.register(mlflow.end_run)
exec("mlflow.end_run()", {"mlflow": mlflow})
exec("mlflow.end_run()", {"mlflow": mlflow, "__name__": "mlflow.somewhere"})
with warnings.catch_warnings():
    try:
        mlflow.MlflowClient("http://127.0.0.1:9").log_metric()
    except TypeError:
        pass
    else:
        raise SystemExit("no error")
"""


def test_with_a_wrapt_that_has_no_c_extension_callers_are_told_just_so_and_an_exit_handler_counts() -> None:
    environ = {**os.environ, "WRAPT_DISABLE_EXTENSIONS": "1", "MLFLOW_USAGE": "off"}
    command = [sys.executable, "-c", PURE, str(TESTS)]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environ)
    assert (result.returncode, result.stdout) == (0, "3\n"), result.stderr
