"""Whatever a caller passes becomes a member of a closed set, and none of the caller's code runs for it."""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.catalogue.judge import judge
from mlflow_usage.catalogue.tables import ATTRIBUTES
from mlflow_usage.instrumentation.extract import MAX_SCORERS, Arguments, model_type, scorers

pytestmark = pytest.mark.usefixtures("wrapped")
SCORERS = frozenset(ATTRIBUTES["mlflow.usage.scorers"].members)
MODEL_TYPES = frozenset(ATTRIBUTES["mlflow.usage.model_type"].members)

ran: list[str] = []
SPECIAL = (
    *("__str__", "__repr__", "__format__", "__bool__", "__len__", "__iter__", "__next__", "__contains__", "__getitem__", "__call__"),
    *("__lt__", "__gt__", "__index__", "__int__", "__fspath__", "__get__", "__instancecheck__", "__subclasscheck__", "__reduce__"),
    *("__eq__", "__ne__", "__hash__", "__getattr__", "__getattribute__", "__dir__", "__sizeof__"),
)
META = ("__eq__", "__ne__", "__hash__", "__str__", "__repr__", "__instancecheck__", "__subclasscheck__", "__getattribute__", "__bool__")


def _running(name: str) -> Callable[..., Any]:
    def run(*_: object, **__: object) -> Any:
        ran.append(name)
        raise SystemError(name)

    return run


LIES = st.sampled_from(["mlflow.genai.scorers.builtin_scorers", "mlflow.pyfunc.model", "builtins", "acme.secret"])
NAMES = st.sampled_from(["Safety", "Correctness", "PythonModel", "ChatModel", "str", "AcmeSecret"])


class Recipe(NamedTuple):
    """How a hostile value is made. Hypothesis itself would touch the value."""

    base: type
    special: frozenset[str]
    meta: frozenset[str]
    module: str
    name: str
    lies_about_class: bool
    is_class: bool

    def make(self) -> Any:
        """Return a value that raises and notes that it ran, whatever is asked of it or of its class."""
        body: dict[str, Any] = {name: _running(name) for name in self.special}
        body |= {"__module__": self.module, "__qualname__": self.name}
        if self.lies_about_class:
            body["__class__"] = property(_running("__class__"))
        meta = type("Meta", (type,), {name: _running(f"type {name}") for name in self.meta})
        cls = type.__call__(meta, "Hostile", (self.base,), body)
        return cls if self.is_class else self.base.__new__(cls)


class Plain(NamedTuple):
    """A value that hides nothing."""

    value: object

    def make(self) -> object:
        return self.value


HOSTILE = st.builds(
    Recipe,
    base=st.sampled_from([object, list, dict, int, str, tuple]),
    special=st.frozensets(st.sampled_from(SPECIAL)),
    meta=st.frozensets(st.sampled_from(META)),
    module=LIES,
    name=NAMES,
    lies_about_class=st.booleans(),
    is_class=st.booleans(),
)
PLAIN = st.one_of(st.none(), st.booleans(), st.text(), st.integers(), st.binary(), st.functions(), st.sampled_from([len, types, str]))
ANY = HOSTILE | PLAIN.map(Plain)
LISTS = st.lists(ANY, max_size=5)


@given(ANY)
def test_a_model_is_one_of_the_catalogue_s_types(recipe: Recipe | Plain) -> None:
    value = recipe.make()
    ran.clear()
    found = model_type(value, pyfunc=True), model_type(value, pyfunc=False)
    assert not ran
    assert found[0] in MODEL_TYPES
    assert found[1] in {"string", "object"}


@given(LISTS, st.sampled_from([list, tuple, iter]))
def test_scorers_are_a_sorted_set_of_the_catalogue_s(recipes: list[Recipe | Plain], kind: Callable[[Any], Any]) -> None:
    value = kind([recipe.make() for recipe in recipes])
    ran.clear()
    found = scorers(value)
    assert not ran
    assert set(found) <= SCORERS
    assert list(found) == sorted(set(found))
    assert bool(found) is bool(recipes and kind is not iter)


@given(ANY)
def test_what_is_no_list_of_scorers_is_nothing(recipe: Recipe | Plain) -> None:
    value = recipe.make()
    ran.clear()
    assert scorers(value) == ()
    assert not ran


@given(ANY, LISTS)
def test_whatever_is_judged_is_the_catalogue_s_or_nothing(recipe: Recipe | Plain, recipes: list[Recipe | Plain]) -> None:
    values = recipe.make(), [recipe.make() for recipe in recipes], tuple(recipe.make() for recipe in recipes)
    ran.clear()
    for rule in ATTRIBUTES.values():
        for value in values:
            judged, reason = judge(rule, value)
            assert judged is None or type(judged) in {bool, int, str, tuple}
            if rule.members and judged is not None:
                assert ({judged} if type(judged) is str else set(judged)) <= set(rule.members)  # type: ignore[arg-type]
            assert judged is not None or reason is not None or not recipes
    assert not ran


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("models:/acme/1", "string"),
        (Path("model.py"), "string"),
        (PurePosixPath("model.py"), "string"),
        (PureWindowsPath("model.py"), "string"),
        (type("Text", (str,), {})("x"), "string"),
        (b"model.py", "object"),
        (None, "object"),
        (lambda model_input: model_input, "object"),
        (object(), "object"),
        (str, "object"),
    ],
)
def test_texts_and_paths_are_strings_and_anything_unknown_an_object(value: object, kind: str) -> None:
    assert model_type(value, pyfunc=True) == kind
    assert model_type(value, pyfunc=False) == kind


@pytest.mark.filterwarnings("ignore")  # MLflow's, on the definition of a model without type hints
@pytest.mark.parametrize("name", ["ResponsesAgent", "ChatAgent", "ChatModel", "PythonModel"])
def test_a_model_of_pyfunc_s_is_told_by_its_base_class(name: str) -> None:
    import mlflow.pyfunc

    def predict(*_: object, **__: object) -> None:
        pass

    def predict_stream(*_: object, **__: object) -> Iterator[None]:
        yield None

    base = getattr(mlflow.pyfunc, name)
    middle = type("AcmeBase", (base,), {"predict": predict, "predict_stream": predict_stream})
    made = object.__new__(type("AcmeModel", (middle,), {"__class__": str}))
    assert model_type(made, pyfunc=True) == name
    assert model_type(made, pyfunc=False) == "object"
    imitation = type(name, (), {"__module__": base.__module__, "__qualname__": name, "__class__": base})()
    assert isinstance(imitation, base)
    assert model_type(imitation, pyfunc=True) == "object"


def built_in(kind: str, /, **arguments: Any) -> Any:
    import mlflow.genai.scorers as module

    return getattr(module, kind)(**arguments)


def test_a_built_in_scorer_is_its_class_however_it_is_named() -> None:
    assert scorers([built_in("Safety")]) == ("safety",)
    assert scorers([built_in("Safety", name="acme secret"), built_in("Correctness")]) == ("correctness", "safety")
    assert scorers((built_in("RelevanceToQuery"), built_in("RelevanceToQuery", name="again"))) == ("relevance_to_query",)
    assert scorers([built_in("Guidelines", name="acme", guidelines="The Acme way.")]) == ("guidelines",)


def test_everything_else_is_one_member() -> None:
    from mlflow.genai.scorers import Safety, scorer

    @scorer
    def acme_scorer(outputs: object) -> bool:
        return bool(outputs)

    def plain(outputs: object) -> bool:
        return bool(outputs)

    class Subclass(Safety):
        pass

    imitation = type("Safety", (), {"__module__": Safety.__module__, "__qualname__": Safety.__qualname__, "name": "safety"})
    assert f"{imitation.__module__}.{imitation.__qualname__}" == f"{Safety.__module__}.{Safety.__qualname__}"
    lying = types.FunctionType(plain.__code__, {})
    lying.__module__, lying.__qualname__ = "mlflow.metrics.genai.metric_definitions", "faithfulness"
    for value in (acme_scorer, plain, Subclass(), imitation(), lying, "safety", None, Safety):
        assert scorers([value]) == ("custom_scorer",), value
    assert scorers([acme_scorer, Safety(), plain]) == ("custom_scorer", "safety")


def test_a_built_in_function_is_told_by_identity() -> None:
    from mlflow.metrics.genai import faithfulness
    from mlflow.metrics.genai.metric_definitions import relevance

    assert scorers([faithfulness, relevance]) == ("faithfulness", "relevance")


def test_a_third_party_scorer_that_mlflow_wraps_is_custom() -> None:
    """MLflow has wrappers of deepeval, ragas and others in its own package; the scorers that they wrap are not MLflow's."""
    wrapper = type("AnswerRelevancy", (), {"__module__": "mlflow.genai.scorers.deepeval"})
    assert scorers([wrapper()]) == ("custom_scorer",)


@pytest.mark.parametrize("value", [[], (), None, {}, set(), "safety", {"a": 1}, range(3)])
def test_no_list_or_an_empty_one_is_nothing(value: object) -> None:
    assert scorers(value) == ()


def test_a_list_without_end_is_looked_at_up_to_a_bound() -> None:
    assert scorers([object()] * MAX_SCORERS + [built_in("Safety")]) == ("custom_scorer",)


@given(st.lists(st.integers(), max_size=4), st.dictionaries(st.sampled_from(["b", "c", "d", "e"]), st.integers()))
def test_an_argument_is_found_as_python_would_bind_it(args: list[int], kwargs: dict[str, int]) -> None:
    import inspect

    def function(a, /, b, c=30, *rest, d=40, **others):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN002, ANN003, ANN202
        pass

    try:
        bound = inspect.signature(function).bind(*args, **kwargs)
    except TypeError:
        return
    bound.apply_defaults()
    arguments = Arguments(function)
    for name in ("a", "b", "c", "d"):
        assert arguments.get(name, tuple(args), kwargs) == bound.arguments[name]
    assert arguments.get("nothing", tuple(args), kwargs) is None
