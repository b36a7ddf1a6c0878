"""One realistic program for each family of the public API: all of its calls are recorded as they were made, and nothing else is."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from environments import released
from golden.annotated import PROGRAMS, RELEASES, check

FAMILIES = sorted(path.stem for path in PROGRAMS.glob("*.py"))


@pytest.mark.parametrize("family", FAMILIES)
def test_a_program_s_records_are_its_calls_and_nothing_else(tmp_path: Path, family: str) -> None:
    check(sys.executable, family, "newest", tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("release", [release for release in RELEASES if release != "newest"])
@pytest.mark.parametrize("family", FAMILIES)
def test_the_same_on_other_releases(tmp_path: Path, family: str, release: str) -> None:
    check(released(release), family, release, tmp_path)
