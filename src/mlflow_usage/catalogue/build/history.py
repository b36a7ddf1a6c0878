"""The catalogue's history: the scope of each revision, in `catalogue/history/<revision>.json`.

Decides when a revision is final. Until a release freezes it, its file follows the model; after that the guard compares the model with
the file. It must never write a file that a release has frozen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, Final

from mlflow_usage.catalogue.build.entries import Catalogue
from mlflow_usage.catalogue.build.model import CatalogueError
from mlflow_usage.catalogue.build.public import published

FOLDER: Final = "src/mlflow_usage/catalogue/history"
HISTORY: Final = Path(__file__).parents[1] / "history"
FIELDS: Final = frozenset({"revision", "release", "date", "resource", "attributes", "events"})
ENTRY_FIELDS: Final = ("brief", "type", "required", "members", "fallback", "min", "max", "pattern", "attributes", "review", "deprecated")
ANSWERS: Final = ("personal", "identifier", "sensitive")


def path(revision: int) -> str:
    """Return the path of a revision's file from the project's root."""
    return f"{FOLDER}/{revision}.json"


def read(directory: Path = HISTORY) -> dict[int, dict[str, Any]]:
    """Read every revision that has a file, oldest first.

    Raises:
        CatalogueError: a file is not one that this module writes.
    """
    found: dict[int, dict[str, Any]] = {}
    for file in directory.glob("*.json"):
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise CatalogueError(f"{FOLDER}/{file.name}: cannot be read: {error}") from error
        if not isinstance(content, dict) or str(content.get("revision")) != file.stem or set(content) != FIELDS:
            raise CatalogueError(f"{FOLDER}/{file.name}: not the scope of a revision of this name")
        found[content["revision"]] = content
    return dict(sorted(found.items()))


def released(history: Mapping[int, Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    """Return the revisions that a release has frozen."""
    return {revision: content for revision, content in history.items() if content["release"]}


def scope(catalogue: Catalogue) -> dict[str, Any]:
    """Return what the catalogue collects, in the form of the history; nothing under review is in it."""
    content = published(catalogue)
    return {
        part: {
            name: {key: entry[key] for key in (*ENTRY_FIELDS, *ANSWERS) if entry.get(key) is not None}
            for name, entry in content[part].items()
        }
        for part in ("resource", "attributes", "events")
    }


def render(catalogue: Catalogue, release: str | None = None, day: date | None = None) -> str:
    """Return the text of the revision's file: an entry a line, so that a change of scope changes few lines."""
    head = {"revision": catalogue.revision, "release": release, "date": day.isoformat() if day else None}
    lines = [f' "{key}": {json.dumps(value)}' for key, value in head.items()]
    for part, entries in scope(catalogue).items():
        rows = [f"  {json.dumps(name)}: {json.dumps(entry, ensure_ascii=False)}" for name, entry in entries.items()]
        lines.append(f' "{part}": {{\n' + ",\n".join(rows) + "\n }")
    return "{\n" + ",\n".join(lines) + "\n}\n"
