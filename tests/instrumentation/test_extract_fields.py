"""Every field of the review form: what `log_model`, `autolog` and `genai.evaluate` say about a call."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrumentation.measuring import Calls
from mlflow_usage.catalogue.check import check_record
from mlflow_usage.instrumentation.extract import EXTRACTORS
from mlflow_usage.instrumentation.targets import TARGETS, rows

NOTHING = dict.fromkeys(("pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata"), False)


def fields(event: str, function: Any, *args: Any, fixed: Mapping[str, str] | None = None, **kwargs: Any) -> dict[str, Any]:
    """Return what the extractor says of a call; the call is not made."""
    extractor, _ = EXTRACTORS[event]
    found = extractor(inspect.unwrap(function), fixed or {})(args, kwargs)
    return {key.removeprefix("mlflow.usage."): value for key, value in found.items()}


@pytest.fixture
def logged(calls: Calls, monkeypatch: pytest.MonkeyPatch) -> Calls:
    """Calls of `log_model` that stop where it would log."""
    from mlflow.models import Model

    monkeypatch.setattr(Model, "log", classmethod(lambda *_, **__: "logged"))
    return calls


@pytest.mark.parametrize("status", ["success", "failure"])
def test_a_logged_model_with_nothing_but_the_model(logged: Calls, monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    import mlflow.sklearn
    from mlflow.models import Model

    if status == "failure":

        def fail(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(Model, "log", classmethod(fail))
        with pytest.raises(KeyboardInterrupt):
            mlflow.sklearn.log_model(object(), name="m")
    else:
        assert mlflow.sklearn.log_model(object(), name="m") == "logged"
    assert logged.only("mlflow.log_model") == {"flavor": "sklearn", "model_type": "object", **NOTHING, "status": status}


@pytest.mark.parametrize("value", [[], {}, ["numpy"], {"acme": "secret"}, 0, "", False])
@pytest.mark.parametrize("name", NOTHING)
def test_an_argument_is_given_unless_it_is_none(logged: Calls, name: str, value: object) -> None:
    import mlflow.sklearn

    mlflow.sklearn.log_model(object(), name="m", **{name: value})
    assert logged.only("mlflow.log_model") == {
        "flavor": "sklearn",
        "model_type": "object",
        **NOTHING,
        name: True,
        "status": "success",
    }


def test_arguments_are_told_by_position_too(wrapped: Calls) -> None:  # noqa: ARG001
    import mlflow.sklearn

    names = list(inspect.signature(mlflow.sklearn.log_model).parameters)
    values: list[Any] = [None] * len(names)
    values[names.index("code_paths")] = ["secret.py"]
    said = fields("mlflow.log_model", mlflow.sklearn.log_model, *values)
    assert said == {"model_type": "object", **NOTHING, "code_paths": True}


def test_an_argument_that_a_flavor_does_not_have_is_not_given(wrapped: Calls) -> None:  # noqa: ARG001
    def log_model(model: object, name: str, **kwargs: object) -> None: ...

    assert fields("mlflow.log_model", log_model, 1, "m", metadata={"a": 1}) == {"model_type": "object", **NOTHING}


PYFUNC = {"mlflow.usage.flavor": "pyfunc"}


@pytest.mark.parametrize(
    ("given_model", "kind"),
    [
        ({"python_model": "model.py"}, "string"),
        ({"python_model": Path("model.py")}, "string"),
        ({"python_model": lambda model_input: model_input}, "object"),
        ({"loader_module": "acme.secret"}, "object"),
        ({"python_model": 7}, "object"),
        ({}, "object"),
    ],
)
def test_a_pyfunc_model_s_kind(wrapped: Calls, given_model: dict[str, Any], kind: str) -> None:  # noqa: ARG001
    import mlflow.pyfunc

    said = fields("mlflow.log_model", mlflow.pyfunc.log_model, fixed=PYFUNC, **given_model)
    assert said == {"flavor": "pyfunc", "model_type": kind, **NOTHING}


def test_a_path_where_another_flavor_takes_one_is_a_string(wrapped: Calls) -> None:  # noqa: ARG001
    def log_model(lc_model: object, name: str | None = None) -> None: ...

    assert fields("mlflow.log_model", log_model, "chain.py")["model_type"] == "string"
    assert fields("mlflow.log_model", log_model, lc_model=Path("chain.py"))["model_type"] == "string"
    assert fields("mlflow.log_model", log_model, name="chain.py")["model_type"] == "object"


def test_wrong_arguments_are_a_failure_that_counts(logged: Calls) -> None:
    import mlflow.sklearn

    with pytest.raises(TypeError, match="sk_model"):
        mlflow.sklearn.log_model()
    assert logged.only("mlflow.log_model")["status"] == "failure"


class Unlookable(dict[str, Any]):
    """An argument that cannot be looked at."""

    def __getattribute__(self, name: str) -> Any:
        raise SystemError

    def __eq__(self, other: object) -> bool:
        raise SystemError

    def __bool__(self) -> bool:
        raise SystemError

    __hash__ = None  # type: ignore[assignment]


def test_arguments_that_raise_when_looked_at_are_told_all_the_same(logged: Calls) -> None:
    import mlflow.sklearn

    mlflow.sklearn.log_model(Unlookable(), name="m", params=Unlookable(), metadata=None)
    said = logged.only("mlflow.log_model")
    assert said == {"flavor": "sklearn", "model_type": "object", **NOTHING, "params": True, "status": "success"}


def sklearn_autolog() -> Any:
    import mlflow.sklearn

    return mlflow.sklearn.autolog


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ({}, {"disable": False, "log_models": True}),
        ({"disable": True}, {"disable": True, "log_models": True}),
        ({"log_models": False, "disable": False}, {"disable": False, "log_models": False}),
        ({"disable": "yes", "log_models": 1}, {"disable": False, "log_models": False}),
        ({"disable": None}, {"disable": False, "log_models": True}),
    ],
)
def test_autolog_s_switches_are_those_in_effect(wrapped: Calls, kwargs: dict[str, Any], said: dict[str, bool]) -> None:  # noqa: ARG001
    fixed = {"mlflow.usage.flavor": "sklearn"}
    assert fields("mlflow.autolog", sklearn_autolog(), fixed=fixed, **kwargs) == {"flavor": "sklearn", **said}


def test_autolog_s_switches_are_absent_where_it_has_none(wrapped: Calls) -> None:  # noqa: ARG001
    def autolog(disable: bool = False, *, log_traces: bool = True) -> None: ...

    def bare() -> None: ...

    assert fields("mlflow.autolog", autolog, True) == {"disable": True, "log_traces": True}
    assert fields("mlflow.autolog", bare) == {}


def test_mlflow_autolog_has_no_flavor_and_the_flavors_it_turns_on_do_not_count(calls: Calls) -> None:
    import mlflow

    mlflow.autolog(disable=True, log_models=False)
    said = calls.only("mlflow.autolog")
    assert {**said, "log_traces": ...} == {"disable": True, "log_models": False, "log_traces": ...}
    assert said.get("log_traces") in {True, None}


def test_an_evaluation_counts_when_it_ends_with_its_status(calls: Calls) -> None:
    import mlflow.genai
    from mlflow.genai.scorers import Safety

    with pytest.raises(Exception, match=r".") as caught:
        mlflow.genai.evaluate(data=object(), scorers=[Safety(), lambda outputs: outputs == 7], predict_fn=lambda question: question)
    assert not isinstance(caught.value, AssertionError)
    assert calls.only("mlflow.genai.evaluate") == {"scorers": ("custom_scorer", "safety"), "predict_fn": True, "status": "failure"}


@pytest.mark.parametrize(
    ("kwargs", "said"),
    [
        ({"scorers": []}, {"predict_fn": False}),
        ({"scorers": None}, {"predict_fn": False}),
        ({"scorers": [len], "predict_fn": None}, {"predict_fn": False, "scorers": ("custom_scorer",)}),
        ({"predict_fn": 0}, {"predict_fn": True}),
    ],
)
def test_an_evaluation_s_fields(wrapped: Calls, kwargs: dict[str, Any], said: dict[str, Any]) -> None:  # noqa: ARG001
    import mlflow.genai

    assert fields("mlflow.genai.evaluate", mlflow.genai.evaluate, [{"a": 1}], **kwargs) == said


ALL = [(module, path, event, fixed) for module in TARGETS for path, event, fixed in rows(module) if event in EXTRACTORS]
VALUES = st.none() | st.booleans() | st.text() | st.integers() | st.lists(st.text()) | st.dictionaries(st.text(), st.text())


@given(data=st.data())
def test_whatever_the_arguments_the_record_is_the_catalogue_s_unchanged(wrapped: Calls, data: st.DataObject) -> None:  # noqa: ARG001
    present = [row for row in ALL if hasattr(sys.modules.get(row[0]), row[1])]
    assert {event for _, _, event, _ in present} == set(EXTRACTORS)
    module, path, event, fixed = data.draw(st.sampled_from(present))
    function = inspect.unwrap(getattr(sys.modules[module], path))
    names = st.sampled_from([*inspect.signature(function).parameters, "acme_secret"])
    args = tuple(data.draw(st.lists(VALUES, max_size=4)))
    found = EXTRACTORS[event][0](function, fixed)(args, data.draw(st.dictionaries(names, VALUES)))
    delivered = {**found, "mlflow.usage.count": 1, "log.record.uid": "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10-0"}
    verdict = check_record(event, delivered)
    assert (verdict.refused, verdict.changed) == (None, ())
    assert verdict.attributes == delivered
