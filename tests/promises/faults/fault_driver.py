"""The start of every fault test's program: a session's journal and sender, without the four seconds that MLflow takes.

`FAULT_WITHOUT` makes the same program run without the plugin; `FAULT_QUICK` lets the sender work without a pause, so that a kill at a
random moment meets a seal, a request or an acknowledgement.
"""

from __future__ import annotations

import mmap
import os
import sys
import types
from pathlib import Path
from typing import Any

EVENTS = ("mlflow.log_metric", "mlflow.log_param", "mlflow.set_tag", "mlflow.start_run", "mlflow.end_run")


class Nobody:
    """A stand-in for a session that does nothing."""

    def hit(self, event: str, store: str | None) -> None:
        pass

    count = hit


def prepare() -> None:
    """Import what a session needs."""
    version = types.ModuleType("mlflow.version")
    version.VERSION = "3.17.2"  # type: ignore[attr-defined]
    sys.modules.setdefault("mlflow.version", version)
    import mlflow_usage.process.session  # noqa: F401
    from mlflow_usage.delivery import schedule

    if "FAULT_QUICK" in os.environ:
        schedule.FIRST = schedule.EVERY = 0.0  # type: ignore[misc]


def begin() -> Any:
    """Begin a session as `import mlflow` does."""
    prepare()
    if "FAULT_WITHOUT" in os.environ:
        return Nobody()
    from mlflow_usage.consent.decision import current
    from mlflow_usage.process.running import Running
    from mlflow_usage.process.session import Session

    Running.session = Session(current(), Running.life)
    Running.session.deliver_the_dead()
    return Running.session


def become(user: int) -> None:
    """Be another user from now on. The checkout and its environment may lie where only their owner may enter.

    So what a session imports later is imported first, and the environment's policy, which is off where it cannot be looked for, is
    looked for elsewhere.
    """
    prepare()
    import mlflow_usage.consent.policy
    import mlflow_usage.consent.settings
    import mlflow_usage.process.running  # noqa: F401

    policy_at("environment", "/etc/no-environment/policy.toml")
    os.setuid(user)


def policy_at(kind: str, path: str) -> None:
    """Look for the policy of the machine or of the environment at `path`."""
    from mlflow_usage.consent import gate

    setattr(gate, f"{kind}_policy", lambda: path)


class Made:
    """The numbers of calls begun and ended, in a file that survives any kill. The number that arrives lies between them."""

    def __init__(self, path: str | Path) -> None:
        path = Path(path)
        path.write_bytes(bytes(16))
        with path.open("r+b") as file:
            self.words = memoryview(mmap.mmap(file.fileno(), 16)).cast("Q")

    def call(self, session: Any, event: str, store: str | None = None) -> None:
        self.words[0] += 1
        session.hit(event, store)
        self.words[1] += 1


def made(place: Path) -> tuple[int, int]:
    """Return the calls ended and the calls begun, over all files of a place."""
    begun = ended = 0
    for path in place.glob("*.made"):
        words = memoryview(path.read_bytes().ljust(16, b"\0")).cast("Q")  # killed before it was written: no call either
        begun, ended = begun + words[0], ended + words[1]
    return ended, begun
