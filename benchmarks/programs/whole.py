"""`import mlflow` and the end of the process. usage: whole.py absent|off|on; prints the seconds of CPU up to the end of the import."""

from __future__ import annotations

import importlib.metadata
import os
import sys
import time
from typing import Any

if sys.argv[1] == "absent":  # hides the plugin's entry point, as if it were not installed
    _entry_points = importlib.metadata.entry_points

    def hiding(**given: Any) -> Any:
        """The entry points without ours."""
        return tuple(point for point in _entry_points(**given) if point.name != "mlflow-usage")

    importlib.metadata.entry_points = hiding
import mlflow  # noqa: F401

os.write(1, str(time.process_time()).encode())
