"""A release freezes the scope of its revision."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from catalogue.editing import (
    TRACKING,
    Edit,
    edited,
    raised,
)
from mlflow_usage.catalogue.build import __main__ as build
from mlflow_usage.catalogue.build import history, scope_changes
from mlflow_usage.catalogue.build.entries import Catalogue
from mlflow_usage.catalogue.build.model import CatalogueError

TODAY = date(2026, 12, 1)


NEW_EVENT = "mlflow.acme"


def event(revision: int = 2, review: str | None = None, **more: object) -> Edit:
    governance: dict[str, Any] = {"revision": revision, "targets": ["mlflow.acme:acme"], **more} | ({"review": review} if review else {})
    entry = {"id": f"event.{NEW_EVENT}", "name": NEW_EVENT, "extends": "family.tracking", "brief": "Acme was called."}
    return TRACKING, lambda c: c["groups"].append(entry | {"annotations": {"usage": governance}})


def written(catalogue: Catalogue, root: Path) -> list[str]:
    """The paths of the artefacts that were stale and are written."""
    stale = build.outdated(catalogue, root)
    build.write(stale, root)
    return list(stale)


def test_a_release_freezes_the_revision(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = edited()
    assert history.path(1) in written(catalogue, tmp_path)
    file = tmp_path / history.path(1)
    assert json.loads(file.read_text())["release"] is None
    assert build.release(catalogue, TODAY, tmp_path) == 0
    kept = file.read_text()
    assert (json.loads(kept)["release"], json.loads(kept)["date"]) == (build.VERSION, "2026-12-01")
    monkeypatch.setattr(history, "HISTORY", file.parent)
    monkeypatch.setattr(history.read, "__defaults__", (file.parent,))
    assert history.path(1) not in build.artefacts(catalogue)
    assert build.release(catalogue, date(2027, 1, 1), tmp_path) == 0
    assert "frozen already" in capsys.readouterr().out
    later = edited(raised(2), event())
    assert history.path(2) in written(later, tmp_path)
    assert file.read_text() == kept
    told = scope_changes.render(later)
    assert f"## Revision 1: release {build.VERSION}, 2026-12-01" in told
    assert told.index("## Revision 2: not released yet") < told.index("| wider | `mlflow.acme` | new event: Acme was called. |")
    assert told.index("`mlflow.acme`") < told.index("## Revision 1")


@pytest.mark.parametrize("content", ["{", "[]", '{"revision": 2}', '{"revision": 1}'])
def test_a_history_that_cannot_be_read_is_told(tmp_path: Path, content: str) -> None:
    (tmp_path / "1.json").write_text(content)
    with pytest.raises(CatalogueError, match=r"history/1\.json"):
        history.read(tmp_path)
