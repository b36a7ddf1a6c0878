"""A second mlflow-usage besides the installed one: the same source with another catalogue, and everything generated from it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import yaml

from catalogue.editing import ATTRIBUTES, AUTOLOG, FLAVOR, TRACKING, Edit, first, put, raised
from support.repository import ROOT

# An event, an attribute, an attribute on an event and a member, each under review; and so a higher revision.
UNDER_REVIEW: tuple[Edit, ...] = (
    raised(2),
    (TRACKING, put("mlflow.set_tag", "review", "pending")),
    (ATTRIBUTES, put("mlflow.usage.log_models", "review", "pending")),
    (ATTRIBUTES, put(FLAVOR, "pending", ["sklearn"])),
    (AUTOLOG, lambda c: first(c, "mlflow.autolog")["attributes"][0].update(annotations={"usage": {"review": "pending"}})),
)


def make(place: Path, *edits: Edit) -> Path:
    """The variation's root, in `place`."""
    copytree(ROOT / "src", place / "src", ignore=ignore_patterns("__pycache__"))
    copytree(ROOT / "collector-config", place / "collector-config")
    for file, mutation in edits:
        path = place / "src/mlflow_usage/catalogue/model" / file
        content: Any = yaml.safe_load(path.read_text())
        mutation(content)
        path.write_text(yaml.safe_dump(content, sort_keys=False))
    run(place, "-m", "mlflow_usage.catalogue.build")
    run(place, "-m", "mlflow_usage.catalogue.build", "--check")
    return place


def run(root: Path, *arguments: str) -> str:
    """Run the variation's Python; returns what it printed."""
    environ = {"PYTHONPATH": str(root / "src"), "PATH": "/usr/bin:/bin"}
    done = subprocess.run([sys.executable, *arguments], cwd=root, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout
