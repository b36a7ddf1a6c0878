"""Resident memory, after calls and the first request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import endpoints
from measure import Row, child, median, paired, script

ROUNDS = 4


def rows(where: Path) -> list[Row]:
    """The same program with usage off, on, and with the stock processor and exporter, each group side by side."""
    kinds = ("off", "ours", "stock")
    found: dict[str, list[float]] = {kind: [] for kind in kinds}
    with endpoints.Answering() as up, ThreadPoolExecutor() as pool:

        def resident(kind: str) -> float:
            extra = {"MLFLOW_USAGE": "on" if kind == "ours" else "off", "MLFLOW_USAGE_ENDPOINT": up.url}
            return float(child(where, [script("resting"), kind, up.url, "0"], **extra)["rss"])

        for _ in range(ROUNDS):
            for kind, value in zip(kinds, pool.map(resident, kinds), strict=True):
                found[kind].append(value)
    stock = paired(found["stock"], found["off"])
    return [
        Row("resident with usage off", median(found["off"]), "MiB"),
        Row("added when on, after a request", paired(found["ours"], found["off"]), "MiB", 3, "OTel batch processor and exporter", stock),
    ]
