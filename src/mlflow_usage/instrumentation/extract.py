"""The attributes of the three calls that carry any: `log_model`, `autolog`, `genai.evaluate`.

Decides which argument becomes which attribute, as the review form lists them. It must never pass a value on: only whether it was given,
or which member of a closed set it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from mlflow_usage.instrumentation.generalise import Arguments, model_type, scorers
from mlflow_usage.journal import Kind

PREFIX: Final = "mlflow.usage."
FLAVOR: Final = f"{PREFIX}flavor"
GIVEN: Final = ("pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata")
SWITCHES: Final = ("disable", "log_traces", "log_models")

MAX_KINDS: Final = 512  # of one function and outcome; more than `log_model` has, and scorers combine without end

Shape: TypeAlias = Any  # hashable: what a call carries, in few values; equal shapes are counted together


class Extract:
    """How a call's attributes are found: its shape at every call, what the shape spells once."""

    __slots__ = ("shape", "spell")

    def __init__(self, shape: Callable[[tuple[Any, ...], Mapping[str, Any]], Shape], spell: Callable[[Shape], Mapping[str, Any]]) -> None:
        """Find the shape with `shape`, and its attributes with `spell`."""
        self.shape, self.spell = shape, spell

    def __call__(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        """The attributes of one call."""
        return self.spell(self.shape(args, kwargs))

    def reviewed(self, event: str) -> Extract:
        """The same, without what is under review."""
        from mlflow_usage.catalogue.check import reviewed  # noqa: PLC0415  only where something is under review

        return Extract(self.shape, lambda shape: reviewed(event, self.spell(shape)))


class Kinds(dict["Shape | None", "Kind | None"]):
    """The kinds of call that a function had, by their shape; a shape of None is a call whose arguments could not be looked at."""

    def __init__(self, event: str, extract: Extract, more: Mapping[str, Any] | None = None) -> None:
        """Kinds of calls of `event`, each with `more` attributes."""
        self.event, self.extract, self.more = event, extract, more or {}

    def __missing__(self, shape: Shape | None) -> Kind | None:
        """Spell a shape that was not met before; None where there are too many to keep."""
        if len(self) >= MAX_KINDS:
            return None
        kind = self[shape] = Kind(self.event, self.spelled(shape))
        return kind

    def spelled(self, shape: Shape | None) -> Mapping[str, Any]:
        """The attributes of a shape."""
        return {**({} if shape is None else self.extract.spell(shape)), **self.more}


def log_model(function: object, fixed: Mapping[str, str]) -> Extract:
    """The form's fields of a flavor's `log_model`."""
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
    """The switches in effect of an `autolog`; absent where it has none of that name."""
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
    """Which kinds of scorers, and whether a `predict_fn` was given."""
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

# Called by the person once, or twice where it is written with arguments: `@scorer(name=…)`.
DECORATORS: Final = frozenset({"mlflow.genai.scorer"})
