"""The attributes of the three calls that carry any: `log_model`, `autolog`, `genai.evaluate`.

Decides which argument becomes which attribute, as the review form lists them. It must never pass a value on: only whether it was given,
or which member of a closed set it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from mlflow_usage.instrumentation.generalise import Arguments, model_type, scorers

PREFIX: Final = "mlflow.usage."
FLAVOR: Final = f"{PREFIX}flavor"
GIVEN: Final = ("pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata")
SWITCHES: Final = ("disable", "log_traces", "log_models")

Extract = Callable[[tuple[Any, ...], Mapping[str, Any]], Mapping[str, Any]]


def log_model(function: object, fixed: Mapping[str, str]) -> Extract:
    """The form's fields of a flavor's `log_model`."""
    arguments, flavor = Arguments(function), fixed.get(FLAVOR)
    pyfunc = flavor == "pyfunc"
    model = "python_model" if pyfunc else next(iter(arguments.names), "")

    def extract(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        found: dict[str, Any] = dict(fixed)
        found[f"{PREFIX}model_type"] = model_type(arguments.get(model, args, kwargs), pyfunc=pyfunc)
        for name in GIVEN:
            found[PREFIX + name] = name in arguments.defaults and arguments.get(name, args, kwargs) is not None
        return found

    return extract


def autolog(function: object, fixed: Mapping[str, str]) -> Extract:
    """The switches in effect of an `autolog`; absent where it has none of that name."""
    arguments = Arguments(function)
    switches = tuple(name for name in SWITCHES if name in arguments.defaults)

    def extract(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        return {**fixed, **{PREFIX + name: arguments.get(name, args, kwargs) is True for name in switches}}

    return extract


def genai_evaluate(function: object, fixed: Mapping[str, str]) -> Extract:
    """Which kinds of scorers, and whether a `predict_fn` was given."""
    arguments = Arguments(function)

    def extract(args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Mapping[str, Any]:
        found: dict[str, Any] = {**fixed, f"{PREFIX}predict_fn": arguments.get("predict_fn", args, kwargs) is not None}
        kinds = scorers(arguments.get("scorers", args, kwargs))
        return {**found, f"{PREFIX}scorers": kinds} if kinds else found

    return extract


# event -> (extractor, whether it counts when the call ends)
EXTRACTORS: Final[dict[str, tuple[Callable[[object, Mapping[str, str]], Extract], bool]]] = {
    "mlflow.log_model": (log_model, True),
    "mlflow.autolog": (autolog, False),
    "mlflow.genai.evaluate": (genai_evaluate, True),
}
