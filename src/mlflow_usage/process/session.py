"""The session that runs in this process: what was decided, where calls are counted, and who delivers them.

Decides when a new journal begins (another session, mode or endpoint) and when everything ends. It must never exist while the mode is
off, and never raise into the host. Whether anything is counted or sent it asks its `Life`.
"""

from __future__ import annotations

import atexit
import os
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from mlflow_usage.catalogue.tables import REVISION

# Settings are read by the sender's thread, which imports nothing, should their file appear later.
from mlflow_usage.consent import decision as decisions
from mlflow_usage.consent import notice, settings  # noqa: F401
from mlflow_usage.consent.decision import Decision
from mlflow_usage.consent.endpoint import stamp
from mlflow_usage.consent.mode import OFF_VARIABLES, Mode, variable_mode
from mlflow_usage.consent.toml import UnreadError
from mlflow_usage.delivery import http
from mlflow_usage.delivery.courier import Courier
from mlflow_usage.delivery.sender import Sender
from mlflow_usage.installation import identity, state, system
from mlflow_usage.journal import bounds
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import DISABLED, UNREAD, Life


class Session:
    """One import of MLflow, counted."""

    def __init__(self, decision: Decision, life: Life | None = None) -> None:
        """Begin a session under `decision`, whose mode is not off; nothing is touched before the first call."""
        self.decision, self.life = decision, life or Life()
        self.life.on("begin")
        self.id = identity.new_session()
        self.version = system.sent_version()
        self._values: tuple[str | None, ...] | None = None
        self._secret: identity.Secret | None = None
        self._state: tuple[Path | None] | None = None
        self.recorder = Recorder(self._meta, self.directory, life=self.life, on_first=self._first, on_work=self._work)
        self.sender = Sender(self._courier, life=self.life)
        stamp(decision.endpoint)  # a process's first SHA-256 takes longer than all others: not at a program's first call
        self.count, self.hit = self.recorder.count, self.recorder.hit
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._after_fork)
        atexit.register(self._at_exit)

    def directory(self) -> Path | None:
        """Return the state directory, made when it is first needed; None where it cannot be used."""
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
        """Return the resource of everything that this session records; empty where the catalogue refuses it."""
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
        return {**given, **own} if "service.version" in given else {}

    def _meta(self) -> Mapping[str, Any] | None:
        resource = self.resource()
        if not resource:
            return None
        meta = {"resource": resource, "mode": self.decision.mode.value, "endpoint": stamp(self.decision.endpoint)}
        return {**meta, "pending": True} if self.decision.pending else meta

    def _first(self) -> None:
        shown = notice.show_once(self.decision, self.directory(), REVISION)
        if shown and self.decision.endpoint.builtin and not self.decision.endpoint.loopback:
            self.life.on("hold")

    def _work(self) -> None:
        if self.life.barred(UNREAD) and self.withdrawn():
            self.sender.end()
            return
        # In mode local as well: nothing is sent, but a setting or policy that changes is noticed.
        self.sender.poke()

    def _courier(self) -> Courier:
        return Courier(self.recorder, self._look, self.directory, self.version, life=self.life)

    def redecide(self, *, importing: bool = True) -> Decision:
        """Ask every source again: settings and policies count from here on. Off is final."""
        if self.life.consents():
            try:
                found = decisions.current(importing=importing)
            except UnreadError:  # nothing leaves before the next call, or the end of the process, has read it
                self.life.on("unread")
            else:
                self.life.on("read")
                if self.life.consents():  # another thread may have ended it meanwhile
                    self.decision = found
                if found.mode is Mode.OFF:
                    self.life.on("withdraw")
            self._values = None
        return self.decision

    def _look(self) -> Decision:
        return self.redecide(importing=False)

    def withdrawn(self) -> bool:
        """Ask every source again, on a thread of the host's; off deletes what is pending. Return whether it is off."""
        self.redecide()
        if self.life.consents():
            return False
        bounds.withdraw(self.recorder, self.decision, self.directory())
        return True

    def recheck(self) -> bool:
        """Apply the off variables as they are set now; return whether recording continues."""
        if not self.life.counts():
            return False
        values = tuple(os.environ.get(name) for name in OFF_VARIABLES)
        if values == self._values:
            return True
        cap = variable_mode(values)
        if cap is Mode.OFF:
            self.end("withdraw")
            return False
        if cap is Mode.LOCAL and self.decision.mode is Mode.ON:
            self.redecide()
            self.recorder.rotate()
        self._values = values
        return True

    def renew(self) -> None:
        """Begin another session in another journal: MLflow was reloaded."""
        self.id, self._secret = identity.new_session(), None
        self.recorder.rotate()

    def revive(self, decision: Decision) -> None:
        """Begin again under `decision`, whose mode is not off: MLflow was imported again, or a `disable()` was taken back."""
        self.decision, self._values = decision, None
        self.life.on("begin")
        self.renew()

    def end(self, event: str) -> None:
        """Apply the event that ends it, record nothing any more, and delete what this process has pending."""
        self.life.on(event)
        self.decision = decisions.current(disabled=self.life.barred(DISABLED))
        self.recorder.discard()
        self.sender.end()

    def retire(self) -> None:
        """Newer code takes over: let go of the thread, and of the journals, which it delivers as it does a dead process's."""
        atexit.unregister(self._at_exit)
        self.sender.end()
        self.recorder.let_go()

    def deliver_the_dead(self) -> None:
        """Start delivery if a dead process left something."""
        place = state.locate(os.environ)
        if self.decision.mode is Mode.ON and place is not None and bounds.any_dead(place):
            self.sender.poke()

    def finish(self) -> None:
        """End the session: deliver what is pending if that is quick, or delete it if consent has gone."""
        with suppress(Exception):
            if not self.life.consents() or self.withdrawn():
                return
            self.life.on("exit")
            if self.sender.finish():
                self.recorder.finish()
            if self.decision.mode is Mode.LOCAL and self._state is not None and self._state[0] is not None:
                bounds.prune(self._state[0], self.recorder, time.time(), stamp(self.decision.endpoint))

    def _at_exit(self) -> None:
        """Finish at exit: a Ctrl-C, or an exception of the host's signal handler, ends the wait and says nothing."""
        with suppress(BaseException):
            self.finish()

    def _after_fork(self) -> None:
        self.recorder.after_fork()
        self.sender.after_fork()
        http.leave_to_parent()
