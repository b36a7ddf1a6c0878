"""What every benchmark shares: clean processes, medians, and the rows of the table."""

from __future__ import annotations

import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

HERE = Path(__file__).parent
# Variables that would decide about the processes measured, or make every import compile its modules anew.
FOREIGN = ("CI", "GITHUB_ACTIONS", "DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY", "OTEL_SDK_DISABLED", "PYTHONDONTWRITEBYTECODE")
# MLflow's own telemetry is silent in every process but those that measure it: it would ask a server on the internet for its settings.
SILENCE = "import mlflow.telemetry.client as _client\n_client._set_telemetry_client(None)\n"


class Row(NamedTuple):
    """One line of the table; `limit` is the target, and `ratio` the peer's figure over ours."""

    what: str
    ours: float | None
    unit: str
    limit: float | None = None
    peer: str = ""
    theirs: float | None = None
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the peer's figure is ours."""
        return None if self.theirs is None or not self.ours or self.ours <= 0 else self.theirs / self.ours


@contextmanager
def place() -> Iterator[Path]:
    """A directory for one benchmark's files."""
    with tempfile.TemporaryDirectory(prefix="mlflow-usage-bench-") as name:
        yield Path(name)


def environment(where: Path, **extra: str) -> dict[str, str]:
    """The environment of a process with a home, state directory and tracking store of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN and not name.startswith(("MLFLOW_", "OTEL_"))}
    own = {
        "HOME": str(where),
        "MLFLOW_USAGE_DIR": str(where / "state"),
        "MLFLOW_USAGE_ENDPOINT": f"http://127.0.0.1:{closed_port()}",
        "MLFLOW_TRACKING_URI": f"sqlite:///{where}/mlflow.db",
    }
    return {**kept, **own, **extra}


def child(where: Path, arguments: Sequence[str], timeout: float = 120, **extra: str) -> Any:
    """Run Python with `arguments` and return the JSON of the last line it printed."""
    command = [sys.executable, *arguments]
    found = subprocess.run(
        command, env=environment(where, **extra), cwd=where, capture_output=True, text=True, timeout=timeout, check=False
    )
    lines = found.stdout.strip().splitlines()
    if found.returncode != 0 or not lines:
        raise RuntimeError(f"{command}: {found.stderr[-2000:]}")
    return json.loads(lines[-1])


def script(name: str) -> str:
    """The path of one of the programs beside this file."""
    return str(HERE / "programs" / f"{name}.py")


def closed_port() -> int:
    """A port of 127.0.0.1 on which nobody listens."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def median(values: Sequence[float]) -> float:
    """The median."""
    return statistics.median(values)


def paired(ours: Sequence[float], base: Sequence[float]) -> float:
    """The median of the differences of runs that stood next to each other."""
    return statistics.median(a - b for a, b in zip(ours, base, strict=True))


def quartiles(values: Sequence[float]) -> tuple[float, float, float]:
    """The quartiles."""
    low, middle, high = statistics.quantiles(values, n=4)
    return low, middle, high


def per_mille(values: Sequence[float]) -> float:
    """The 99.9th percentile."""
    return sorted(values)[int(len(values) * 0.999)]
