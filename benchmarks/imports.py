"""What `import mlflow` costs more, and the first recorded call."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from statistics import median

from measure import Row, child, environment, script

ROUNDS, BREAKDOWNS = 8, 4
KINDS = ("absent", "off", "on")
OURS = "self time of every mlflow_usage module but the two that MLflow loads by name"
LINE = re.compile(r"import time:\s+(\d+) \|\s+\d+ \|( +)(\S+)")


def rows(where: Path) -> list[Row]:
    """Three kinds of process in turn: without the plugin, with it off, with it on."""
    runs: dict[str, list[dict[str, float]]] = {kind: [] for kind in KINDS}
    again: list[float] = []
    modules: dict[str, set[str]] = {}
    for number in range(ROUNDS):
        # None is removed: a file system that has just let go of files takes longer to make new ones.
        state = {"MLFLOW_USAGE_DIR": str(where / f"state-{number}")}
        for kind in KINDS[number % 3 :] + KINDS[: number % 3]:
            found = child(where, [script("importing"), kind], **state, MLFLOW_USAGE="off" if kind == "off" else "on")
            modules[kind] = set(found.pop("modules"))
            runs[kind].append(found)
        if number < 4:
            again.append(child(where, [script("importing"), "on"], **state, MLFLOW_USAGE="on")["first"])
    whole, ours, wrapt, stock, mlflow = breakdown(where)
    first = median(run["first"] for run in runs["on"])
    own = {kind: median(run["own"] for run in runs[kind]) for kind in KINDS}
    ms, peer = "ms", "MLflow's own telemetry modules"
    return [
        Row("`import mlflow` without the plugin, CPU", median(run["cpu"] for run in runs["absent"]), ms),
        Row("on: activation and wrapping, CPU in the process", own["on"], ms, 25, peer, mlflow),
        Row("off: the decision, CPU in the process", own["off"], ms, 1),
        Row("of it ours, by `-X importtime`", ours, ms, 4, peer, mlflow, OURS),
        Row("of it wrapt, by `-X importtime`", wrapt, ms),
        Row("of it the stock exporter and SDK, by `-X importtime`", stock, ms),
        Row("all modules of `import mlflow`, by `-X importtime`", whole, ms),
        Row("first recorded call of a new installation, wall", first, ms, 1, note="makes state, secret, notice, journal and thread"),
        Row("first recorded call of a later process, wall", median(again), ms, 1),
        Row("first recorded call of a new installation, CPU", median(run["first_cpu"] for run in runs["on"]), ms, 1),
        Row("modules of MLflow loaded that a plain import does not load", len(modules["on"] - modules["absent"]), "", 0),
    ]


def breakdown(where: Path) -> tuple[float, float, float, float, float]:
    """Milliseconds of `-X importtime`: all, our own modules, wrapt, what else is loaded on our behalf, MLflow's telemetry.

    It is wall time, so every module counts with the least of some runs.
    """
    least: dict[str, tuple[float, bool]] = {}
    for _ in range(BREAKDOWNS):
        for name, (own, inside) in listing(where).items():
            least[name] = (min(own, least.get(name, (own, inside))[0]), inside)

    def total(prefix: str) -> float:
        return sum(own for name, (own, _) in least.items() if name.partition(".")[0] == prefix or name.startswith(f"{prefix}."))

    ours, wrapt, telemetry = total("mlflow_usage"), total("wrapt"), total("mlflow.telemetry")
    inside = sum(own for own, inside in least.values() if inside) - ours - wrapt
    return sum(own for own, _ in least.values()), ours, wrapt, inside, telemetry


def listing(where: Path) -> dict[str, tuple[float, bool]]:
    """Per module, its own milliseconds and whether one of ours loaded it."""
    command = [sys.executable, "-X", "importtime", "-c", "import mlflow"]
    found = subprocess.run(command, env=environment(where), cwd=where, capture_output=True, text=True, check=True, timeout=120)
    modules: dict[str, tuple[float, bool]] = {}
    depth = None  # the listing is in order of completion: read backwards, a module stands before what it loaded
    for text in reversed(found.stderr.splitlines()):
        line = LINE.match(text)
        if line is None:
            continue
        level, name = len(line[2]), line[3]
        if depth is not None and level <= depth:
            depth = None
        if depth is None and name.startswith("mlflow_usage"):
            depth = level
        modules[name] = (int(line[1]) / 1e3, depth is not None)
    return modules
