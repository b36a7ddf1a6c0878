"""docs/mlflow-events.md answers every event of MLflow's own telemetry with events that exist."""

from __future__ import annotations

import ast
import importlib.util
import re
from pathlib import Path

import pytest

from mlflow_usage.catalogue.tables import EVENTS
from support.environments import NEWEST_FILE, ROOT, environment

PAGE = (ROOT / "docs" / "mlflow-events.md").read_text(encoding="utf-8")
ROWS = {cells[0].strip("`"): cells[1:] for cells in re.findall(r"^\| (`\w+`) \| (`\w+`) \| (.*?) \| (.*?) \|$", PAGE, re.MULTILINE)}


def classes(path: Path) -> dict[str, str]:
    """Return MLflow's event classes and their names, from its source."""
    found = {}
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.ClassDef) and "Event" in [ast.unparse(base) for base in node.bases]:
            (name,) = [item.value.value for item in node.body if isinstance(item, ast.AnnAssign) and isinstance(item.value, ast.Constant)]
            found[node.name] = str(name)
    return found


def answered(path: Path) -> None:
    """Fail with the classes that the page lacks."""
    found = classes(path)
    assert len(found) > 60, "MLflow writes its events in another way now"
    assert not {name for name in found if name not in ROWS}, "event classes of MLflow that docs/mlflow-events.md lacks"
    assert {name: row[0].strip("`") for name, row in ROWS.items() if name in found} == found


def test_every_event_of_the_installed_mlflow_has_a_row() -> None:
    spec = importlib.util.find_spec("mlflow")
    assert spec is not None
    assert spec.origin is not None
    answered(Path(spec.origin).parent / "telemetry" / "events.py")


@pytest.mark.slow
def test_every_event_of_the_newest_mlflow_has_a_row_and_no_row_is_left_over() -> None:
    (path,) = environment(*NEWEST_FILE, alone="mlflow").parents[1].glob("lib/python*/site-packages/mlflow/telemetry/events.py")
    answered(path)
    assert set(ROWS) == set(classes(path))


@pytest.mark.parametrize("row", ROWS)
def test_a_row_names_events_that_exist_or_says_why_none(row: str) -> None:
    _, ours, why = ROWS[row]
    named = re.findall(r"`([a-z0-9_.]+)`", ours)
    assert not set(named) - EVENTS.keys()
    assert named or (ours == "—" and why.startswith("None: "))
