"""`mlflow-usage site build` as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from deltalake import write_deltalake

from mlflow_usage.cli.site import group
from support.site_terms import GOVERNANCE
from support.usage_rows import row, write


def site(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["build", *map(str, arguments), "--governance", str(GOVERNANCE)])


@pytest.fixture
def small(tmp_path: Path) -> str:
    return write(tmp_path / "t", [row(1, date(2026, 3, 2), "mlflow.log_metric", 3)])


def refused(result: Result) -> str:
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if "…" not in line]
    assert len(lines) == 1
    return lines[0]


def test_a_demo_is_built_with_progress_in_seconds(small: str, out: Path) -> None:
    begun = time.monotonic()
    result = site(small, out, "--demo")
    assert result.exit_code == 0, result.output
    assert time.monotonic() - begun < 20
    assert "counting and drawing calls" in result.stderr
    assert f"Open {out}/index.html" in result.stdout


def test_json_is_all_that_a_script_reads(small: str, out: Path) -> None:
    result = site(small, out, "--demo", "--json")
    assert result.stderr == ""
    report = json.loads(result.stdout)
    assert report["mode"] == "demo"
    assert report["complete_to"] == "2026-03-02"
    assert report["charts"]["calls"] == {"periods": 1, "cells": 1, "suppressed": 0}
    assert sorted(report["files"]) == sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file() and p.name != "site.json")


def test_a_table_that_does_not_exist(tmp_path: Path, out: Path) -> None:
    assert "there is no such directory; name the Delta table" in refused(site(tmp_path / "nowhere", out))
    assert not out.exists()


def test_a_directory_that_is_no_table(tmp_path: Path, out: Path) -> None:
    (tmp_path / "t").mkdir()
    assert "not a Delta table" in refused(site(tmp_path / "t", out))


def test_a_table_of_something_else(tmp_path: Path, out: Path) -> None:
    write_deltalake(str(tmp_path / "t"), pa.table({"count": [1]}))
    assert "a Delta table, but not one of usage: missing or of another type: event_name, " in refused(site(tmp_path / "t", out))


def test_a_table_with_a_lost_file(small: str, out: Path) -> None:
    for path in Path(small).rglob("*.parquet"):
        path.unlink()
    assert "may be missing or damaged" in refused(site(small, out))


def test_foreign_files_are_left_alone(small: str, out: Path) -> None:
    out.mkdir()
    (out / "thesis.tex").write_text("mine")
    assert "holds files that are not a site of mlflow-usage (such as thesis.tex)" in refused(site(small, out))
    assert [path.name for path in out.iterdir()] == ["thesis.tex"]


def test_a_file_where_the_directory_should_be(small: str, out: Path) -> None:
    out.write_text("mine")
    assert "a file; name a directory" in refused(site(small, out))


def test_a_place_that_cannot_be_written(small: str) -> None:
    assert "cannot be" in refused(site(small, "/proc/mlflow-usage-site"))


def test_a_demo_does_not_replace_public_figures(small: str, out: Path) -> None:
    assert site(small, out).exit_code == 0
    assert "holds public figures, which a demo would overwrite" in refused(site(small, out, "--demo"))


def test_figures_of_two_tables_do_not_mix(small: str, tmp_path: Path, out: Path) -> None:
    assert site(small, out).exit_code == 0
    other = write(tmp_path / "other", [row(1, date(2026, 3, 2), "mlflow.log_metric")])
    assert "holds the public figures of another table" in refused(site(other, out))


def test_a_missing_extra_is_named(small: str, out: Path) -> None:
    code = (
        "import sys; sys.modules['duckdb'] = None\n"
        "from mlflow_usage.cli.site import group\n"
        f"group(['build', {small!r}, {str(out)!r}], prog_name='mlflow-usage site')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr == "Error: duckdb is missing: pip install 'mlflow-usage[site]'\n"


def unnamed(*arguments: object) -> Result:
    return CliRunner().invoke(group, ["build", *map(str, arguments)])


def test_public_pages_are_refused_while_nobody_answers(small: str, out: Path, tmp_path: Path) -> None:
    said = refused(unnamed(small, out))
    assert "controller, contact, region, legal_basis, retention, licence, access_group, deadlines" in said
    for line in GOVERNANCE.read_text().splitlines()[1:]:
        field = line.partition(":")[0]
        for value in ("", '""', '" "'):
            file = tmp_path / "governance.yaml"
            file.write_text(GOVERNANCE.read_text().replace(line, f"{field}: {value}" if value else ""))
            assert f"said: {field}; name" in refused(unnamed(small, out, "--governance", file))
    assert not out.exists()


def test_a_demo_says_that_nobody_is_named(small: str, out: Path) -> None:
    assert unnamed(small, out, "--demo").exit_code == 0
    assert (out / "collected.html").read_text().count("<td>not yet named</td>") == 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"\xff", "is not YAML"),
        (b"[", "is not YAML"),
        (b"- a", "one of these fields"),
        (b"contact: 7", "one of these fields"),
        (b"acme: x", "one of these fields"),
    ],
)
def test_terms_that_cannot_be_read(small: str, out: Path, tmp_path: Path, content: bytes | None, said: str) -> None:
    if content is not None:
        (tmp_path / "terms.yaml").write_bytes(content)
    assert said in refused(unnamed(small, out, "--demo", "--governance", tmp_path / "terms.yaml"))


def test_help_has_an_example() -> None:
    assert "Example: mlflow-usage site build ./table ./site" in CliRunner().invoke(group, ["build", "--help"]).output
