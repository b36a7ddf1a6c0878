"""Every built-in flavor's log_model and autolog: with the real library where it installs here, with a stand-in elsewhere.

Slow: each set of libraries has its own environment. The last test writes docs/flavors.md from the others' findings.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from mlflow_usage.instrumentation.targets import TARGETS, rows
from promises.golden.annotated import RELEASES, USUAL, came, check, differences, expected, run, surroundings
from promises.golden.flavor_table import REAL, SETS, page
from promises.golden.test_families import SDK
from support.environments import environment, released
from support.receiver import Receiver
from support.repository import ROOT

FLAVORS: Final = Path(__file__).parent / "flavors"
STUBBED: Final = Path(__file__).parent / "stubbed.py"
VERSIONS: Final = """
import importlib.metadata, json
print(json.dumps({found.name.lower().replace("_", "-"): found.version for found in importlib.metadata.distributions()}))
"""


def test_every_program_of_a_flavor_is_run_with_its_libraries() -> None:
    assert {path.stem for path in FLAVORS.glob("*.py")} == {name for _, names in SETS.values() for name in names}


@pytest.mark.slow
@pytest.mark.parametrize(("libraries", "name"), [(libraries, name) for libraries, (_, names) in SETS.items() for name in names])
def test_a_flavor_s_own_calls_are_recorded_and_what_it_logs_by_itself_is_not(tmp_path: Path, libraries: str, name: str) -> None:
    check(environment("mlflow", *SETS[libraries][0]), FLAVORS / f"{name}.py", "newest", tmp_path)


def patched(release: str, place: Path) -> list[dict[str, Any]]:
    """Run a release's flavors with stand-ins for their libraries; assert the record of each call."""
    python = sys.executable if release == "newest" else released(release, *SDK.get(release, ()))
    with Receiver() as receiver:
        ended = run(python, STUBBED, place, receiver.endpoint)
        assert ended.returncode == 0, ended.stderr[-4000:]
        rows: list[dict[str, Any]] = [json.loads(line) for line in ended.stdout.splitlines() if line.startswith('{"module"')]
        assert not [row for row in rows if "error" in row]
        wanted = expected("\n".join(comment(row) for row in rows), release)
        assert differences(wanted, came(receiver)) == []
    return rows


def comment(row: dict[str, Any]) -> str:
    """Return the record that a call of stubbed.py should make, by the function's signature, as an annotated program writes it."""
    if row["function"] == "log_model":
        given = {key: "true" for key in ("pip_requirements", "metadata") if key in row["names"]}
        said = {**USUAL["mlflow.log_model"], **given, "status": row["outcome"]}
    else:
        switches = {key: row["defaults"].get(key) is True for key in ("disable", "log_traces", "log_models") if key in row["names"]}
        said = {key: str(value or key == "disable").lower() for key, value in switches.items()}
    return f"# > mlflow.{row['function']} flavor={row['flavor']} {' '.join(f'{key}={value}' for key, value in said.items())}".rstrip()


@pytest.fixture(scope="module")
def rows_of_releases() -> dict[str, list[dict[str, Any]]]:
    return {}


@pytest.mark.slow
@pytest.mark.parametrize("release", RELEASES)
def test_every_flavor_of_a_release_is_recorded_whether_its_library_is_there_or_not(
    tmp_path: Path, release: str, rows_of_releases: dict[str, list[dict[str, Any]]]
) -> None:
    rows = rows_of_releases[release] = patched(release, tmp_path)
    assert len({row["flavor"] for row in rows}) > 30


@pytest.mark.slow
def test_no_flavor_of_the_catalogue_is_without_a_test(tmp_path: Path, rows_of_releases: dict[str, list[dict[str, Any]]]) -> None:
    for release in [release for release in RELEASES if release not in rows_of_releases]:  # when this test is run alone
        place = tmp_path / release
        place.mkdir()
        rows_of_releases[release] = patched(release, place)
    met = {(row["flavor"], row["function"]) for rows in rows_of_releases.values() for row in rows}
    named = {
        (fixed["mlflow.usage.flavor"], path) for module in TARGETS for path, _, fixed in rows(module) if "mlflow.usage.flavor" in fixed
    }
    assert named - met == set()
    (ROOT / "docs" / "flavors.md").write_text(
        page(named, {release: rows_of_releases[release] for release in RELEASES}, versions()), encoding="utf-8"
    )


def versions() -> dict[str, str]:
    """Return the versions of the installed libraries."""
    found: dict[str, str] = {}
    for requirements, _ in SETS.values():
        python = environment("mlflow", *requirements)
        shown = subprocess.run([str(python), "-c", VERSIONS], env=surroundings(ROOT, "none"), capture_output=True, text=True, check=True)
        found = {**json.loads(shown.stdout), **found}
    assert not [name for name in REAL.values() if name not in found]
    return found
