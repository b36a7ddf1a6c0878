"""`import mlflow`, timed. usage: importing.py absent|off|on; absent hides the plugin's entry point, as if it were not installed."""

from __future__ import annotations

import importlib.metadata
import json
import os
import sys
import time
from typing import Any

KIND = sys.argv[1]
OWN = "mlflow-usage"
spent = [0.0]
_entry_points, _load = importlib.metadata.entry_points, importlib.metadata.EntryPoint.load


def hiding(**given: Any) -> Any:
    """The entry points without ours."""
    return tuple(point for point in _entry_points(**given) if point.name != OWN)


def timed(point: importlib.metadata.EntryPoint) -> Any:
    """Load an entry point; add up what ours takes."""
    start = time.process_time()
    try:
        return _load(point)
    finally:
        if point.name == OWN:
            spent[0] += (time.process_time() - start) * 1e3
            patches = sys.modules.get("mlflow_usage.instrumentation.patch")
            if patches is not None:
                patches.Patches.wrap = adding(patches.Patches.wrap)
                patches.Patches._alias = adding(patches.Patches._alias)


def adding(function: Any) -> Any:
    """The function; what it takes is added up too."""

    def timed(*given: Any) -> Any:
        start = time.process_time()
        try:
            return function(*given)
        finally:
            spent[0] += (time.process_time() - start) * 1e3

    return timed


importlib.metadata.entry_points(group="mlflow.tracking_store")  # what reads the installation is not ours
if KIND == "absent":
    importlib.metadata.entry_points = hiding
importlib.metadata.EntryPoint.load = timed  # type: ignore[method-assign]
cpu, wall = time.process_time(), time.perf_counter()
import mlflow  # noqa: E402

cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
import mlflow.telemetry.client as _client  # noqa: E402

_client._set_telemetry_client(None)
modules = sorted(name for name in sys.modules if name.partition(".")[0] == "mlflow")
start, first_cpu = time.perf_counter(), time.thread_time()
mlflow.last_logged_model()
first, first_cpu = time.perf_counter() - start, time.thread_time() - first_cpu
start = time.perf_counter()
mlflow.last_logged_model()
second = time.perf_counter() - start
result = {
    "cpu": cpu * 1e3,
    "wall": wall * 1e3,
    "own": spent[0],
    "first": (first - second) * 1e3,
    "first_cpu": first_cpu * 1e3,
    "modules": modules,
}
print(json.dumps(result), flush=True)
os._exit(0)
