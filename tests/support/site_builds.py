"""The site as somebody builds it who answers for it: in Python and by the command."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from mlflow_usage.cli.site import group
from mlflow_usage.site import build as site
from mlflow_usage.site import terms
from support.repository import TESTS

GOVERNANCE = TESTS / "site" / "governance.yaml"
build = partial(site.build, governance=terms.read(GOVERNANCE))


def command(*arguments: object) -> Result:
    """Run `mlflow-usage site build` with these arguments and the governance of the tests."""
    return ungoverned(*arguments, "--governance", GOVERNANCE)


def ungoverned(*arguments: object) -> Result:
    """Run `mlflow-usage site build` with these arguments alone."""
    return CliRunner().invoke(group, ["build", *map(str, arguments)])


def refused(result: Result) -> str:
    """Return the one line with which a run was refused."""
    assert result.exit_code == 1
    assert "Traceback" not in result.output
    lines = [line for line in result.stderr.splitlines() if "…" not in line]
    assert len(lines) == 1
    return lines[0]


def data(out: Path, chart: str) -> Any:
    """Return the data file of a chart."""
    return json.loads((out / "data" / f"{chart}.json").read_text())


def cells(out: Path, chart: str) -> dict[tuple[str, ...], tuple[int, int]]:
    """Return the published cells of a chart: installations and calls by (period, dimension, value)."""
    return {
        (period["start"], cell["dimension"], cell["value"]): (cell["installations"], cell["calls"])
        for period in data(out, chart)["periods"]
        for cell in period["cells"]
    }
