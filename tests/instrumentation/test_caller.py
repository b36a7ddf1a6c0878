"""A call counts if its caller is not MLflow."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from types import FrameType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrumentation.measuring import Calls, stand_in
from mlflow_usage.instrumentation.caller import INTERNAL, UNCLEAR, USER, classify, counts

MODEL_FILE = "code_model_" + "0af" * 10 + "0a"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("mlflow", INTERNAL),
        ("mlflow.tracking.fluent", INTERNAL),
        ("mlflow_extras", USER),
        ("mlflowers.bed", USER),
        ("acme.mlflow", USER),
        ("Mlflow", USER),
        ("", USER),
        (None, USER),
        (7, USER),
        ("__main__", UNCLEAR),
        ("wrapt.wrappers", UNCLEAR),
        ("wrapture", USER),
        ("mlflow_usage.instrumentation.importlib_bootstrap", UNCLEAR),
        (MODEL_FILE, UNCLEAR),
        (MODEL_FILE[:-1], USER),
        (MODEL_FILE + "0", USER),
        (MODEL_FILE.upper(), USER),
    ],
)
def test_a_module_is_told_by_its_whole_name(name: object, kind: int) -> None:
    assert classify(name) == kind


@given(st.text() | st.none() | st.integers() | st.lists(st.text()))
def test_any_name_but_mlflow_s_is_a_person_s_or_is_looked_at(name: object) -> None:
    of_mlflow = isinstance(name, str) and (name == "mlflow" or name.startswith("mlflow."))
    assert (classify(name) == INTERNAL) is of_mlflow


def frame_of(scope: dict[Any, Any], code: str = "frame = get()") -> FrameType:
    """Return the frame in which `code` ran with `scope` as its globals."""
    scope["get"] = lambda: sys._getframe(1)
    exec(code, scope)
    found = scope["frame"]
    assert isinstance(found, FrameType)
    return found


MAINS = [
    (None, True),
    (ModuleSpec("acme.train", None), True),
    (ModuleSpec("mlflow_acme.train", None), True),
    (ModuleSpec("mlflow.cli", None), False),
    (ModuleSpec("mlflow.__main__", None), False),
]


@pytest.mark.parametrize(("spec", "counted"), MAINS)
def test_a_main_program_is_mlflow_s_when_it_was_run_as_a_module_of_mlflow_s(spec: ModuleSpec | None, counted: bool) -> None:
    assert counts(frame_of({"__name__": "__main__", "__spec__": spec})) is counted


def test_a_main_program_without_a_spec_and_code_without_a_name_are_a_person_s() -> None:
    assert counts(frame_of({"__name__": "__main__"}))
    assert counts(frame_of({}))
    assert counts(frame_of({"__name__": None}))


def test_no_frame_counts() -> None:
    assert counts(None)


def test_a_model_file_does_not_count_at_its_top_level_and_counts_inside_its_functions() -> None:
    assert not counts(frame_of({"__name__": MODEL_FILE}))
    assert counts(frame_of({"__name__": MODEL_FILE}, "def predict():\n    return get()\nframe = predict()"))
    assert counts(
        frame_of({"__name__": MODEL_FILE}, "class Model:\n    def predict(self):\n        return get()\nframe = Model().predict()")
    )


@pytest.mark.parametrize(("outer", "counted"), [("acme", True), ("mlflow.pyfunc", False), ("__main__", True)])
def test_frames_between_a_caller_and_us_are_passed_over(outer: str, counted: bool) -> None:
    between: dict[str, Any] = {"__name__": "wrapt.wrappers"}
    exec("def call(f):\n    return f()", between)
    ours: dict[str, Any] = {"__name__": "mlflow_usage.instrumentation.meter", "inner": between["call"]}
    exec("def call(f):\n    return inner(f)", ours)
    scope = {"__name__": outer, "call": ours["call"]}
    frames: list[FrameType] = []
    scope["keep"] = lambda: frames.append(sys._getframe(1))
    exec("call(keep)", scope)
    assert frames[0].f_globals["__name__"] == "wrapt.wrappers"
    assert counts(frames[0]) is counted


def test_an_endless_chain_of_wrappers_counts() -> None:
    scope: dict[str, Any] = {"__name__": "wrapt.wrappers"}
    deep = "def dive(depth):\n    return dive(depth - 1) if depth else get()\nframe = dive(50)"
    assert counts(frame_of(scope, deep))


class Trap:
    """An object that notices and fails every use of it."""

    def __init__(self) -> None:
        object.__setattr__(self, "touched", [])

    def _touch(self, *_: object) -> Any:
        object.__getattribute__(self, "touched").append(True)
        raise SystemError

    __getattr__ = __eq__ = __hash__ = __str__ = __repr__ = __bool__ = __len__ = __iter__ = _touch  # type: ignore[assignment]


class TrapText(str):
    """A text that lies about itself."""

    __slots__ = ()
    touched: list[bool] = []  # noqa: RUF012

    def __hash__(self) -> int:
        self.touched.append(True)
        return str.__hash__("mlflow")

    def __eq__(self, other: object) -> bool:
        self.touched.append(True)
        return True


SOURCE = "def log_thing(*args, **kwargs):\n    return len(args)"
TARGETS = (("log_thing", "mlflow.log_metric", ()),)


@pytest.fixture
def thing(wrapped: Calls, monkeypatch: pytest.MonkeyPatch) -> Any:  # noqa: ARG001
    with stand_in(monkeypatch, SOURCE, TARGETS) as (module, calls, _):
        yield module.log_thing, calls


HOSTILE: list[dict[Any, Any]] = [
    {"__name__": Trap()},
    {"__name__": TrapText("mlflow")},
    {"__name__": [1]},
    {"__name__": {}},
    {"__name__": "__main__", "__spec__": Trap()},
    {"__name__": "__main__", "__spec__": type("Spec", (), {"name": property(lambda _: TrapText.touched.append(True))})()},
]


@pytest.mark.parametrize("scope", HOSTILE)
def test_a_hostile_module_counts_and_runs_none_of_its_code(thing: tuple[Callable[..., int], Calls], scope: dict[Any, Any]) -> None:
    function, calls = thing
    TrapText.touched.clear()
    given_scope = {**scope, "function": function, "out": []}
    exec("out.append(function(1, 2))", given_scope)
    assert given_scope["out"] == [2]
    assert calls.events == ["mlflow.log_metric"]
    for value in scope.values():
        assert not (type(value) is Trap and object.__getattribute__(value, "touched"))
    assert not TrapText.touched


def test_globals_that_are_a_dictionary_of_somebody_s_own_are_read_without_it(thing: tuple[Callable[..., int], Calls]) -> None:
    function, calls = thing

    class Scope(dict[str, Any]):
        def get(self, *_: object) -> Any:
            raise SystemError

    exec("function()", Scope(__name__="mlflow.tracking", function=function))
    assert calls.events == []
    exec("function()", Scope(__name__="acme", function=function))
    assert calls.events == ["mlflow.log_metric"]


def test_ten_thousand_generated_module_names_fill_no_memory(thing: tuple[Callable[..., int], Calls]) -> None:
    function, calls = thing
    code = compile("function()", "generated", "exec")
    for number in range(5000):
        exec(code, {"__name__": f"generated_{number}", "function": function})
        exec(code, {"__name__": f"mlflow.generated_{number}", "function": function})
    assert calls.events == ["mlflow.log_metric"] * 5000
