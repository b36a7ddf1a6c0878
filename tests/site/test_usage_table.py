"""Which tables the site is built from."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from deltalake import write_deltalake

from mlflow_usage.warehouse import table as warehouse
from support.site_builds import command, refused


def test_a_table_that_does_not_exist(tmp_path: Path, out: Path) -> None:
    assert "there is no such directory; name the Delta table" in refused(command(tmp_path / "nowhere", out))
    assert not out.exists()


def test_a_directory_that_is_no_table(tmp_path: Path, out: Path) -> None:
    (tmp_path / "t").mkdir()
    assert "not a Delta table" in refused(command(tmp_path / "t", out))


def test_a_table_of_something_else(tmp_path: Path, out: Path) -> None:
    write_deltalake(str(tmp_path / "t"), pa.table({"count": [1]}))
    assert "a Delta table, but not a usage table: missing or of another type: event_name, " in refused(command(tmp_path / "t", out))


def test_a_table_with_a_lost_file(small: str, out: Path) -> None:
    for path in Path(small).rglob("*.parquet"):
        path.unlink()
    assert "may be missing or damaged" in refused(command(small, out))


def test_a_table_without_a_column_that_one_chart_reads(tmp_path: Path, out: Path) -> None:
    write_deltalake(str(tmp_path / "t"), warehouse.ARROW.empty_table().drop_columns(["scorers"]))
    assert "not a usage table: missing or of another type: scorers; name" in refused(command(tmp_path / "t", out))


def test_a_table_needs_no_column_that_no_chart_reads(tmp_path: Path, out: Path) -> None:
    write_deltalake(str(tmp_path / "t"), warehouse.ARROW.empty_table().drop_columns(["session_id"]))
    assert command(tmp_path / "t", out).exit_code == 0
