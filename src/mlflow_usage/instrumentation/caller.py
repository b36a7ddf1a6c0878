"""The caller: a person's code, or MLflow itself.

Decides whether a call counts: it does unless its caller is a module of MLflow. This one rule covers nested calls, autologging's own
logging, MLflow's threads, and a user's callback that calls MLflow from inside MLflow. It must never keep a frame alive, nor read anything
of one but the name and spec in its globals and its code's name.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib.machinery import ModuleSpec
from types import FrameType
from typing import Any, Final

INTERNAL: Final = 0
USER: Final = 1
UNCLEAR: Final = 2  # the name alone does not tell

# The name that MLflow gives to a file it executes to validate, capture or load a model (models/utils.py `_load_model_code_path`), before
# 32 hexadecimal digits.
MODEL_FILE: Final = "code_model_"
# Frames that may lie between a caller and the wrapper: wrapt without its C extension, and this package's.
BETWEEN: Final = ("wrapt", "mlflow_usage")
MAX_FRAMES: Final = 32
MAX_NAMES: Final = 4096
SPECS: Final[set[type]] = {ModuleSpec}  # whose name is read; `WatchedSpec` of `importlib_bootstrap/imports.py` joins it

_get: Final = dict.get


def classify(name: object) -> int:
    """Return what a module of this name is: INTERNAL, USER, or UNCLEAR."""
    if type(name) is not str:
        return USER
    top = name.partition(".")[0]
    if top == "mlflow":
        return INTERNAL
    if top == "__main__" or top in BETWEEN or is_model_file(name):
        return UNCLEAR
    return USER


def is_model_file(name: str) -> bool:
    """Return whether a module of this name is a model file that MLflow executes."""
    digits = name[len(MODEL_FILE) :]
    return name.startswith(MODEL_FILE) and len(digits) == 32 and not digits.strip("0123456789abcdef")  # noqa: PLR2004  a UUID's


def main_counts(scope: dict[str, Any]) -> bool:
    """Return whether calls from a main program of these globals count: `python -m mlflow.x` runs a module of MLflow as `__main__`."""
    spec: Any = _get(scope, "__spec__")
    return type(spec) not in SPECS or classify(spec.name) != INTERNAL


def main_scope(modules: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the globals of the main program if calls from it count: a call's globals are compared with them before any look-up."""
    scope = getattr(modules.get("__main__"), "__dict__", None)
    return scope if type(scope) is dict and _get(scope, "__name__") == "__main__" and main_counts(scope) else None


def counts(frame: FrameType | None) -> bool:
    """Return whether a call made from `frame` counts. A call without one (from an exit handler, a raw thread) counts."""
    for _ in range(MAX_FRAMES):
        if frame is None:
            return True
        name = _get(frame.f_globals, "__name__")
        origin = classify(name)
        if origin != UNCLEAR:
            return origin == USER
        if name == "__main__":
            return main_counts(frame.f_globals)
        if is_model_file(str(name)):
            return frame.f_code.co_name != "<module>"
        frame = frame.f_back
    return True


class Origins(dict[Any, int]):
    """The origin of each module name met so far; bounded, because generated names would fill it."""

    def __missing__(self, name: object) -> int:
        """Classify a new name."""
        origin = classify(name)
        if len(self) < MAX_NAMES:
            self[name] = origin
        return origin
