"""What happens at a public call, before MLflow's function runs.

Decides whether this call is recorded, under the consent that holds right now, and with which store. It must never raise, and costs
about a microsecond: look-ups only, everything else is left to the recorder's first call of a kind.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from mlflow_usage.instrumentation.caller import INTERNAL, USER, Origins, counts, main_scope
from mlflow_usage.instrumentation.extract import Kinds, Shape
from mlflow_usage.instrumentation.store import UTILS, RawStores, Stores, uri_of_client
from mlflow_usage.journal import Kind
from mlflow_usage.mode import OFF_VARIABLES

STORE: Final = "mlflow.usage.store"


if TYPE_CHECKING:  # a protocol costs every `import mlflow` what ten functions do
    from typing import Protocol

    class Sink(Protocol):
        """Where calls go: the running session, or a program's own pipeline."""

        hit: Callable[[str, str | None], None]

        def count(self, event: str, attributes: Mapping[str, Any]) -> None:
            """Count a call with attributes."""

        def recheck(self) -> bool:
            """Apply the variables that are set now, and say whether recording goes on."""

        def renew(self) -> None:
            """MLflow was reloaded: begin a new session."""


class StoppedError(Exception):
    """Nothing is recorded any more."""


class Meter:
    """The one place that every wrapped function asks."""

    def __init__(self, session: Sink) -> None:
        """Measure into `session`, from the modules that are loaded now."""
        self.session = session
        # A sink that has no counters to find takes the attributes of every call instead.
        self.tally: Callable[[Kind, str | None], None] = getattr(session, "tally", self.spelled_out)
        self.origins = Origins()
        self.main = main_scope(sys.modules)
        self.stores = Stores()
        self.environ = os.environ
        # `os.environ[...]` encodes and decodes at every look-up; the mapping below it is ten times cheaper and is the same mapping.
        self.data: Mapping[Any, Any] = getattr(os.environ, "_data", os.environ)
        encode: Callable[[str], Any] = getattr(os.environ, "encodekey", str)
        self.variables = tuple(encode(name) for name in OFF_VARIABLES)
        self.tracking_variable = encode("MLFLOW_TRACKING_URI")
        self.raw_stores = RawStores(self.stores)
        self.mlflow: Any = sys.modules.get("mlflow")
        self.spec = getattr(self.mlflow, "__spec__", None)
        self.utils: Any = None
        self.stopped = False
        self.ask, self.record_client = self.asker(), self.client_recorder()
        self.probe, self.client_probe = self.probes(), self.client_probes()

    def probes(self) -> Callable[[str], Callable[[], bool]]:
        """For an event, the question that a wrapped function asks at each call: record it, and say that no wrapper needs to run."""
        # `asker`, `allowed` and `fluent_store` in one: calling them would cost as much as all that they do.
        get_frame, get, main, origins, stores = sys._getframe, dict.get, self.main, self.origins, self.stores  # noqa: SLF001
        system, environ, data, (first, second, third, fourth) = os, self.environ, self.data, self.variables
        recheck, hit = self.session.recheck, self.session.hit

        def probe(event: str) -> bool:
            try:
                frame = get_frame(1)
            except ValueError:  # nobody's frame: an exit handler or a raw thread
                self.record(event)
                return False
            try:
                scope = frame.f_globals
                if scope is not main:
                    name = get(scope, "__name__")
                    origin = origins[name] if type(name) is str else USER  # anything else could answer the look-up with code of its own
                    if origin == INTERNAL or (origin != USER and not counts(frame)):
                        return False
                if (first in data or second in data or third in data or fourth in data or system.environ is not environ) and not recheck():
                    return False
                if self.mlflow.__spec__ is not self.spec:
                    self.reloaded()
                uri = getattr(self.utils, "_tracking_uri", None)
                hit(event, stores[uri] if type(uri) is str else self.fluent_store())
            except Exception:  # noqa: BLE001  the boundary: nothing of ours reaches the user's program
                return False
            return False

        return partial(partial, probe)  # a closure for each of hundreds of functions takes twice the memory

    def asker(self) -> Callable[[], bool]:
        """Whether the call now being made counts; the function that was called from is one frame above the question."""
        get_frame, get, main, origins = sys._getframe, dict.get, self.main, self.origins  # noqa: SLF001  the way to a caller's globals

        def asked() -> bool:
            try:
                frame = get_frame(1)
            except ValueError:
                return True
            try:
                scope = frame.f_globals
                if scope is main:
                    return True
                name = get(scope, "__name__")
                origin = origins[name] if type(name) is str else USER  # as above
                return counts(frame) if origin > USER else origin != INTERNAL
            except Exception:  # noqa: BLE001  the boundary
                return False

        return asked

    def allowed(self) -> bool:
        """Whether recording goes on, by the variables and the session of this very moment."""
        data, (first, second, third, fourth) = self.data, self.variables
        if (first in data or second in data or third in data or fourth in data or os.environ is not self.environ) and not (
            self.session.recheck()
        ):
            return False
        if self.mlflow.__spec__ is not self.spec:
            self.reloaded()
        return True

    def reloaded(self) -> None:
        """MLflow was reloaded: a new session begins."""
        if self.stopped:
            raise StoppedError
        self.spec = self.mlflow.__spec__
        self.session.renew()

    def stop(self) -> None:
        """Record nothing any more. Somebody may hold a wrapper still; it asks `reloaded` now, at no cost to those that run."""
        self.stopped, self.spec = True, object()

    def record(self, event: str) -> None:
        """Record a call of a fluent function."""
        try:
            if self.allowed():
                self.session.hit(event, self.fluent_store())
        except Exception:  # noqa: BLE001  the boundary
            return

    def client_recorder(self) -> Callable[[str, object], None]:
        """What records a call of a MlflowClient's method, given the event and the client."""
        stores, (first, second, third, fourth) = self.stores, self.variables
        system, environ, data, recheck, hit = os, self.environ, self.data, self.session.recheck, self.session.hit

        def record(event: str, client: object) -> None:
            try:
                if (first in data or second in data or third in data or fourth in data or system.environ is not environ) and not recheck():
                    return
                if self.mlflow.__spec__ is not self.spec:
                    self.reloaded()
                uri = uri_of_client(client)
                hit(event, stores[uri] if type(uri) is str else None)
            except Exception:  # noqa: BLE001  the boundary
                return

        return record

    def client_probes(self) -> Callable[[str], Callable[[object], bool]]:
        """As `probes`, for a bound method of MlflowClient: it asks with its client."""
        get_frame, get, main, origins, record = sys._getframe, dict.get, self.main, self.origins, self.record_client  # noqa: SLF001

        def probe(event: str, client: object) -> bool:
            try:
                frame = get_frame(1)
            except ValueError:
                record(event, client)
                return False
            try:
                scope = frame.f_globals
                if scope is not main:
                    name = get(scope, "__name__")
                    origin = origins[name] if type(name) is str else USER  # as above
                    if origin == INTERNAL or (origin != USER and not counts(frame)):
                        return False
            except Exception:  # noqa: BLE001  the boundary
                return False
            record(event, client)
            return False

        return partial(partial, probe)

    def shape_recorder(self) -> Callable[[Kinds, Shape | None], None]:
        """What records a call that carries attributes beside the store."""
        stores, tally, (first, second, third, fourth) = self.stores, self.tally, self.variables
        system, environ, data, recheck = os, self.environ, self.data, self.session.recheck

        def record(kinds: Kinds, shape: Shape | None) -> None:
            try:
                if (first in data or second in data or third in data or fourth in data or system.environ is not environ) and not recheck():
                    return
                if self.mlflow.__spec__ is not self.spec:
                    self.reloaded()
                uri = getattr(self.utils, "_tracking_uri", None)
                store = stores[uri] if type(uri) is str else self.fluent_store()
                kind = kinds[shape]
                if kind is None:
                    self.spelled_out(Kind(kinds.event, kinds.spelled(shape)), store)
                else:
                    tally(kind, store)
            except Exception:  # noqa: BLE001  the boundary
                return

        return record

    def spelled_out(self, kind: Kind, store: str | None) -> None:
        """Hand a call over with all its attributes."""
        self.session.count(kind.event, kind.attributes if store is None else {**kind.attributes, STORE: store})

    def fluent_store(self) -> str | None:
        """The store of the explicit tracking URI: the global one, then the variable; None without either."""
        utils = self.utils
        if utils is None:
            utils = self.utils = sys.modules.get(UTILS)
        uri = getattr(utils, "_tracking_uri", None)
        if uri is None:
            raw = self.data.get(self.tracking_variable)
            return None if raw is None else self.raw_stores[raw]
        return self.stores[uri] if type(uri) is str else None  # a text of the user's own kind could answer the look-up with code
