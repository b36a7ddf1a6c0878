"""The page of threats names only tests that exist, and every test of this folder."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from support.repository import ROOT

PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def functions(path: Path) -> set[str]:
    return {node.name for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)))
def test_a_named_test_exists(path: str, name: str) -> None:
    assert name.startswith("test_")
    assert name in functions(ROOT / path)


def test_every_threat_has_a_test() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| threat")]
    assert len(rows) > 30
    for row in rows:
        assert re.search(r"`tests/[\w/]+\.py::test_\w+` \|$", row), row


@pytest.mark.parametrize("file", ["test_malicious_endpoint", "test_local_user", "test_hostile_archive"])
def test_this_folder_s_files_are_all_on_the_page(file: str) -> None:
    assert {name for path, name in NAMED if path.endswith(f"{file}.py")}


def test_the_readme_leads_here() -> None:
    assert "docs/security.md" in (ROOT / "README.md").read_text(encoding="utf-8")
