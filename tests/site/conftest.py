from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from mlflow_usage.site.build import Report
from support.site_builds import build
from support.usage_rows import Row, crowd, row, write

FIRST = date(2026, 9, 14)  # a Monday


@pytest.fixture(scope="session")
def rows() -> list[Row]:
    return crowd(FIRST, 40, 700)


@pytest.fixture(scope="session")
def table(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> str:
    return write(tmp_path_factory.mktemp("warehouse") / "usage", rows)


@pytest.fixture(scope="session")
def public(table: str, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return build(table, tmp_path_factory.mktemp("public") / "site")


@pytest.fixture(scope="session")
def demo(table: str, tmp_path_factory: pytest.TempPathFactory) -> Report:
    return build(table, tmp_path_factory.mktemp("demo") / "site", demo=True)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
def small(tmp_path: Path) -> str:
    return write(tmp_path / "t", [row(1, date(2026, 3, 2), "mlflow.log_metric", 3)])
