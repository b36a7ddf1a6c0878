"""Real MLflow programs, each in its own process, with its own receiver and state directory."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from support.receiver import Receiver

PREAMBLE = "import os, sys, time, signal\n"
# A later process of the installation, as `import mlflow` would make one; MLflow itself takes four seconds.
DRAIN = """
import sys, types
sys.modules["mlflow.version"] = types.SimpleNamespace(VERSION="3.17.2")
from mlflow_usage.consent.decision import current
from mlflow_usage.process.session import Session
session = Session(current())
courier = session._courier()
for _ in range(3):  # what was given up in one flush is told in the next
    while courier.flush() == 0:
        pass
session.recorder.finish()
"""
# Variables of the test run that would decide the mode of the programs.
FOREIGN = ("CI", "PYTEST_CURRENT_TEST", "DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY", "GITHUB_ACTIONS", "OTEL_SDK_DISABLED")


@dataclass
class Stage:
    """The place where programs run."""

    place: Path
    receiver: Receiver
    environ: dict[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        return self.place / "state"

    def environment(self, **extra: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith("MLFLOW_USAGE")}
        own = {
            "HOME": str(self.place),
            "MLFLOW_USAGE_DIR": str(self.state),
            "MLFLOW_USAGE_ENDPOINT": self.receiver.endpoint,
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.place}/mlflow.db",
        }
        return {**kept, **own, **self.environ, **extra}

    def run(self, code: str, timeout: float = 120, **extra: str) -> subprocess.CompletedProcess[str]:
        """Run a program and return its output as text."""
        script = self.place / "program.py"
        script.write_text(PREAMBLE + code, encoding="utf-8")
        arguments = [sys.executable, str(script)]
        return subprocess.run(
            arguments, env=self.environment(**extra), cwd=self.place, capture_output=True, text=True, timeout=timeout, check=False
        )

    def drain(self) -> None:
        """Let a later process deliver what still waits."""
        found = subprocess.run([sys.executable, "-c", DRAIN], env=self.environment(), cwd=self.place, check=False, timeout=60)
        assert found.returncode == 0

    def files(self) -> list[str]:
        return sorted(path.name for path in self.state.rglob("*")) if self.state.exists() else []


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Receiver() as receiver:
        yield Stage(tmp_path, receiver)
