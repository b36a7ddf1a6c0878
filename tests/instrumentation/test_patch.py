"""Wrappers appear where MLflow defines its functions, whenever it does, and disappear without a trace."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from instrumentation.measuring import Calls, spelt, stand_in
from mlflow_usage.catalogue.tables import PENDING
from mlflow_usage.instrumentation import patch as patching
from mlflow_usage.instrumentation import targets
from mlflow_usage.instrumentation.meter import Meter
from mlflow_usage.instrumentation.patch import Patches
from mlflow_usage.instrumentation.targets import TARGETS
from mlflow_usage.instrumentation.wrapper import Wrapper

SOURCE = "def one(): return 1\ndef two(): return 2\nalso = one\nnothing = None\nclass MlflowClient:\n    def three(self): return 3"
ROWS: Any = (
    ("one", "mlflow.log_metric", ()),
    ("two", "mlflow.log_param", ()),
    ("nothing", "mlflow.log_params", ()),
    ("missing", "mlflow.log_text", ()),
    ("Missing.method", "mlflow.log_text", ()),
    ("MlflowClient.three", "mlflow.log_table", ()),
)


def test_what_a_version_of_mlflow_lacks_is_passed_over(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with stand_in(monkeypatch, SOURCE, ROWS) as (module, calls, patches):
        assert [name for _, name, _, _ in patches.placed] == ["one", "two", "three"]
        assert (module.one(), module.two(), module.MlflowClient().three()) == (1, 2, 3)
        assert calls.events == ["mlflow.log_metric", "mlflow.log_param", "mlflow.log_table"]


def test_everything_is_put_back_but_what_somebody_else_has_replaced(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with stand_in(monkeypatch, SOURCE, ROWS) as (module, calls, patches):
        held, wrapper = module.one, module.two
        originals = {name: original for _, name, original, _ in patches.placed}

        def somebody_s() -> Any:
            return wrapper()

        module.two = somebody_s
        patches.restore()
        assert module.one is originals["one"]
        assert vars(module.MlflowClient)["three"] is originals["three"]
        assert module.two is somebody_s
        assert (held(), module.two(), module.one()) == (1, 2, 1)
        assert calls.events == []


def test_a_function_is_wrapped_once(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with stand_in(monkeypatch, SOURCE, ROWS) as (module, calls, patches):
        patches.wrap(module)
        Patches(Meter(Calls())).wrap(module)
        assert type(module.one.__wrapped__) is not Wrapper
        module.one()
        assert calls.events == ["mlflow.log_metric"]


def test_what_is_under_review_is_not_wrapped_unless_it_was_asked_for(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    monkeypatch.setattr(patching, "PENDING", frozenset({"mlflow.log_param"}))
    for pending, events in ((False, ["one", "three"]), (True, ["one", "two", "three"])):
        with stand_in(monkeypatch, SOURCE, ROWS) as (module, _, patches):
            patches.restore()
            other = Patches(Meter(Calls()), pending=pending)
            other.wrap(module)
            assert [name for _, name, _, _ in other.placed] == events
            other.restore()


@pytest.fixture
def half_imported(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ARG001
    """Two made-up modules of MLflow that are still being imported; the second holds the first's function."""
    modules = []
    for name in ("mlflow.stand_in", "mlflow.stand_in_too"):
        module = ModuleType(name)
        module.__spec__ = type("Spec", (), {"_initializing": True, "name": name, "loader": None, "origin": None})()  # type: ignore[assignment]
        monkeypatch.setitem(sys.modules, name, module)
        modules.append(module)
    definition, user = modules
    exec(SOURCE, definition.__dict__)
    vars(user).update(one=definition.one, alias=definition.one, other=definition.two)
    table = {"mlflow.stand_in": spelt(ROWS), "mlflow.stand_in_too": ""}
    for home in (patching, targets):
        monkeypatch.setattr(home, "TARGETS", table)
    calls = Calls()
    patches = Patches(Meter(calls))
    yield definition, user, calls, patches
    patches.restore()


def test_what_was_imported_before_us_is_wrapped_on_every_alias_once_its_import_has_ended(half_imported: Any) -> None:
    definition, user, calls, patches = half_imported
    patches.register()
    assert not patches.placed  # half-initialised: not touched
    definition.__spec__._initializing = user.__spec__._initializing = False
    patches.imported(user)
    assert user.one is user.alias is definition.one is definition.also
    assert type(user.one) is Wrapper
    user.alias()
    user.other()
    definition.also()
    assert calls.events == ["mlflow.log_metric", "mlflow.log_param", "mlflow.log_metric"]
    original = user.one.__wrapped__
    patches.restore()
    assert user.one is user.alias is definition.one is definition.also is original


def test_an_error_of_ours_never_reaches_the_import(half_imported: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    definition, _, _, patches = half_imported

    def fail(*_: object, **__: object) -> None:
        raise SystemError

    monkeypatch.setattr(patches, "wrap", fail)
    patches.imported(definition)
    assert definition.one() == 1


def test_no_target_belongs_to_a_module_that_is_never_to_be_hooked() -> None:
    assert "mlflow" not in TARGETS
    assert all(module.startswith("mlflow.") for module in TARGETS)
    assert not PENDING.intersection(("mlflow.log_model", "mlflow.autolog", "mlflow.genai.evaluate"))


@pytest.mark.parametrize("attack", ["sink raises", "environment is replaced", "mlflow is gone"])
def test_a_call_goes_through_whatever_happens_to_us(wrapped: Calls, monkeypatch: pytest.MonkeyPatch, attack: str) -> None:  # noqa: ARG001
    rows = (*ROWS, ("two", "mlflow.log_model", (("mlflow.usage.flavor", "sklearn"),)))
    with stand_in(monkeypatch, SOURCE, rows[:1] + rows[-1:] + rows[-2:-1]) as (module, calls, _):
        if attack == "sink raises":
            calls.failing = True
            monkeypatch.setenv("DO_NOT_TRACK", "0")
        elif attack == "environment is replaced":
            monkeypatch.setattr(os, "environ", {"MLFLOW_USAGE": "off"})
        else:
            monkeypatch.delitem(sys.modules, "mlflow")
        assert (module.one(), module.two(), module.MlflowClient().three()) == (1, 2, 3)


def test_nothing_is_recorded_once_the_session_says_no(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001
    with stand_in(monkeypatch, SOURCE, ROWS) as (module, calls, _):
        monkeypatch.setenv("DO_NOT_TRACK", "0")
        module.one()
        calls.closed = True
        module.one()
        module.MlflowClient().three()
        assert calls.events == ["mlflow.log_metric"]


def run(code: str, place: Path, **extra: str) -> dict[str, Any]:
    """Return the JSON that a program printed. It has a state directory, sends nothing and does not see that pytest runs it."""
    environ = {key: value for key, value in os.environ.items() if key not in {"CI", "PYTEST_CURRENT_TEST"} and not key.startswith("MLFLOW")}
    environ |= {"MLFLOW_USAGE_DIR": str(place / "state"), "MLFLOW_USAGE_ENDPOINT": "none", **extra}
    command = [sys.executable, "-W", "error::DeprecationWarning:mlflow_usage", "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False, env=environ, cwd=place)
    assert result.returncode == 0, result.stderr
    assert "Traceback" not in result.stderr
    found: dict[str, Any] = json.loads(result.stdout.splitlines()[-1])
    return found


LATE = """
import importlib.metadata, json, sys
entry_points = importlib.metadata.entry_points
importlib.metadata.entry_points = lambda **given: [e for e in entry_points(**given) if not e.value.startswith("mlflow_usage")]
import mlflow, mlflow.sklearn
from mlflow import end_run as taken_before
importlib.metadata.entry_points = entry_points
assert "mlflow_usage" not in sys.modules
before = {(name, key): value for name, module in sys.modules.items() if name.startswith("mlflow") for key, value in vars(module).items()}

import mlflow_usage
from mlflow import end_run as held

def waiting():
    found = {}
    for request in mlflow_usage.preview():
        for logs in request["resourceLogs"]:
            for scope in logs["scopeLogs"]:
                for record in scope["logRecords"]:
                    count = [a["value"]["intValue"] for a in record["attributes"] if a["key"] == "mlflow.usage.count"]
                    found[record["eventName"]] = found.get(record["eventName"], 0) + int(count[0])
    return found

def call():
    held()
    mlflow.end_run()
    sys.modules["mlflow.tracking.fluent"].end_run()
    taken_before()
    try:
        mlflow.MlflowClient("http://127.0.0.1:9").log_metric()
    except TypeError:
        pass

said = {"same": mlflow.end_run is sys.modules["mlflow.tracking.fluent"].end_run is held is not taken_before}
call()
said["late"] = waiting()
mlflow_usage.uninstrument()
after = {(name, key): value for name, module in sys.modules.items() if name.startswith("mlflow") for key, value in vars(module).items()}
kinds = lambda value: type(value).__name__ in ("Wrapper", "BoundWrapper")
said["left"] = [place for place, value in before.items() if after[place] is not value and not place[1].startswith("__")]
said["left in the client"] = [name for name, value in vars(mlflow.MlflowClient).items() if kinds(value)]
call()
said["uninstrumented"] = waiting()
mlflow_usage.instrument()
call()
mlflow.end_run()
said["again"] = waiting()

from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
memory, provider = InMemoryLogRecordExporter(), LoggerProvider()
provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
mlflow_usage.instrument(logger_provider=provider)
before = waiting()
call()
mlflow.sklearn.autolog(disable=True)
said["journal"] = waiting() == before
mlflow_usage.disable()
mlflow.end_run()
mlflow_usage.enable()
mlflow.end_run()
records = [data.log_record for data in memory.get_finished_logs()]
said["emitted"] = [[record.event_name, dict(record.attributes)] for record in records]
said["shape"] = sorted({(record.severity_text, str(record.severity_number), str(record.body)) for record in records})
said["scope"] = sorted({data.instrumentation_scope.name for data in memory.get_finished_logs()})
mlflow_usage.uninstrument()
call()
said["after"] = len(memory.get_finished_logs()) - len(records)
print(json.dumps(said))
"""


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return what a program prints that imports MLflow first and the plugin later."""
    return run(LATE, tmp_path_factory.mktemp("late"))


THREE = {"mlflow.end_run": 3, "mlflow.log_metric": 1}


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("same", True),
        ("late", THREE),
        ("left", []),
        ("left in the client", []),
        ("uninstrumented", THREE),
        ("again", {"mlflow.end_run": 6, "mlflow.log_metric": 2}),
        ("scope", ["mlflow.usage"]),
        ("journal", True),
        ("after", 0),
    ],
)
def test_the_plugin_imported_after_mlflow(late: dict[str, Any], question: str, answer: object) -> None:
    assert late[question] == answer


def test_a_program_s_own_pipeline_gets_every_call_as_an_event(late: dict[str, Any]) -> None:
    one = {"mlflow.usage.count": 1}
    emitted = [
        (event, {key: value for key, value in attributes.items() if key != "mlflow.usage.store"}) for event, attributes in late["emitted"]
    ]
    assert emitted == [
        ("mlflow.end_run", one),
        ("mlflow.end_run", one),
        ("mlflow.log_metric", one),
        (
            "mlflow.autolog",
            {**one, "mlflow.usage.flavor": "sklearn", "mlflow.usage.disable": True, "mlflow.usage.log_models": True},
        ),
        ("mlflow.end_run", one),  # after enable(), and none between disable() and it
    ]
    assert late["emitted"][2][1]["mlflow.usage.store"] == "RestStore"
    assert [body for _, _, body in late["shape"]] == ["None"]
    assert all("INFO" in number or number == "9" for _, number, _ in late["shape"])
