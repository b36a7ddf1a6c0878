"""What happens while nothing is called."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import endpoints
from measure import Row, child, script

SECONDS = 8


def rows(where: Path) -> list[Row]:
    """Five programs rest side by side; a thread that wakes is seen by its context switches."""
    kinds = ("off", "quiet", "ours", "stock", "mlflow")
    with endpoints.Answering() as up, ThreadPoolExecutor() as pool:

        def rest(kind: str) -> Any:
            # MLflow's own telemetry runs only where ours is off by its own variable, not by the common one.
            extra = {"MLFLOW_USAGE": "on" if kind in ("ours", "quiet") else "off", "MLFLOW_USAGE_ENDPOINT": up.url}
            return child(where, [script("resting"), kind, up.url, str(SECONDS)], **extra)

        off, quiet, ours, stock, mlflow = pool.map(rest, kinds)
    unit = f"in {SECONDS} s"
    return [
        Row(
            "threads when nothing was recorded",
            quiet["threads"] - off["threads"],
            "",
            0,
            "OTel batch processor",
            stock["threads"] - off["threads"],
        ),
        Row("wake-ups when nothing was recorded", quiet["wakes"] - off["wakes"], unit, 0),
        Row(
            "wake-ups after everything was sent",
            ours["wakes"] - off["wakes"],
            unit,
            0,
            "OTel batch processor",
            stock["wakes"] - off["wakes"],
        ),
        Row(
            "wake-ups after everything was sent",
            ours["wakes"] - off["wakes"],
            unit,
            0,
            "MLflow's telemetry",
            mlflow["wakes"] - off["wakes"],
        ),
        Row(
            "CPU after everything was sent",
            ours["cpu"],
            f"ms {unit}",
            peer="MLflow's telemetry",
            theirs=mlflow["cpu"],
            note=f"off: {off['cpu']:.2f}",
        ),
    ]
