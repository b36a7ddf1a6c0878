"""The command as a person runs it, outside pytest: one clear line, the right exit code, never a traceback."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mlflow_usage.cli import main as cli
from mlflow_usage.consent import endpoint
from mlflow_usage.consent.endpoint import stamp
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life

RESOURCE = {
    "service.name": "mlflow",
    "service.version": "3.17.2",
    "app.installation.id": "0" * 64,
    "session.id": "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10",
    "mlflow.usage.catalogue": 1,
}
VARIABLES = ("CI", "DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY", "OTEL_SDK_DISABLED", "GITHUB_ACTIONS")


@dataclass
class Shell:
    """Runs the commands of one installation, as a person does."""

    directory: Path
    monkeypatch: pytest.MonkeyPatch

    def run(self, *arguments: str, **environ: str) -> Result:
        result = CliRunner().invoke(
            cli.main, list(arguments), env={"PYTEST_CURRENT_TEST": None, "MLFLOW_USAGE_DIR": str(self.directory), **environ}
        )
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        assert "Traceback" not in result.output
        return result

    def said(self, *arguments: str, **environ: str) -> Any:
        """Return the JSON of a command that succeeds."""
        result = self.run(*arguments, "--json", **environ)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    def fails(self, *arguments: str, code: int = 1, **environ: str) -> str:
        """Return the one line of a command that fails."""
        result = self.run(*arguments, **environ)
        assert result.exit_code == code, result.output
        assert result.stdout == ""
        (line,) = [line for line in result.stderr.splitlines() if line.startswith("Error")]
        assert code == 2 or result.stderr == line + "\n"  # wrong use shows the usage first
        return line

    def record(self, *events: str) -> None:
        """Leave calls in a journal, as a killed program does."""
        self.directory.mkdir(mode=0o700, exist_ok=True)
        meta = {"resource": RESOURCE, "mode": "on", "endpoint": stamp(endpoint.resolve({}, None, None))}
        recorder = Recorder(lambda: meta, lambda: self.directory, life=Life())
        for event in events:
            recorder.hit(event, None)
        assert recorder.live is not None
        recorder.live.owned.abandon()


def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove what would decide about the mode besides the test."""
    for name in os.environ:
        if name in VARIABLES or name.startswith("MLFLOW"):
            monkeypatch.delenv(name)
    monkeypatch.setattr(sys, "argv", ["mlflow-usage"])
    monkeypatch.setitem(sys.modules, "__main__", type(sys)("__main__"))


def terminal(arguments: list[str], shell: Shell, *, columns: int = 100, typed: bytes = b"", **environ: str) -> tuple[int, str]:
    """What a person sees on a terminal of so many columns."""
    leader, follower = pty.openpty()
    kept = {key: value for key, value in os.environ.items() if key != "PYTEST_CURRENT_TEST"}
    own = {"MLFLOW_USAGE_DIR": str(shell.directory), "COLUMNS": str(columns), "TERM": "xterm", **environ}
    process = subprocess.Popen(
        [sys.executable, "-m", "mlflow_usage", *arguments], stdin=follower, stdout=follower, stderr=follower, env={**kept, **own}
    )
    os.close(follower)
    os.write(leader, typed)
    shown = read_all(leader)
    return process.wait(), shown


def read_all(descriptor: int) -> str:
    """Read what is shown on a terminal, until its other end is closed."""
    found = b""
    try:
        while chunk := os.read(descriptor, 65536):
            found += chunk
    except OSError:  # how a terminal says that its other end is closed
        pass
    os.close(descriptor)
    return found.decode().replace("\r\n", "\n")
