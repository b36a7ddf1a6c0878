"""The same program twice: with the plugin, and where it is absent."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from support.process_stage import FOREIGN

# Read by Python before the program: it hides the plugin's entry point in the one environment that `make test` has.
HIDE = """
import importlib.metadata
real = importlib.metadata.entry_points
def entry_points(**given):
    found = real(**given)
    if isinstance(found, dict):
        return {group: [e for e in points if not e.value.startswith("mlflow_usage")] for group, points in found.items()}
    return type(found)(e for e in found if not e.value.startswith("mlflow_usage"))
"""
SHOW = "import importlib.metadata\n"


@dataclass
class Side:
    """A Python with or without the plugin."""

    place: Path
    python: Path = field(default_factory=lambda: Path(sys.executable))
    plugin: bool = True
    hidden: bool = False  # it is installed, and its entry point is hidden

    @property
    def name(self) -> str:
        return "with" if self.plugin else "without"

    def environment(self, **extra: str) -> dict[str, str]:
        """Return a person's variables, none of which decides the mode."""
        first = self.place / self.name
        first.mkdir(parents=True, exist_ok=True)
        hide = f"{HIDE}importlib.metadata.entry_points = entry_points\ndel entry_points\n" if self.hidden else SHOW
        (first / "sitecustomize.py").write_text(hide, encoding="utf-8")
        kept = {
            key: value
            for key, value in os.environ.items()
            if key not in {*FOREIGN, "PYTHONPATH"} and not key.startswith(("MLFLOW", "_MLFLOW", "OTEL"))
        }
        # On both sides, because `mlflow.doctor()` lists every variable that begins with MLFLOW_.
        usage = {"MLFLOW_USAGE": "on", "MLFLOW_USAGE_ENDPOINT": "none", "MLFLOW_USAGE_DIR": str(first / "state")}
        own = {"HOME": str(first), "PYTHONPATH": str(first), "PYTHONHASHSEED": "0", "MLFLOW_DISABLE_TELEMETRY": "", "COLUMNS": "200"}
        return {**kept, **own, **usage, **extra}

    def start(self, *arguments: str, **extra: str) -> subprocess.Popen[str]:
        """Start a program whose output is text."""
        work = self.place / f"work-{self.name}"
        work.mkdir(parents=True, exist_ok=True)
        return subprocess.Popen(
            [str(self.python), *arguments],
            env=self.environment(**extra),
            cwd=work,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def both(sides: tuple[Side, Side], *arguments: str, timeout: float = 600, **extra: str) -> tuple[tuple[int, str, str], ...]:
    """Run the same program on both sides at once; return (status, output, error output) of each."""
    running = [side.start(*arguments, **extra) for side in sides]
    told = [process.communicate(timeout=timeout) for process in running]
    return tuple((process.returncode, *texts) for process, texts in zip(running, told, strict=True))
