"""The wrapped function: MLflow's own in every respect but that its calls are noticed.

Decides how a function is wrapped. A call that carries no arguments of interest is noticed in wrapt's `enabled` question, which is
answered "no": MLflow's function is then called from C, with no frame of ours in tracebacks or between a warning and the user's line. It
must pickle by name, so that a pickle made here loads where the plugin is absent.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import wrapt


def _by_name(wrapped: Any) -> tuple[Any, ...]:  # noqa: ANN401  a function
    """`pkgutil.resolve_name` is the standard library's, and needs no plugin where the pickle is loaded."""
    import pkgutil  # noqa: PLC0415  few programs pickle a function of MLflow's

    return pkgutil.resolve_name, (f"{wrapped.__module__}:{wrapped.__qualname__}",)


class BoundWrapper(wrapt.BoundFunctionWrapper):  # type: ignore[type-arg]  # generic in wrapt's stubs only
    """A wrapped method, bound."""

    def __repr__(self) -> str:
        """Show MLflow's method."""
        return repr(self.__wrapped__)

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """Pickle as the method of its object; by name where it was taken from the class."""
        owner = getattr(self.__wrapped__, "__self__", None)
        return _by_name(self.__wrapped__) if owner is None else (getattr, (owner, self.__name__))

    def __copy__(self) -> BoundWrapper:
        """A function is its own copy."""
        return self

    def __deepcopy__(self, memo: object) -> BoundWrapper:
        """A function is its own copy."""
        return self


class Wrapper(wrapt.FunctionWrapper):  # type: ignore[type-arg]  # generic in wrapt's stubs only
    """A wrapped function."""

    __bound_function_wrapper__ = BoundWrapper

    def __repr__(self) -> str:
        """Show MLflow's function."""
        return repr(self.__wrapped__)

    def __reduce_ex__(self, protocol: object) -> tuple[Any, ...]:
        """Pickle by name."""
        return _by_name(self.__wrapped__)

    def __copy__(self) -> Wrapper:
        """A function is its own copy."""
        return self

    def __deepcopy__(self, memo: object) -> Wrapper:
        """A function is its own copy."""
        return self


def never(wrapped: Callable[..., Any], _instance: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
    """The wrapper of a function whose `enabled` question always answers no."""
    return wrapped(*args, **kwargs)
