"""Models saved with the plugin are the same as without it, and load where it is absent."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from promises.transparency.document import Table
from promises.transparency.sides import Side, both
from promises.transparency.test_callables import RELEASES
from support.environments import UV, released
from support.repository import ROOT

PROGRAM = Path(__file__).with_name("models.py")
FLEETING = re.compile(r"model_size_bytes: \d+|\b(m-)?[0-9a-f]{32}\b|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")
COMPARED = ("requirements.txt", "conda.yaml", "python_env.yaml", "MLmodel", "code.py", "python_model.pkl", "model.pkl")


def content(path: Path, side: Side) -> bytes:
    raw = path.read_bytes()
    for place in (side.python.parent.parent, side.place):  # a pickle names the files of its code: in folders of any name
        raw = raw.replace(str(place).encode(), b"<place>")
    if path.name != "MLmodel":
        return raw
    return FLEETING.sub("<fleeting>", raw.decode().replace(f"work-{side.name}", "<work>")).encode()


def saved(sides: tuple[Side, Side]) -> tuple[int, str]:
    """Save on both sides, compare every file, and load the first side's models on the second; return (files, MLflow's version)."""
    program = str(shutil.copy(PROGRAM, sides[0].place))
    for status, _, errors in both(sides, program, "save", "saved", MLFLOW_TRACKING_URI="sqlite:///mlflow.db"):
        assert status == 0, errors[-4000:]
    places = [side.place / f"work-{side.name}" / "saved" for side in sides]
    names = [sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file()) for place in places]
    assert names[0] == names[1]
    compared = [name for name in names[0] if Path(name).name in COMPARED]
    assert {Path(name).parts[0] for name in compared} == {"sklearn", "pyfunc", "code", "logged", "code.py"}
    for name in compared:
        one, other = (content(place / name, side) for place, side in zip(places, sides, strict=True))
        # How often a pickle repeats a text depends on which strings are one object; it must load without the plugin.
        assert one == other or name == "pyfunc/python_model.pkl", name
        for ours in (b"mlflow_usage", b"mlflow-usage", b"wrapt"):
            assert ours not in one, name
    process = sides[1].start(program, "load", str(places[0]))
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors[-4000:]
    said: dict[str, Any] = json.loads(output.splitlines()[-1])
    assert said["predicted"] == {
        "code": ["5"],
        "logged": ["1.0"],
        "sklearn": ["1.0"],
        "pyfunc": ["log_metric", "MlflowClient.get_run", "mlflow.tracking.fluent", "log_param", "log_model", "trace"],
    }
    return len(compared), said["mlflow"]


def test_a_model_is_the_same_on_the_mlflow_that_is_installed(tmp_path: Path) -> None:
    saved((Side(tmp_path), Side(tmp_path, plugin=False, hidden=True)))


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_a_model_is_the_same_on_every_mlflow(tmp_path: Path, table: Table, release: str) -> None:
    sides = (Side(tmp_path, released(release)), Side(tmp_path, released(release, plugin=False), plugin=False))
    files, version = saved(sides)
    table.add("saved models: files, byte for byte but for ids and times; loaded without the plugin", version, files, 0)


@pytest.mark.slow
def test_the_plugin_in_site_packages_is_never_inferred_as_a_requirement(tmp_path: Path) -> None:
    assert UV is not None
    place = tmp_path / "environment"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
    subprocess.run([UV, "pip", "install", "--quiet", "--python", str(place / "bin/python"), str(ROOT), "mlflow"], check=True)
    (inside,) = place.glob("lib/*/site-packages/mlflow_usage")
    assert inside.is_dir()
    sides = (Side(tmp_path, place / "bin/python"), Side(tmp_path, released("newest", plugin=False), plugin=False))
    saved(sides)
