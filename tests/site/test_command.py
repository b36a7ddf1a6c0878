"""`mlflow-usage site build` as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from pathlib import Path

from click.testing import CliRunner

from mlflow_usage.cli.site import group
from support.site_builds import command


def test_a_demo_is_built_with_progress_in_seconds(small: str, out: Path) -> None:
    begun = time.monotonic()
    result = command(small, out, "--demo")
    assert result.exit_code == 0, result.output
    assert time.monotonic() - begun < 20
    assert "counting and drawing calls" in result.stderr
    assert f"Open {out}/index.html" in result.stdout


def test_json_is_all_that_a_script_reads(small: str, out: Path) -> None:
    result = command(small, out, "--demo", "--json")
    assert result.stderr == ""
    report = json.loads(result.stdout)
    assert report["mode"] == "demo"
    assert report["complete_to"] == "2026-03-02"
    assert report["charts"]["calls"] == {"periods": 1, "cells": 1, "suppressed": 0}
    assert sorted(report["files"]) == sorted(str(p.relative_to(out)) for p in out.rglob("*") if p.is_file() and p.name != "site.json")


def test_a_missing_extra_is_named(small: str, out: Path) -> None:
    code = (
        "import sys; sys.modules['duckdb'] = None\n"
        "from mlflow_usage.cli.site import group\n"
        f"group(['build', {small!r}, {str(out)!r}], prog_name='mlflow-usage site')"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr == "Error: duckdb is missing: pip install 'mlflow-usage[site]'\n"


def test_help_has_an_example() -> None:
    assert "Example: mlflow-usage site build ./table ./site" in CliRunner().invoke(group, ["build", "--help"]).output
