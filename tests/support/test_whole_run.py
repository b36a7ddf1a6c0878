"""A document is written by a whole run, and by no other."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.repository import TESTS

CONFTEST = """
from pathlib import Path
from support.whole_run import fixtures
ran, document = fixtures(__file__, lambda: Path(__file__).with_name("written").touch())
"""
FIRST = """
import os, pytest
def test_one(): pass
@pytest.mark.parametrize("number", [1, 2])
def test_many(number): assert os.environ.get("ENDS") != "failed"
"""
SECOND = """
import os, pytest
@pytest.fixture
def place():
    if os.environ.get("ENDS") == "skipped":
        pytest.skip("no such place")
def test_two(place): pass
"""


@pytest.mark.parametrize(
    ("arguments", "ends", "written"),
    [
        ([], "", True),
        (["test_first.py", "test_second.py"], "", True),
        (["test_first.py"], "", False),
        (["test_first.py", "test_second.py::test_two"], "", False),
        (["-k", "test"], "", False),
        (["-m", "not slow"], "", False),
        (["--deselect", "test_first.py::test_many[1]"], "", False),
        ([], "failed", False),
        ([], "skipped", False),
    ],
)
def test_only_a_whole_run_writes(tmp_path: Path, arguments: list[str], ends: str, *, written: bool) -> None:
    for name, text in {"conftest": CONFTEST, "test_first": FIRST, "test_second": SECOND}.items():
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    environ = {**os.environ, "PYTHONPATH": str(TESTS), "ENDS": ends}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    found = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    assert found.returncode == (ends == "failed"), found.stdout
    assert (tmp_path / "written").exists() is written
