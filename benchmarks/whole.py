"""What a whole process costs more: `import mlflow` and the end, CPU of the process as the system counts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import baseline
from measure import Row, environment, paired, quartiles, script

ROUNDS = 40
# NumPy's threads spin for as long as they like, and a hash seed moves what collides: noise of both sides that would hide the difference.
QUIET = {"OPENBLAS_NUM_THREADS": "1", "PYTHONHASHSEED": "0"}
KINDS = ("absent", "off", "on", "baseline")
Cost = tuple[float, float]  # milliseconds of CPU: import, end


def rows(where: Path) -> list[Row]:
    """Four kinds of process in turn: without the plugin, with it off, with it on, and on in the build of the baseline."""
    before = str(baseline.python())
    runs: dict[str, list[Cost]] = {kind: [] for kind in KINDS}
    for number in range(-1, ROUNDS):  # the first round compiles what is imported
        for shift in range(len(KINDS)):
            kind = KINDS[(number + shift) % len(KINDS)]
            python, mode = (before, "on") if kind == "baseline" else (sys.executable, kind)
            found = cost(where, python, mode)
            if number >= 0:
                runs[kind].append(found)

    def added(kind: str, part: int | None) -> tuple[list[float], list[float]]:
        values, base = ([sum(run) if part is None else run[part] for run in runs[each]] for each in (kind, "absent"))
        return values, base

    found = [Row("a whole process without the plugin, CPU", quartiles([sum(run) for run in runs["absent"]])[1], "ms")]
    for what, part in (("the whole process", None), ("of it the import", 0), ("of it the end", 1)):
        ours, theirs = paired(*added("on", part)), paired(*added("baseline", part))
        limit = theirs / 2 if part is None else None
        found.append(Row(f"on: {what}, CPU", ours, "ms", limit, f"build {baseline.COMMIT}", theirs, note(*added("on", part))))
    off = paired(*added("off", None))
    return [*found, Row("off: the whole process, CPU", off, "ms", note=note(*added("off", None)))]


def cost(where: Path, python: str, kind: str) -> Cost:
    """Run a process of a kind and return its CPU up to the end of the import, and after it."""
    process = subprocess.Popen(
        [python, script("whole"), kind],
        env=environment(where, MLFLOW_USAGE="off" if kind == "off" else "on", MLFLOW_USAGE_DIR=str(where / f"state-{kind}"), **QUIET),
        cwd=where,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    with process.stdout as output:
        imported = float(output.read()) * 1e3
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise RuntimeError(f"{python} {kind} ended with {process.returncode}")
    return imported, (usage.ru_utime + usage.ru_stime) * 1e3 - imported


def note(ours: list[float], base: list[float]) -> str:
    """How far a median of so few differences can be trusted: their quartiles."""
    low, _, high = quartiles([a - b for a, b in zip(ours, base, strict=True)])
    return f"{len(ours)} pairs, half of them between {low:+.0f} and {high:+.0f} ms"
