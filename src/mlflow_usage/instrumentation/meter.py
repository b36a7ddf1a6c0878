"""What happens at a public call, before MLflow's function runs.

Decides whether this call is recorded, under the consent that holds right now, and with which store. It must never raise, and costs
about a microsecond: look-ups only, everything else is left to the recorder's first call of a kind.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol

from mlflow_usage.consent.variables import OFF_VARIABLES
from mlflow_usage.instrumentation.caller import INTERNAL, USER, Origins, counts
from mlflow_usage.instrumentation.store import UTILS, Stores, uri_of_client

STORE: Final = "mlflow.usage.store"


class Sink(Protocol):
    """Where calls go: the running session, or a program's own pipeline."""

    hit: Callable[[str, str | None], None]

    def count(self, event: str, attributes: Mapping[str, Any]) -> None:
        """Count a call with attributes."""

    def recheck(self) -> bool:
        """Apply the variables that are set now, and say whether recording goes on."""

    def renew(self) -> None:
        """MLflow was reloaded: begin a new session."""


class Meter:
    """The one place that every wrapped function asks."""

    def __init__(self, session: Sink) -> None:
        """Measure into `session`, from the modules that are loaded now."""
        self.session = session
        self.origins = Origins()
        self.stores = Stores()
        self.environ = os.environ
        # `os.environ[...]` encodes and decodes at every look-up; the mapping below it is ten times cheaper and is the same mapping.
        self.data: Mapping[Any, Any] = getattr(os.environ, "_data", os.environ)
        encode: Callable[[str], Any] = getattr(os.environ, "encodekey", str)
        self.variables = tuple(encode(name) for name in OFF_VARIABLES)
        self.tracking_variable = encode("MLFLOW_TRACKING_URI")
        self.mlflow: Any = sys.modules.get("mlflow")
        self.spec = getattr(self.mlflow, "__spec__", None)
        self.utils: Any = None

    def probe(self, event: str) -> Callable[[], bool]:
        """The question that a wrapped function asks at each call: record it, and say that no wrapper needs to run."""
        counted, record = self.asker(2), self.record

        def probe() -> bool:
            if counted():
                record(event)
            return False

        return probe

    def asker(self, depth: int = 1) -> Callable[[], bool]:
        """Whether the call now being made counts; the function that was called from is `depth` frames above the question."""
        origins, get_frame, get = self.origins, sys._getframe, dict.get  # noqa: SLF001  the documented way to the caller's globals

        def asked() -> bool:
            try:
                frame = get_frame(depth)
            except ValueError:
                return True
            try:
                origin = origins[get(frame.f_globals, "__name__")]
                return counts(frame) if origin > USER else origin != INTERNAL
            except Exception:  # noqa: BLE001  the boundary: nothing of ours reaches the user's program
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
            self.spec = self.mlflow.__spec__
            self.session.renew()
        return True

    def record(self, event: str) -> None:
        """Record a call of a fluent function."""
        try:
            if self.allowed():
                self.session.hit(event, self.fluent_store())
        except Exception:  # noqa: BLE001  the boundary
            return

    def record_client(self, event: str, client: object) -> None:
        """Record a call of a MlflowClient's method."""
        try:
            if self.allowed():
                self.session.hit(event, self.stores[uri_of_client(client)])
        except Exception:  # noqa: BLE001  the boundary
            return

    def record_attributes(self, event: str, attributes: Mapping[str, Any]) -> None:
        """Record a call that carries attributes beside the store."""
        try:
            if self.allowed():
                store = self.fluent_store()
                self.session.count(event, attributes if store is None else {**attributes, STORE: store})
        except Exception:  # noqa: BLE001  the boundary
            return

    def fluent_store(self) -> str | None:
        """The store of the explicit tracking URI: the global one, then the variable; None without either."""
        utils = self.utils
        if utils is None:
            utils = self.utils = sys.modules.get(UTILS)
        uri = getattr(utils, "_tracking_uri", None)
        if uri is None:
            if self.tracking_variable not in self.data:
                return None
            uri = os.environ.get("MLFLOW_TRACKING_URI")
        return self.stores[uri]
