"""Which directories the site is written to, and what it leaves of those that it replaces."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from support.site_builds import build, command, refused
from support.usage_rows import row, write


def test_foreign_files_are_left_alone(small: str, out: Path) -> None:
    out.mkdir()
    (out / "thesis.tex").write_text("mine")
    assert "holds files that are not a site of mlflow-usage (such as thesis.tex)" in refused(command(small, out))
    assert [path.name for path in out.iterdir()] == ["thesis.tex"]


def test_a_file_where_the_directory_should_be(small: str, out: Path) -> None:
    out.write_text("mine")
    assert "a file; name a directory" in refused(command(small, out))


def test_a_place_that_cannot_be_written(small: str) -> None:
    assert "cannot be" in refused(command(small, "/proc/mlflow-usage-site"))


def test_a_demo_does_not_replace_public_figures(small: str, out: Path) -> None:
    assert command(small, out).exit_code == 0
    assert "holds public figures, which a demo would overwrite" in refused(command(small, out, "--demo"))


def test_figures_of_two_tables_do_not_mix(small: str, tmp_path: Path, out: Path) -> None:
    assert command(small, out).exit_code == 0
    other = write(tmp_path / "other", [row(1, date(2026, 3, 2), "mlflow.log_metric")])
    assert "holds the public figures of another table" in refused(command(other, out))


def test_a_chart_that_lost_its_data_leaves_no_old_files(table: str, tmp_path: Path, out: Path) -> None:
    build(table, out, demo=True)
    assert (out / "charts" / "scorers.svg").exists()
    build(write(tmp_path / "t", [row(1, date(2026, 3, 2), "mlflow.log_metric")]), out, demo=True)
    assert not (out / "charts" / "scorers.svg").exists()
