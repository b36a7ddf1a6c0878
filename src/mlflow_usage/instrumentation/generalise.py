"""From what a caller passed to a member of a closed set.

Decides by exact types and identity only. It must never call, compare, print or test the truth of a value: all of these can be the
user's own code, and none of them may run twice or run here.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import PurePath
from types import FunctionType
from typing import Any, Final

from mlflow_usage.instrumentation.targets import SCORERS
from mlflow_usage.instrumentation.wrapper import Wrapper

CUSTOM_SCORER: Final = "custom_scorer"
PYFUNC: Final = "mlflow.pyfunc"
MODEL_CLASSES: Final = ("ResponsesAgent", "ChatAgent", "ChatModel", "PythonModel")
MAX_SCORERS: Final = 1000

_mro: Final[Callable[[type], tuple[type, ...]]] = type.__dict__["__mro__"].__get__
_MISSING: Final = object()


class Arguments:
    """How a function's arguments are found in a call: by position or name, with their defaults."""

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
        """The argument in effect: as given, else its default, else None."""
        if name in kwargs:
            return kwargs[name]
        position = self.positions.get(name)
        if position is not None and position < len(args):
            return args[position]
        default = self.defaults.get(name)
        return None if default is inspect.Parameter.empty else default

    def rows(self, names: Iterable[str]) -> list[tuple[str, int, object]]:
        """For each name: itself, its position (beyond every call's where it has none), and its default."""
        return [(name, self.positions.get(name, sys.maxsize), self.get(name, (), {})) for name in names]

    def reader(self, names: Iterable[str]) -> Callable[[tuple[Any, ...], Mapping[str, Any]], list[Any]]:
        """What reads several arguments at once, as `get` does."""
        rows = self.rows(names)

        def read(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> list[Any]:
            given = len(args)
            return [kwargs[name] if name in kwargs else args[at] if at < given else default for name, at, default in rows]

        return read


def model_type(value: object, *, pyfunc: bool) -> str:
    """What kind of model `log_model` was given: `string` for a str or path, a base class of pyfunc's, else `object`."""
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
    """The sorted set of members for a list of scorers: built-in ones by exact type or identity, any other is `custom_scorer`."""
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
    """MLflow's function, where a wrapper of ours stands for it."""
    return value.__wrapped__ if type(value) is Wrapper else value


def _place(kind: Any) -> str:  # noqa: ANN401  a class or a function
    if type(kind) is FunctionType:
        module, name = kind.__module__, kind.__qualname__
    else:
        module = type.__dict__["__dict__"].__get__(kind).get("__module__")
        name = type.__dict__["__qualname__"].__get__(kind)
    return f"{module}:{name}" if type(module) is str and type(name) is str else ""
