"""How much later a process ends."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

import endpoints
from measure import Row, closed_port, environment, paired, script

ROUNDS = 4
PEER = "OTel batch processor and exporter"
Run = tuple[float, float]  # milliseconds in exit handlers, and from the last statement to the process's end


def rows(where: Path) -> list[Row]:
    """Ours and the same program with usage off, in turn; the stock processor's runs wait, so they run side by side."""
    with endpoints.Answering() as up, endpoints.Silent() as silent, endpoints.Silent(trickle=True) as trickling:
        closed = f"http://127.0.0.1:{closed_port()}"
        cases = {
            "up": (up.url, 0.0, 30.0),
            "closed port": (closed, 0.0, 20.0),
            "silent": (silent.url, 0.0, 350.0),
            "trickling": (trickling.url, 0.0, 350.0),
            "after a failure in the process": (closed, 1.6, 1.0),
        }
        runs: dict[str, list[Run]] = {name: [] for name in ("off", *cases)}
        for _ in range(ROUNDS):
            runs["off"].append(end(where, "off", closed, 0.0))
            for name, (url, pause, _) in cases.items():
                runs[name].append(end(where, "ours", url, pause))
        with ThreadPoolExecutor() as pool:
            waiting = {name: pool.submit(end, where, "stock", url, pause) for name, (url, pause, _) in cases.items()}
            theirs = {name: future.result()[0] for name, future in waiting.items()}
    base = median(run[1] for run in runs["off"])
    made = []
    for name, (_, _, limit) in cases.items():
        handlers = paired([run[0] for run in runs[name]], [run[0] for run in runs["off"]])
        whole = paired([run[1] for run in runs[name]], [run[1] for run in runs["off"]])
        note = f"the whole process ends {whole:+.0f} ms later (paired)"
        made.append(Row(f"exit handlers, {name}", handlers, "ms", limit, PEER, theirs[name], note))
    return [Row("last statement to process end, off", base, "ms"), *made]


def end(where: Path, kind: str, url: str, pause: float) -> Run:
    """Run a program to its end."""
    extra = {"MLFLOW_USAGE": "on" if kind == "ours" else "off", "MLFLOW_USAGE_ENDPOINT": url}
    for name in ("journal", "lock"):  # what an earlier run could not deliver is not this one's to send
        for path in (where / "state").glob(f"*.{name}"):
            path.unlink(missing_ok=True)
    command = [sys.executable, script("ending"), kind, url, str(pause)]
    process = subprocess.Popen(
        command, env=environment(where, **extra), cwd=where, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    text = process.stdout.read()
    process.wait(60)
    ended = time.monotonic()
    found = json.loads(text.strip().splitlines()[-1])
    return found["handlers"], (ended - found["started"]) * 1e3
