"""The patches: wrappers in the places where MLflow defines its public functions.

Decides what is wrapped, when, and what is put back. This module must never import a module of MLflow, touch a half-initialised one, or let
an error reach the import that it follows.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from types import FunctionType, ModuleType
from typing import Any

from mlflow_usage.catalogue.tables import DEPRECATED, PENDING, PENDING_EVENTS
from mlflow_usage.instrumentation.extract import DECORATORS, EXTRACTORS
from mlflow_usage.instrumentation.importlib_bootstrap import calls as frames
from mlflow_usage.instrumentation.importlib_bootstrap.imports import Finder
from mlflow_usage.instrumentation.meter import Meter
from mlflow_usage.instrumentation.targets import TARGETS, rows
from mlflow_usage.instrumentation.wrapper import Method, Wrapper, never

CLIENT = "MlflowClient"
COMMANDS = "mlflow.cli."


class Patches:
    """The wrappers that are in place."""

    def __init__(self, meter: Meter, *, pending: bool = False) -> None:
        """Patch nothing yet. `pending`: events whose review is pending are wrapped too."""
        self.pending = pending
        self.inert = DEPRECATED if pending else DEPRECATED | PENDING
        self.meter = meter
        self.notice_client, self.called_by_user = meter.notice_client, meter.called_by_user  # bound once, not for each function
        self.placed: list[tuple[Any, str, Any, Wrapper]] = []  # owner, name, original, wrapper
        self.early: set[str] = set()
        self.unaliased: dict[int, Wrapper] = {}  # original's id -> its wrapper, of what was imported before us
        self.finder = Finder(TARGETS, self.imported)

    def register(self) -> None:
        """Wait for the import of each definition module; wrap those that are imported already."""
        sys.meta_path.insert(0, self.finder)
        self.early.update(name for name in TARGETS if name in sys.modules)  # imported before us, perhaps not to their end
        with suppress(Exception):  # the boundary
            self._early()

    def unregister(self) -> None:
        """Wait no more."""
        with suppress(ValueError):
            sys.meta_path.remove(self.finder)

    def imported(self, module: ModuleType) -> None:
        """Wrap the functions of a definition module that was just executed. Called by the import system; never raises."""
        try:
            if self.finder not in sys.meta_path:  # unregistered while the module was executed
                return
            self.wrap(module)
            self._early()
        except Exception:  # noqa: BLE001  the boundary: nothing stops an import of the user's
            return

    def _early(self) -> None:
        """Wrap what was imported before us and is complete by now; at the end, on every alias too: a look through MLflow costs 1 ms."""
        for name in tuple(self.early):
            found = sys.modules.get(name)
            if found is None:  # its import failed; another one will be told of
                self.early.discard(name)
            elif not getattr(found.__spec__, "_initializing", False):
                self.early.discard(name)
                self.unaliased.update(self.wrap(found))
        if self.unaliased and not self.early:
            replaced, self.unaliased = self.unaliased, {}
            self._alias(replaced)

    def wrap(self, module: ModuleType) -> dict[int, Wrapper]:
        """Wrap every target of a module that this version of MLflow has; return the wrappers by their original's id."""
        replaced: dict[int, Wrapper] = {}
        for path, event, fixed in rows(module.__name__):
            owner: Any = module
            *parents, name = path.split(".")
            for parent in parents:
                owner = getattr(owner, "__dict__", {}).get(parent)
            original = getattr(owner, "__dict__", {}).get(name)
            if original is None or isinstance(original, Wrapper) or event in self.inert:
                continue
            try:
                # Two names of one function stay one.
                wrapper = replaced.get(id(original)) or self.wrapper(original, event, fixed, client=parents == [CLIENT])
                setattr(owner, name, wrapper)
            except Exception:  # noqa: BLE001, S112  the boundary: one target that cannot be wrapped, not its whole module
                continue
            self.placed.append((owner, name, original, wrapper))
            if type(original) is FunctionType and not parents:
                replaced[id(original)] = wrapper
        return replaced

    def wrapper(self, original: Any, event: str, fixed: Mapping[str, str], *, client: bool) -> Wrapper:  # noqa: ANN401
        """Return the wrapper of one function."""
        meter = self.meter
        if event.startswith(COMMANDS):
            from mlflow_usage.instrumentation import commands  # noqa: PLC0415  no program but a command line needs it

            return Wrapper(original, never, enabled=commands.entered(meter, event))
        if event in EXTRACTORS:
            extractor, at_end = EXTRACTORS[event]
            place = frames.on_end if at_end else frames.on_entry
            extract = extractor(original, fixed)
            if not self.pending and event in PENDING_EVENTS:
                extract = extract.reviewed(event)
            return Wrapper(original, place(meter, event, extract), enabled=self.called_by_user)
        if event in DECORATORS:
            return Wrapper(original, frames.on_decoration(meter, event), enabled=self.called_by_user)
        if client:
            by_class = frames.client_method(meter, event)
            if type(original) is FunctionType:
                return Method(original, self.notice_client, event, by_class, self.called_by_user)
            return Wrapper(original, by_class, enabled=self.called_by_user)
        return Wrapper(original, never, enabled=meter.noticing(event))

    def _alias(self, replaced: Mapping[int, Wrapper]) -> None:
        """Put the wrapper where other modules of MLflow already hold the original: another plugin may have imported them first."""
        for module in _modules_of_mlflow():
            if replaced.keys().isdisjoint(map(id, module.__dict__.values())):  # thirty times faster than the loop below
                continue
            for key, value in tuple(module.__dict__.items()):
                wrapper = replaced.get(id(value))
                if wrapper is not None and value is wrapper.__wrapped__:
                    setattr(module, key, wrapper)
                    self.placed.append((module, key, value, wrapper))

    def restore(self) -> None:
        """Put back every attribute that is still ours; a wrapper that somebody holds records nothing any more."""
        self.unregister()
        self.meter.stop()
        for owner, name, original, wrapper in reversed(self.placed):
            if vars(owner).get(name) is wrapper:
                setattr(owner, name, original)
        # A re-export that was bound when MLflow was imported holds the wrapper as well.
        originals = {id(wrapper): original for _, _, original, wrapper in self.placed}
        for module in _modules_of_mlflow():
            if originals.keys().isdisjoint(map(id, module.__dict__.values())):
                continue
            for key, value in tuple(module.__dict__.items()):
                if id(value) in originals:
                    setattr(module, key, originals[id(value)])
        self.placed.clear()


def _modules_of_mlflow() -> list[ModuleType]:
    """Return the modules of MLflow that are imported now."""
    return [
        module
        for name, module in tuple(sys.modules.items())
        if name.startswith("mlflow") and type(module) is ModuleType and name.partition(".")[0] == "mlflow"
    ]
