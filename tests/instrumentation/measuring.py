"""Real MLflow functions, wrapped and counted into a list."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest

from mlflow_usage.instrumentation import patch as patching
from mlflow_usage.instrumentation.meter import Meter
from mlflow_usage.instrumentation.patch import Patches
from mlflow_usage.journal.batch import CallKind


class Calls:
    """A stand-in for a session that remembers the calls."""

    def __init__(self) -> None:
        self.made: list[tuple[str, dict[str, Any]]] = []
        self.renewed = 0
        self.closed = False
        self.failing = False

    def hit(self, event: str | CallKind, store: str | None) -> None:
        more = {} if store is None else {"mlflow.usage.store": store}
        if isinstance(event, CallKind):
            self.count(event.event, {**event.attributes, **more})
        else:
            self.count(event, more)

    def count(self, event: str, attributes: Mapping[str, Any]) -> None:
        self._fail()
        self.made.append((event, {key.removeprefix("mlflow.usage."): value for key, value in attributes.items()}))

    def _fail(self) -> None:
        if self.failing:
            raise SystemError

    def recheck(self) -> bool:
        self._fail()
        return not self.closed

    def renew(self) -> None:
        self.renewed += 1

    @property
    def events(self) -> list[str]:
        return [event for event, _ in self.made]

    def only(self, event: str) -> dict[str, Any]:
        """Return the attributes, without the store, of the only call that was made."""
        ((name, attributes),) = self.made
        assert name == event
        return {key: value for key, value in attributes.items() if key != "store"}


@contextmanager
def measured() -> Iterator[Calls]:
    """Wrap every function of the MLflow that is imported, until the end."""
    calls = Calls()
    patches = Patches(Meter(calls))
    patches.register()
    try:
        yield calls
    finally:
        patches.restore()


def spelt(targets: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]) -> str:
    """Return the targets of a module in the form of the generated table."""
    return "".join(" ".join((path, event, *(f"{key}={value}" for key, value in fixed))) + "\n" for path, event, fixed in targets)


@contextmanager
def stand_in(monkeypatch: pytest.MonkeyPatch, source: str, targets: tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]) -> Any:
    """Make a module `mlflow.stand_in` whose `targets` are wrapped; yield it and the calls."""
    module = ModuleType("mlflow.stand_in")
    module.__spec__ = sys.__spec__
    monkeypatch.setitem(sys.modules, module.__name__, module)
    exec(compile(source, "/site-packages/mlflow/stand_in.py", "exec"), module.__dict__)
    monkeypatch.setitem(patching.TARGETS, module.__name__, spelt(targets))
    calls = Calls()
    patches = Patches(Meter(calls))
    patches.wrap(module)
    yield module, calls, patches
    patches.restore()
