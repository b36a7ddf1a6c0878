"""A user's program shows the same with the plugin and without it: results, errors, tracebacks, warnings, mocks, modules, threads."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from promises.transparency.document import Table
from promises.transparency.sides import Side, both
from promises.transparency.test_callables import RELEASES
from support.environments import released

PROGRAM = Path(__file__).parent / "behaviour.py"
# Ids, addresses, times, and the folders of the two sides.
FLEETING = re.compile(
    r"0x[0-9a-f]{6,}|\b[0-9a-f]{16}\b|\b[0-9a-f]{32}\b|[0-9a-f]{8}-[0-9a-f-]{27}|\b\d{13,}\b|tmp\w{8}"
    r"|\d{4}[/-]\d\d[/-]\d\d[ T]\d\d:\d\d:\d\d(\.\d+)?"
)
OURS = re.compile(r'  File "[^"]*/mlflow_usage/instrumentation/[^\n]*\n(?:    [^\n]*\n)*')
# What `import mlflow` may load in addition: the plugin, wrapt, the OpenTelemetry log SDK and exporter, and what these need.
MAY_LOAD = ("mlflow_usage", "wrapt", "opentelemetry", "google.protobuf", "google.rpc", "google._upb", "requests", "urllib3", "googleapis")


def normal(text: str, side: Side) -> str:
    for place, name in (
        (side.place / f"work-{side.name}", "<work>"),
        (side.place / side.name, "<home>"),
        (side.python.parents[1], "<env>"),
    ):
        text = text.replace(str(place), name)
    return FLEETING.sub("<fleeting>", OURS.sub("", text))


def run(sides: tuple[Side, Side], **extra: str) -> list[dict[str, Any]]:
    found = []
    for side, (status, output, errors) in zip(sides, both(sides, str(PROGRAM), ".", **extra), strict=True):
        assert status == 0, errors[-4000:]
        said = json.loads(output.splitlines()[-1])
        said["sections"] = {name: normal(text, side) for name, text in said["sections"].items()}
        said["errors"] = normal(errors, side)
        found.append(said)
    return found


def pools(said: dict[str, Any]) -> set[str]:
    """Return names of threads without the number that a pool gives: how many it starts depends on timing."""
    return {re.sub(r"_\d+$", "", name) for name in said["threads"]}


def judge(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    assert ours["usage"]
    assert not theirs["usage"]
    assert {name: text for name, text in ours["sections"].items() if text != theirs["sections"][name]} == {}
    assert len(ours["sections"]) == 13
    assert not [name for name, text in ours["sections"].items() if len(text.strip()) < 10]
    assert sorted(ours["errors"].splitlines()) == sorted(theirs["errors"].splitlines())
    more = set(ours["loaded"]) - set(theirs["loaded"])
    assert set(theirs["loaded"]) - set(ours["loaded"]) == set()
    assert [name for name in more if not name.startswith(MAY_LOAD) and name.partition(".")[0] not in sys.stdlib_module_names] == []
    assert [name for name in more if name.partition(".")[0] == "mlflow"] == []
    assert [name for name in ours["threads"] if "usage" in name] == ["mlflow-usage"]  # the sender, once there is something to keep
    assert pools(ours) - {"mlflow-usage"} == pools(theirs)
    assert Counter(ours["finders"]) - Counter(theirs["finders"]) == {"Finder": 1}  # the plugin's import hook
    assert ours["exits"] - theirs["exits"] <= 1


def test_a_program_shows_the_same_on_the_mlflow_that_is_installed(tmp_path: Path) -> None:
    judge(*run((Side(tmp_path), Side(tmp_path, plugin=False, hidden=True))))


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_a_program_shows_the_same_on_every_mlflow(tmp_path: Path, table: Table, release: str) -> None:
    sides = (Side(tmp_path, released(release)), Side(tmp_path, released(release, plugin=False), plugin=False))
    ours, theirs = run(sides)
    judge(ours, theirs)
    for name in ours["sections"]:
        table.add(f"program: {name}", ours["mlflow"], 1, 0)
