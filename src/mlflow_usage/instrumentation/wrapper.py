"""The wrapped function: MLflow's own in every respect but that its calls are noticed.

Decides how a function is wrapped. wrapt asks a wrapper's `enabled` before each call. A call without arguments of interest is noticed in
that question, which is answered "no": MLflow's function is then called from C, with no frame of ours in tracebacks or between a warning
and the user's line. A wrapper must never differ from MLflow's function in its repr, copy
or pickle: a pickle loads where the plugin is absent.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from types import FunctionType, MethodType
from typing import Any

import wrapt


def _by_name(function: Any) -> str | tuple[Any, ...]:  # noqa: ANN401  a function
    """Return the name of the global, as a function pickles; where that global is MLflow's function itself, a look-up by name.

    `pkgutil.resolve_name` is the standard library's, and needs no plugin where the pickle is loaded.
    """
    found: Any = sys.modules.get(function.__module__)
    for name in function.__qualname__.split("."):
        found = getattr(found, name, None)
    if found is function or found != function:  # pickle refuses what is another object than its name says
        return str(function.__qualname__)
    import pkgutil  # noqa: PLC0415  few programs pickle a function of MLflow's

    return pkgutil.resolve_name, (f"{function.__module__}:{function.__qualname__}",)


class BoundWrapper(wrapt.BoundFunctionWrapper):  # type: ignore[type-arg]  # generic in wrapt's stubs only
    """A wrapped method, bound."""

    def __repr__(self) -> str:
        """Show MLflow's method."""
        return repr(self.__wrapped__)

    def __reduce_ex__(self, protocol: object) -> str | tuple[Any, ...]:
        """Pickle as a method of its object; by name where it was taken from the class."""
        owner = getattr(self.__wrapped__, "__self__", None)
        return _by_name(self) if owner is None else (getattr, (owner, self.__name__))

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

    def __reduce_ex__(self, protocol: object) -> str | tuple[Any, ...]:
        """Pickle by name."""
        return _by_name(self)

    def __copy__(self) -> Wrapper:
        """A function is its own copy."""
        return self

    def __deepcopy__(self, memo: object) -> Wrapper:
        """A function is its own copy."""
        return self


class Method(Wrapper):
    """A wrapped method of MlflowClient, whose store is the client's own: the client is known when it is bound, not when it is called."""

    # No dictionary, partial or bound `__get__` for each of hundreds of methods: every full collection of the host's visits them all.
    __slots__ = ("_self_event", "_self_function", "_self_notice")

    def __init__(
        self,
        function: FunctionType,
        notice: Callable[[str, object], bool],
        event: str,
        unbound: Callable[..., Any],
        ask: Any,  # noqa: ANN401
    ) -> None:
        """Wrap `function`; `notice` is asked at each call of a bound one, `ask` and `unbound` where it is called by its class."""
        super().__init__(function, unbound, enabled=ask)
        self._self_function, self._self_notice, self._self_event = function, notice, event

    def __get__(self, instance: object, owner: type | None = None) -> Any:  # noqa: ANN401  a method
        """Bind as a function binds: to an object, and to a class not at all."""
        if instance is None:
            return self
        # From `partial`, as from wrapt, the question is asked with no frame of ours below it.
        notice = partial(self._self_notice, self._self_event, instance)
        return BoundWrapper(MethodType(self._self_function, instance), instance, never, notice)  # type: ignore[call-arg]


def never(wrapped: Callable[..., Any], _instance: object, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:  # noqa: ANN401
    """The wrapper of a function whose `enabled` question always answers no."""
    return wrapped(*args, **kwargs)
