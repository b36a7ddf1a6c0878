"""What is active in this process: its life, the session, the patches.

Decides whether this process is one to measure, and begins the session. It must never import more than the decision needs while the mode is
off.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

from mlflow_usage.process import life as lives
from mlflow_usage.process.helpers import helper_process

if TYPE_CHECKING:
    from mlflow_usage.consent.decision import Decision
    from mlflow_usage.instrumentation.meter import Sink
    from mlflow_usage.instrumentation.patch import Patches
    from mlflow_usage.process.session import Session


class Running:
    """What is active in this process."""

    life = lives.adopted()
    session: Session | None = None
    patches: Patches | None = None


def activate() -> None:
    """Begin to measure, if the decision is not off and this is a person's process; again after a fresh import of MLflow."""
    from mlflow_usage.consent import gate  # noqa: PLC0415  nothing is imported before it is known to be needed

    if gate.governed():
        _silence_builtin()
    if helper_process():
        return
    if Running.life.barred(lives.DISABLED | lives.UNINSTRUMENTED) or gate.closed(os.environ):
        return
    if Running.life.barred(lives.PIPED):
        _pipe()
        return
    from mlflow_usage.consent.decision import current  # noqa: PLC0415

    decision = current()
    if decision.mode.value == "off":
        if decision.lasting:
            _forget()
        return
    _start(decision)


def late() -> None:
    """Measure an MLflow that was imported before the plugin could be: `import mlflow_usage` after `import mlflow`."""
    if "mlflow" in sys.modules and Running.patches is None:
        with suppress(Exception):  # the boundary
            activate()


def begin(sink: Sink, *, pending: bool = False) -> None:
    """Wrap MLflow's functions, with every call going to `sink`."""
    from mlflow_usage.instrumentation.meter import Meter  # noqa: PLC0415
    from mlflow_usage.instrumentation.patch import Patches  # noqa: PLC0415

    if Running.patches is not None:
        Running.patches.unregister()  # of an MLflow that was purged: what it would still wrap is the new one's
    Running.patches = Patches(Meter(sink), pending=pending)
    Running.patches.register()
    Running.life.retire = _retire


def _start(decision: Decision) -> None:
    from mlflow_usage.process.session import Session  # noqa: PLC0415

    session = Running.session
    if session is None:
        session = Running.session = Session(decision, Running.life)
    else:
        session.revive(decision)
    begin(session, pending=decision.pending)
    session.deliver_the_dead()


def _pipe() -> None:
    """A fresh MLflow is measured into the program's own pipeline, also where our modules were purged with the old one."""
    from mlflow_usage.process.emitter import Emitter  # noqa: PLC0415

    begin(Emitter(Running.life.provider, Running.life))


def _retire() -> None:
    """Our modules were purged, and newer code takes over: let go of MLflow's functions, of the journals and of the thread."""
    with suppress(Exception):
        if Running.patches is not None:
            Running.patches.restore()
        Running.life.on("purge")
        if Running.session is not None:
            Running.session.retire()


def _silence_builtin() -> None:
    """A policy may silence MLflow's own telemetry: whatever the mode, and in the processes that MLflow starts for itself."""
    from mlflow_usage.consent import gate, policy  # noqa: PLC0415

    found = (policy.read("machine", gate.machine_policy()), policy.read("environment", gate.environment_policy()))
    if any(one is not None and one.silences_builtin for one in found):
        from mlflow_usage.instrumentation import builtin  # noqa: PLC0415

        builtin.silence()


def _forget() -> None:
    """A setting or policy that says off also deletes what a process left that was killed before it could."""
    from mlflow_usage.installation import state  # noqa: PLC0415

    place = state.locate(os.environ)
    if place is not None and any(place.glob("*.journal")):
        from mlflow_usage.journal import bounds  # noqa: PLC0415

        bounds.clear(place)
