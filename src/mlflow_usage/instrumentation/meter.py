"""What happens at a public call, before MLflow's function runs.

Decides whether this call is counted, under the consent that holds right now, and with which store. It must never raise, and costs about a
microsecond: look-ups only, everything else is left to the recorder's first call of a kind.

A wrapped function asks a question in wrapt's `enabled` (see `wrapper.py`). Such a question is called "noticing" here: it counts the
call, and answers that no wrapper needs to run.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from functools import partial
from types import FrameType
from typing import TYPE_CHECKING, Any, Final

from mlflow_usage.consent.mode import OFF_VARIABLES
from mlflow_usage.instrumentation.caller import INTERNAL, USER, Origins, counts, main_scope
from mlflow_usage.instrumentation.extract import CallKinds, Shape
from mlflow_usage.instrumentation.store import UTILS, RawStores, Stores, uri_of_client
from mlflow_usage.journal.batch import CallKind

STORE: Final = "mlflow.usage.store"
STOPPED: Final = object()  # in the place of MLflow's spec


if TYPE_CHECKING:  # a protocol costs every `import mlflow` what ten functions do
    from typing import Protocol

    class Sink(Protocol):
        """Where calls go: the running session, or a program's own pipeline."""

        @property
        def hit(self) -> Callable[[str | CallKind, str | None], None]:
            """What counts a call, of an event or of a kind, with its store."""

        def count(self, event: str, attributes: Mapping[str, Any]) -> None:
            """Count a call with all its attributes."""

        def recheck(self) -> bool:
            """Apply the variables that are set now, and return whether recording continues."""

        def renew(self) -> None:
            """MLflow was reloaded: begin a new session."""


class StoppedError(Exception):
    """Nothing is counted through this meter any more."""


class Meter:
    """The one place that every wrapped function asks."""

    def __init__(self, sink: Sink) -> None:
        """Measure into `sink`, from the modules that are loaded now."""
        self.sink = sink
        self.hit, self.recheck = sink.hit, sink.recheck
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

    # The questions of wrapped functions. The function that was called from is one frame above each of them.

    def called_by_user(self) -> bool:
        """Return whether the call being made counts; its wrapper then records it."""
        try:
            return self.from_user(sys._getframe(1))  # noqa: SLF001  the way to a caller's globals
        except ValueError:  # nobody's frame: an exit handler or a raw thread
            return True
        except Exception:  # noqa: BLE001  the boundary: nothing of ours reaches the user's program
            return False

    def noticing(self, event: str) -> Callable[[], bool]:
        """Return the question of a fluent function without attributes."""
        return partial(Meter._notice, self, event)  # for hundreds of functions: a closure or a bound method for each takes more memory

    def _notice(self, event: str) -> bool:
        try:
            if self.from_user(sys._getframe(1)):  # noqa: SLF001
                self.record(event)
        except ValueError:
            self.record(event)
        except Exception:  # noqa: BLE001  the boundary
            return False
        return False

    def notice_client(self, event: str, client: object) -> bool:
        """Answer the question of a bound method of MlflowClient, which asks with its client."""
        try:
            if self.from_user(sys._getframe(1)):  # noqa: SLF001
                self.record_client(event, client)
        except ValueError:
            self.record_client(event, client)
        except Exception:  # noqa: BLE001  the boundary
            return False
        return False

    # The two conditions of every call.

    def from_user(self, frame: FrameType) -> bool:
        """Return whether a call made from `frame` counts: the caller is not MLflow."""
        scope = frame.f_globals
        if scope is self.main:
            return True
        name = dict.get(scope, "__name__")
        origin = self.origins[name] if type(name) is str else USER  # anything else could answer the look-up with code of its own
        return origin == USER or (origin != INTERNAL and counts(frame))

    def allowed(self) -> bool:
        """Return whether recording continues, by the variables and the session of this very moment.

        Raises:
            StoppedError: the functions were put back.
        """
        data, (first, second, third, fourth) = self.data, self.variables
        asked = first in data or second in data or third in data or fourth in data or os.environ is not self.environ
        if asked and not self.recheck():
            return False
        if self.mlflow.__spec__ is not self.spec:
            self.reloaded()
        return True

    def reloaded(self) -> None:
        """Begin a new session: MLflow was reloaded.

        Raises:
            StoppedError: as `allowed`.
        """
        if self.spec is STOPPED:
            raise StoppedError
        self.spec = self.mlflow.__spec__
        self.sink.renew()

    def stop(self) -> None:
        """Count nothing any more: the functions were put back, and somebody may hold a wrapper still."""
        self.spec = STOPPED

    # Counting.

    def record(self, event: str) -> None:
        """Count a call of a fluent function."""
        try:
            if self.allowed():
                self.hit(event, self.fluent_store())
        except Exception:  # noqa: BLE001  the boundary
            return

    def record_client(self, event: str, client: object) -> None:
        """Count a call of a MlflowClient's method, whose store is the client's own."""
        try:
            if self.allowed():
                uri = uri_of_client(client)
                self.hit(event, self.stores[uri] if type(uri) is str else None)
        except Exception:  # noqa: BLE001  the boundary
            return

    def record_shape(self, kinds: CallKinds, shape: Shape | None) -> None:
        """Count a call that carries attributes besides the store."""
        try:
            if self.allowed():
                store, kind = self.fluent_store(), kinds[shape]
                if kind is None:
                    attributes = kinds.spelled(shape)
                    self.sink.count(kinds.event, attributes if store is None else {**attributes, STORE: store})
                else:
                    self.hit(kind, store)
        except Exception:  # noqa: BLE001  the boundary
            return

    def fluent_store(self) -> str | None:
        """Return the store of the explicit tracking URI: the global one, then the variable; None without either."""
        utils = self.utils
        if utils is None:
            utils = self.utils = sys.modules.get(UTILS)
        uri = getattr(utils, "_tracking_uri", None)
        if uri is None:
            raw = self.data.get(self.tracking_variable)
            return None if raw is None else self.raw_stores[raw]
        return self.stores[uri] if type(uri) is str else None  # a text of the user's own kind could answer the look-up with code
