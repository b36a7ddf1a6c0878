"""The wrapped function: MLflow's own in every respect but that its calls are noticed.

Decides how a function is wrapped. A call that carries no arguments of interest is noticed in wrapt's `enabled` question, which is
answered "no": MLflow's function is then called from C, with no frame of ours in tracebacks or between a warning and the user's line. It
must pickle by name, so that a pickle made here loads where the plugin is absent.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable
from typing import Any

import wrapt


class BoundWrapper(wrapt.BoundFunctionWrapper):  # type: ignore[type-arg]  # generic in wrapt's stubs only
    """A wrapped method, bound."""

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """Pickle as the method of its object."""
        return getattr, (self.__self__, self.__name__)

    def __copy__(self) -> BoundWrapper:
        """A function is its own copy."""
        return self

    def __deepcopy__(self, memo: object) -> BoundWrapper:
        """A function is its own copy."""
        return self


class Wrapper(wrapt.FunctionWrapper):  # type: ignore[type-arg]  # generic in wrapt's stubs only
    """A wrapped function."""

    __bound_function_wrapper__ = BoundWrapper

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """Pickle by name: `pkgutil.resolve_name` is the standard library's, and needs no plugin where it is loaded."""
        wrapped = self.__wrapped__
        return pkgutil.resolve_name, (f"{wrapped.__module__}:{wrapped.__qualname__}",)

    def __copy__(self) -> Wrapper:
        """A function is its own copy."""
        return self

    def __deepcopy__(self, memo: object) -> Wrapper:
        """A function is its own copy."""
        return self


def never(wrapped: Callable[..., Any], _instance: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
    """The wrapper of a function whose `enabled` question always answers no."""
    return wrapped(*args, **kwargs)
