"""An empty archive, and the place of a table."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    place = tmp_path / "archive"
    place.mkdir()
    return place


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "table"
