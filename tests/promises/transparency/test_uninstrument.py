"""`uninstrument()` restores every attribute that is still ours, and leaves what somebody has put on top."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from promises.transparency.document import Table
from promises.transparency.sides import Side
from promises.transparency.test_callables import RELEASES, TARGETS
from support.environments import released

PROGRAM = Path(__file__).parent / "restoring.py"


def restored(side: Side) -> dict[str, Any]:
    process = side.start(str(PROGRAM), str(TARGETS), MLFLOW_TRACKING_URI="sqlite:///mlflow.db")
    output, errors = process.communicate(timeout=600)
    assert process.returncode == 0, errors[-4000:]
    said: dict[str, Any] = json.loads(output.splitlines()[-1])
    assert said["before"] > 400  # each target, and the places that re-export it
    assert said["wrong"] == []
    assert said["left"] == []
    assert said["missing"] == []  # `instrument()` wraps all of it again, except what somebody put on top
    assert said["waiting"] == []  # references from before count nothing
    return said


def test_what_was_wrapped_is_put_back_on_the_mlflow_that_is_installed(tmp_path: Path) -> None:
    restored(Side(tmp_path))


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_what_was_wrapped_is_put_back_on_every_mlflow(tmp_path: Path, table: Table, release: str) -> None:
    said = restored(Side(tmp_path, released(release)))
    table.add("`uninstrument()`: attributes put back, re-exports too", said["mlflow"], said["before"], len(said["wrong"]))
