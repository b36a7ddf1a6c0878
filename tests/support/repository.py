"""Paths of the repository's parts."""

from __future__ import annotations

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
TESTS: Final = ROOT / "tests"
SRC: Final = ROOT / "src"
PACKAGE: Final = SRC / "mlflow_usage"
