"""One realistic program for each family of the public API: its calls are recorded as they were made, and nothing else is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from promises.golden.annotated import PROGRAMS, RELEASES, check
from support.environments import released

FAMILIES = sorted(path.stem for path in PROGRAMS.glob("*.py"))
FIRST = {"genai": "3.9"}  # earlier releases have no `mlflow.genai` (2.22), or one that needs Databricks (3.0)
LONG = {"autolog", "client", "registry", "serving"}  # they would make `make test` a minute longer
# The tracing of 2.22 and 3.0 fails with the newest OpenTelemetry.
SDK = dict.fromkeys(("2.22", "3.0"), ("opentelemetry-sdk==1.39.1", "opentelemetry-exporter-otlp-proto-http==1.39.1"))


@pytest.mark.parametrize("family", [pytest.param(family, marks=[pytest.mark.slow] if family in LONG else []) for family in FAMILIES])
def test_a_program_s_records_are_its_calls_and_nothing_else(tmp_path: Path, family: str) -> None:
    check(sys.executable, PROGRAMS / f"{family}.py", "newest", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("release", "family"),
    [
        (release, family)
        for release in RELEASES
        for family in FAMILIES
        if release != "newest" and RELEASES.index(release) >= RELEASES.index(FIRST.get(family, "2.22"))
    ],
)
def test_the_same_on_other_releases(tmp_path: Path, release: str, family: str) -> None:
    check(released(release, *SDK.get(release, ())), PROGRAMS / f"{family}.py", release, tmp_path)
