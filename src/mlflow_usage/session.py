"""The session that runs in this process: what was decided, where calls are counted, and who delivers them.

Decides when a new journal begins (another session, mode or endpoint) and when everything ends. It must never exist while the mode is
off, and never raise into the host.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

# Settings are read by the sender's thread, which imports nothing, should their file appear later.
from mlflow_usage import identity, settings, state, system  # noqa: F401
from mlflow_usage.catalogue.tables import REVISION
from mlflow_usage.consent import decision as decisions
from mlflow_usage.consent import notice
from mlflow_usage.consent.decision import Decision
from mlflow_usage.delivery import http
from mlflow_usage.delivery.courier import Courier
from mlflow_usage.delivery.sender import Sender
from mlflow_usage.endpoint import stamp
from mlflow_usage.journal import bounds
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.mode import OFF_VARIABLES, Mode, variable_mode
from mlflow_usage.toml import UnreadError


class Session:
    """One import of MLflow, counted."""

    def __init__(self, decision: Decision) -> None:
        """Begin a session under `decision`, whose mode is not off; nothing is touched before the first call."""
        self.decision = decision
        self.disabled = False
        self.id = identity.new_session()
        self.version = system.public_version(system.own_version()) or "0.0"
        self.refused: str | None = None  # why the catalogue refuses this process's resource
        self._values: tuple[str | None, ...] | None = None
        self._secret: identity.Secret | None = None
        self.held = False
        self.unread = False  # a file has come that the sender's thread cannot read
        self._state: tuple[Path | None] | None = None
        self.recorder = Recorder(self._meta, self.directory, on_first=self._first, on_work=self._work)
        self.sender = Sender(self._courier)
        stamp(decision.endpoint)  # a process's first SHA-256 takes longer than all others: not at somebody's first call
        self.count = self.recorder.count
        self.tally = self.recorder.hit
        self.hit: Callable[[str, str | None], None] = self.tally
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)
        atexit.register(self._at_exit)

    def directory(self) -> Path | None:
        """The state directory, made when it is first needed; None where it cannot be used."""
        if self._state is None:
            self._state = (self._ensured(),)
        return self._state[0]

    @staticmethod
    def _ensured() -> Path | None:
        place = state.locate(os.environ)
        with suppress(OSError):
            return None if place is None else state.ensure(place)
        return None

    def resource(self) -> dict[str, Any]:
        """The resource of everything that this session records; empty where the catalogue refuses it."""
        # Kept for the session: a reset in between must not join the old id and the new one by their session.
        secret = self._secret = self._secret or identity.obtain(self.directory()).secret
        given = system.attributes(
            system.read(),
            mlflow_version=system.mlflow_version(),
            sdk_version=system.sdk_version(),
            own_version=self.version,
        )
        own = {"app.installation.id": identity.digest(secret), "session.id": self.id, "mlflow.usage.catalogue": REVISION}
        # All that can be missing here; the catalogue judges the whole when it is sent, off the caller's thread.
        self.refused = None if "service.version" in given else "service.version"
        return {} if self.refused else {**given, **own}

    def _meta(self) -> Mapping[str, Any] | None:
        resource = self.resource()
        if not resource or self.decision.mode is Mode.OFF:
            return None
        meta = {"resource": resource, "mode": self.decision.mode.value, "endpoint": stamp(self.decision.endpoint)}
        return {**meta, "pending": True} if self.decision.pending else meta

    def _first(self) -> None:
        shown = notice.show_once(self.decision, self.directory(), REVISION)
        self.held = shown and self.decision.endpoint.builtin and not self.decision.endpoint.loopback

    def _work(self) -> None:
        if self.unread and self.withdrawn():
            self.sender.end()
            return
        # In mode local as well: nothing is sent, but a setting or policy that changes is noticed.
        self.sender.poke()

    def _courier(self) -> Courier:
        return Courier(self.recorder, self._look, self.directory, self.version, held=lambda: self.held or self.unread)

    def redecide(self, *, importing: bool = True) -> Decision:
        """Ask every source again: settings and policies count from here on. Off is final."""
        if self.decision.mode is not Mode.OFF:
            try:
                self.decision, self.unread = decisions.current(disabled=self.disabled, importing=importing), False
            except UnreadError:  # nothing leaves before the next call, or the end of the process, has read it
                self.unread = True
            self._values = None
        return self.decision

    def _look(self) -> Decision:
        return self.redecide(importing=False)

    def withdrawn(self) -> bool:
        """Ask every source again, on a thread of the host's; off deletes what is pending. Returns whether it is off."""
        if self.redecide().mode is not Mode.OFF:
            return False
        bounds.withdraw(self.recorder, self.decision, self.directory())
        return True

    def recheck(self) -> bool:
        """Apply the off variables as they are set now; returns whether recording goes on."""
        if self.recorder.off:
            return False
        values = tuple(os.environ.get(name) for name in OFF_VARIABLES)
        if values == self._values:
            return True
        cap = variable_mode(values)
        if cap is Mode.OFF:
            self.end()
            return False
        if cap is Mode.LOCAL and self.decision.mode is Mode.ON:
            self.redecide()
            self.recorder.rotate()
        self._values = values
        return True

    def renew(self) -> None:
        """MLflow was reloaded: another session begins, in another journal."""
        self.id, self._secret = identity.new_session(), None
        self.recorder.rotate()

    def revive(self, decision: Decision) -> None:
        """Begin again under `decision`, whose mode is not off: MLflow was imported anew, or a `disable()` was taken back."""
        self.decision, self.disabled, self._values = decision, False, None
        self.recorder.off = False
        self.renew()

    def end(self) -> None:
        """Record nothing any more and delete what this process has pending."""
        self.decision = decisions.current(disabled=self.disabled)
        self.recorder.discard()
        self.sender.end()

    def disable(self) -> None:
        """End at the program's own wish."""
        self.disabled = True
        self.end()

    def deliver_the_dead(self) -> None:
        """Start delivery if a dead process left something."""
        place = state.locate(os.environ)
        if self.decision.mode is Mode.ON and place is not None and bounds.any_dead(place):
            self.sender.poke()

    def finish(self) -> None:
        """The session ends: what is there is delivered if that is quick, and deleted if consent has gone."""
        with suppress(Exception):
            if self.decision.mode is Mode.OFF:
                return
            if self.withdrawn():
                return
            if self.sender.finish():
                self.recorder.finish()
            if self.decision.mode is Mode.LOCAL and self._state is not None and self._state[0] is not None:
                bounds.prune(self._state[0], self.recorder, time.time(), stamp(self.decision.endpoint))

    def _at_exit(self) -> None:
        """The process ends: a Ctrl-C, or what a signal handler of the host raises, ends our waiting and says nothing."""
        with suppress(BaseException):
            self.finish()

    def _after_fork(self) -> None:
        self.recorder.after_fork()
        self.sender.after_fork()
        http.leave_to_the_parent()
