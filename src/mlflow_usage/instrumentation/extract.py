"""The attributes of the three calls that carry any: `log_model`, `autolog`, `genai.evaluate`.

Decides which argument becomes which attribute, as the review form lists them, and which member of a closed set a value is, by exact types
and identity only. It must never pass a value on, nor call, compare, print or test the truth of one: each of these can run the user's code,
which must run neither twice nor here.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from types import FunctionType
from typing import Any, Final, TypeAlias

from mlflow_usage.instrumentation.targets import SCORERS
from mlflow_usage.instrumentation.wrapper import Wrapper
from mlflow_usage.journal.batch import PREFIX, CallKind

FLAVOR: Final = f"{PREFIX}flavor"
GIVEN: Final = ("pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata")
SWITCHES: Final = ("disable", "log_traces", "log_models")
CUSTOM_SCORER: Final = "custom_scorer"
PYFUNC: Final = "mlflow.pyfunc"
MODEL_CLASSES: Final = ("ResponsesAgent", "ChatAgent", "ChatModel", "PythonModel")
MAX_SCORERS: Final = 1000

MAX_KINDS: Final = 512  # of one function and outcome; more than `log_model` has, and scorers combine without end

Shape: TypeAlias = Any  # hashable: the attributes of a call in a few values; calls of equal shape are counted together

_mro: Final[Callable[[type], tuple[type, ...]]] = type.__dict__["__mro__"].__get__
_MISSING: Final = object()


class Arguments:
    """The arguments of a function, as a call gives them: by position or name, with their defaults."""

    __slots__ = ("defaults", "names", "positions")

    def __init__(self, function: object) -> None:
        """Read the signature once, when the function is wrapped."""
        parameters = inspect.signature(inspect.unwrap(function)).parameters  # type: ignore[arg-type]
        self.names = tuple(parameters)
        self.positions = {
            name: index
            for index, (name, parameter) in enumerate(parameters.items())
            if parameter.kind in (parameter.POSITIONAL_ONLY, parameter.POSITIONAL_OR_KEYWORD)
        }
        self.defaults = {name: parameter.default for name, parameter in parameters.items()}

    def get(self, name: str, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> object:
        """Return the argument in effect: as given, else its default, else None."""
        if name in kwargs:
            return kwargs[name]
        position = self.positions.get(name)
        if position is not None and position < len(args):
            return args[position]
        default = self.defaults.get(name)
        return None if default is inspect.Parameter.empty else default

    def rows(self, names: Iterable[str]) -> list[tuple[str, int, object]]:
        """Return each name with its position (beyond that of any call where it has none) and its default."""
        return [(name, self.positions.get(name, sys.maxsize), self.get(name, (), {})) for name in names]

    def reader(self, names: Iterable[str]) -> Callable[[tuple[Any, ...], Mapping[str, Any]], list[Any]]:
        """Return a function that reads several arguments at once, as `get` does."""
        rows = self.rows(names)

        def read(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
            given = len(args)
            return [kwargs[name] if name in kwargs else args[at] if at < given else default for name, at, default in rows]

        return read


def model_type(value: object, *, pyfunc: bool) -> str:
    """Return the kind of model that `log_model` was given: `string` for a str or path, a base class of pyfunc's, else `object`."""
    bases = _mro(type(value))
    if any(base is str or base is PurePath for base in bases):  # `in` would ask a metaclass of the user's for equality
        return "string"
    module = sys.modules.get(PYFUNC)
    if pyfunc and module is not None:
        for name in MODEL_CLASSES:
            known = module.__dict__.get(name, _MISSING)
            if any(base is known for base in bases):
                return name
    return "object"


def scorers(value: object) -> tuple[str, ...]:
    """Return the sorted set of members for a list of scorers: built-in ones by exact type or identity, any other is `custom_scorer`."""
    if not (type(value) is list or type(value) is tuple):
        return ()
    return tuple(sorted({_scorer(item) for item in value[:MAX_SCORERS]}))


def _scorer(value: object) -> str:
    value = _own(value)
    kind = value if type(value) is FunctionType else type(value)
    place = _place(kind)
    member = SCORERS.get(place) if place else None
    if member is None:
        return CUSTOM_SCORER
    module, _, name = place.partition(":")
    known = _own(getattr(sys.modules.get(module), "__dict__", {}).get(name))
    return member if known is kind else CUSTOM_SCORER


def _own(value: object) -> object:
    """Return MLflow's function in the place of its wrapper."""
    return value.__wrapped__ if type(value) is Wrapper else value


def _place(kind: Any) -> str:  # noqa: ANN401  a class or a function
    if type(kind) is FunctionType:
        module, name = kind.__module__, kind.__qualname__
    else:
        module = type.__dict__["__dict__"].__get__(kind).get("__module__")
        name = type.__dict__["__qualname__"].__get__(kind)
    return f"{module}:{name}" if type(module) is str and type(name) is str else ""


class Extract:
    """The way to a call's attributes: its shape is found at every call, the attributes of that shape once."""

    __slots__ = ("shape", "spell")

    def __init__(self, shape: Callable[[tuple[Any, ...], Mapping[str, Any]], Shape], spell: Callable[[Shape], Mapping[str, Any]]) -> None:
        """Find the shape with `shape`, and its attributes with `spell`."""
        self.shape, self.spell = shape, spell

    def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the attributes of one call."""
        return self.spell(self.shape(args, kwargs))

    def reviewed(self, event: str) -> Extract:
        """Return the same without attributes under review."""
        from mlflow_usage.catalogue.check import reviewed  # noqa: PLC0415  only where something is under review

        return Extract(self.shape, lambda shape: reviewed(event, self.spell(shape)))


class CallKinds(dict["Shape | None", "CallKind | None"]):
    """The kinds of call that a function had, by their shape; a shape of None is a call whose arguments could not be read."""

    def __init__(self, event: str, extract: Extract, more: Mapping[str, Any] | None = None) -> None:
        """CallKinds of calls of `event`, each with `more` attributes."""
        self.event, self.extract, self.more = event, extract, more or {}

    def __missing__(self, shape: Shape | None) -> CallKind | None:
        """Spell a new shape; return None where there are too many to keep."""
        if len(self) >= MAX_KINDS:
            return None
        kind = self[shape] = CallKind(self.event, self.spelled(shape))
        return kind

    def spelled(self, shape: Shape | None) -> Mapping[str, Any]:
        """Return the attributes of a shape."""
        return {**({} if shape is None else self.extract.spell(shape)), **self.more}


def log_model(function: object, fixed: Mapping[str, str]) -> Extract:
    """Extract the review form's fields of a flavor's `log_model`."""
    arguments, pyfunc = Arguments(function), fixed.get(FLAVOR) == "pyfunc"
    model = "python_model" if pyfunc else next(iter(arguments.names), "")
    read = arguments.reader((model, *GIVEN))

    def shape(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Shape:
        given, *others = read(args, kwargs)
        return (model_type(given, pyfunc=pyfunc), *[value is not None for value in others])

    def spell(shape: Shape) -> Mapping[str, Any]:
        known = (name in arguments.defaults for name in GIVEN)
        given = {PREFIX + name: here and there for name, here, there in zip(GIVEN, known, shape[1:], strict=True)}
        return {**fixed, f"{PREFIX}model_type": shape[0], **given}

    return Extract(shape, spell)


def autolog(function: object, fixed: Mapping[str, str]) -> Extract:
    """Extract the switches in effect of an `autolog`; one that it does not have is absent."""
    arguments = Arguments(function)
    switches = tuple(name for name in SWITCHES if name in arguments.defaults)
    rows = [(*row, 1 << index) for index, row in enumerate(arguments.rows(switches))]
    unsaid = sum(bit for _, _, default, bit in rows if default is True)

    def shape(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> int:
        if not (args or kwargs):
            return unsaid
        given, bits = len(args), 0
        for name, at, default, bit in rows:
            if (kwargs[name] if name in kwargs else args[at] if at < given else default) is True:
                bits |= bit
        return bits

    def spell(bits: int) -> Mapping[str, Any]:
        return {**fixed, **{PREFIX + name: bits & bit > 0 for name, _, _, bit in rows}}

    return Extract(shape, spell)


def genai_evaluate(function: object, fixed: Mapping[str, str]) -> Extract:
    """Extract the kinds of scorers, and whether a `predict_fn` was given."""
    read = Arguments(function).reader(("predict_fn", "scorers"))

    def shape(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Shape:
        predict_fn, given = read(args, kwargs)
        return predict_fn is not None, scorers(given)

    def spell(shape: Shape) -> Mapping[str, Any]:
        predict_fn, kinds = shape
        return {**fixed, f"{PREFIX}predict_fn": predict_fn, **({f"{PREFIX}scorers": kinds} if kinds else {})}

    return Extract(shape, spell)


# event -> (extractor, whether it counts when the call ends)
EXTRACTORS: Final[dict[str, tuple[Callable[[object, Mapping[str, str]], Extract], bool]]] = {
    "mlflow.log_model": (log_model, True),
    "mlflow.autolog": (autolog, False),
    "mlflow.genai.evaluate": (genai_evaluate, True),
}

# Called once, or twice where it is written with arguments: `@scorer(name=…)`.
DECORATORS: Final = frozenset({"mlflow.genai.scorer"})
