"""The command finds every stale artefact and writes all of them, or none."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlflow_usage.catalogue.build import __main__ as build
from mlflow_usage.catalogue.build.model import Catalogue, CatalogueError, load
from support.repository import ROOT

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def test_the_command_finds_nothing_to_complain_about() -> None:
    command = [sys.executable, "-m", "mlflow_usage.catalogue.build", "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_stale_artefact_is_found_and_written(tmp_path: Path, catalogue: Catalogue) -> None:
    assert build.outdated(catalogue) == {}
    artefacts = list(build.artefacts(catalogue))
    stale = build.outdated(catalogue, tmp_path)
    assert list(stale) == artefacts
    build.write(stale, tmp_path)
    assert build.outdated(catalogue, tmp_path) == {}
    for path in artefacts:
        written = (tmp_path / path).read_text()
        assert written == (ROOT / path).read_text()
        (tmp_path / path).write_text(written + " ")
        assert list(build.outdated(catalogue, tmp_path)) == [path]
        (tmp_path / path).write_text(written)
    raised = replace(catalogue, revision=catalogue.revision + 1)
    assert "docs/what-is-collected.md" in build.outdated(raised, tmp_path)
    assert "src/mlflow_usage/catalogue/tables.py" in build.outdated(raised, tmp_path)


def test_an_interrupt_changes_no_artefact(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, catalogue: Catalogue) -> None:
    build.write(build.outdated(catalogue, tmp_path), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    stale = build.outdated(replace(catalogue, revision=catalogue.revision + 1), tmp_path)
    written, left = Path.write_text, [len(stale) - 1]

    def interrupted(path: Path, text: str, **options: Any) -> int:
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        return written(path, text, **options)

    monkeypatch.setattr(Path, "write_text", interrupted)
    with pytest.raises(KeyboardInterrupt):
        build.write(stale, tmp_path)
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_the_command_says_what_is_stale_and_what_is_broken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(build, "outdated", lambda _: {"docs/what-is-collected.md": ""})
    assert build.main(["--check"], TODAY) == 1
    assert capsys.readouterr().err == "STALE: docs/what-is-collected.md: run `make docs`\n"
    assert build.main(["--check"], date(2999, 1, 1)) == 1
    assert "EXPIRED: mlflow.usage.store: expired in" in capsys.readouterr().err

    def unreadable() -> Catalogue:
        raise CatalogueError("attributes.yaml: no")

    monkeypatch.setattr(build, "load", unreadable)
    assert build.main([], TODAY) == 1
    assert capsys.readouterr().err == "catalogue: attributes.yaml: no\n"
