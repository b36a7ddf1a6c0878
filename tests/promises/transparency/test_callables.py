"""Every function of the catalogue, on every release: nothing visible of it differs with the plugin.

The same program looks at them where the plugin is and where it is not. Two differences are left, and stated in docs/transparency.md: the
object's exact `type`, and `__wrapped__`.
"""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from promises.transparency.document import Table
from promises.transparency.sides import Side, both
from support.environments import released
from support.repository import PACKAGE

HERE = Path(__file__).parent
TARGETS = PACKAGE / "instrumentation" / "targets.py"
RELEASES = ("2.22", "3.0", "3.9", "newest")
# These record arguments or the outcome: our frame is below MLflow's, in a file that `warnings` skips.
WITH_A_FRAME = {"log_model", "autolog", "evaluate", "scorer"}
# Of the plugin's dependencies, one decides whether MLflow can import `mlflow.otel`.
ALSO = ("opentelemetry-exporter-otlp-proto-http",)


def looked_at(sides: tuple[Side, Side]) -> tuple[dict[str, Any], dict[str, Any]]:
    found = []
    for status, output, errors in both(sides, str(HERE / "probe.py"), str(TARGETS)):
        assert status == 0, errors[-4000:]
        found.append(json.loads(output))
    return found[0], found[1]


def differences(ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, list[str]]:
    """Property -> what differs, as `function: text with | text without`; every property that was compared is a key."""
    different: dict[str, list[str]] = {}
    for function, found in ours["found"].items():
        for what, seen in found["seen"].items():
            other = theirs["found"][function]["seen"][what]
            rows = different.setdefault(what, [])
            if seen["digest"] != other["digest"]:
                changed = [f"{mine!r} | {plain!r}" for mine, plain in zip(seen["text"], other["text"], strict=True) if mine != plain]
                rows.append(f"{function}: {changed}")
    return different


def judge(ours: dict[str, Any], theirs: dict[str, Any], release: str, table: Table) -> None:
    assert ours["found"].keys() == theirs["found"].keys()
    assert ours["failed"] == theirs["failed"]
    assert ours["mlflow"] == theirs["mlflow"]
    assert len(ours["found"]) > 250  # every target that this release has and whose framework is here
    assert not [name for name, found in ours["found"].items() if not found["wrapper"]]  # the comparison is one
    assert not [name for name, found in theirs["found"].items() if found["wrapper"]]
    different = differences(ours, theirs)
    assert {what: rows for what, rows in different.items() if rows} == {}
    assert {name.rpartition(":")[2] for name, found in ours["found"].items() if found["frames"]} <= WITH_A_FRAME
    assert max(found["frames"] for found in ours["found"].values()) == 1
    if release:
        compared = Counter(what for found in ours["found"].values() for what in found["seen"])
        for what, rows in different.items():
            table.add(what, ours["mlflow"], compared[what], len(rows))


def test_every_function_looks_the_same_on_the_mlflow_that_is_installed(tmp_path: Path, table: Table) -> None:
    judge(*looked_at((Side(tmp_path), Side(tmp_path, plugin=False, hidden=True))), "", table)


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_every_function_looks_the_same_on_every_mlflow(tmp_path: Path, table: Table, release: str) -> None:
    ours = Side(tmp_path, released(release))
    theirs = Side(tmp_path, released(release, *ALSO, plugin=False), plugin=False)
    judge(*looked_at((ours, theirs)), release, table)
