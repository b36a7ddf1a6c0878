"""Generate every artefact of the catalogue, or say which one is stale.

`python -m mlflow_usage.catalogue.build` writes them; `--check` compares them and lints, and exits 1 with one line a finding; `--release`
freezes the revision's scope under the version that is being released: from then on the guard holds the model to it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Final

from mlflow_usage.catalogue.build import guard, history
from mlflow_usage.catalogue.build.entries import Catalogue
from mlflow_usage.catalogue.build.lint import lint
from mlflow_usage.catalogue.build.model import CatalogueError, load
from mlflow_usage.version import VERSION

ROOT: Final = Path(__file__).parents[4]
PACKAGE: Final = "src/mlflow_usage"

# The artefact's path and the renderer of its text: adding a layer is one row.
ARTEFACTS: Final = {
    f"{PACKAGE}/catalogue/tables.py": "runtime_tables:render_tables",
    f"{PACKAGE}/instrumentation/targets.py": "runtime_tables:render_targets",
    f"{PACKAGE}/catalogue/catalogue.json": "public:render_json",
    f"{PACKAGE}/warehouse/schema.py": "warehouse_schema:render",
    "collector-config/filter.yaml": "collector_filter:render",
    "docs/what-is-collected.md": "public:render_page",
    "docs/review-form.md": "review_form:render",
    "docs/scope-changes.md": "scope_changes:render",
}


def renderer(name: str) -> Callable[[Catalogue], str]:
    """The function that `module:function` names, below this package."""
    module, _, function = name.partition(":")
    found: Callable[[Catalogue], str] = getattr(importlib.import_module(f"mlflow_usage.catalogue.build.{module}"), function)
    return found


def artefacts(catalogue: Catalogue) -> dict[str, str]:
    """The artefacts with the revision's own file in the history, unless a release has frozen it."""
    own = {} if catalogue.revision in history.released(history.read()) else {history.path(catalogue.revision): "history:render"}
    return ARTEFACTS | own


def stale(catalogue: Catalogue, root: Path = ROOT) -> list[str]:
    """Paths of the artefacts whose text is not what the catalogue says."""
    found = []
    for path, name in artefacts(catalogue).items():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != renderer(name)(catalogue):
            found.append(path)
    return found


def write(catalogue: Catalogue, root: Path = ROOT) -> list[str]:
    """Write the artefacts that are stale and return their paths."""
    changed = stale(catalogue, root)
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(renderer(artefacts(catalogue)[path])(catalogue), encoding="utf-8")
    return changed


def release(catalogue: Catalogue, today: date, root: Path = ROOT) -> int:
    """Freeze the scope of the catalogue's revision; returns the exit code."""
    path = history.path(catalogue.revision)
    if catalogue.revision in history.released(history.read(root / history.FOLDER)):
        print(f"{path} is frozen already: this release collects what the one before did")
        return 0
    (root / path).write_text(history.render(catalogue, VERSION, today), encoding="utf-8")
    print(f"froze {path} as release {VERSION}; run `make docs`")
    return 0


def main(arguments: list[str] | None = None, today: date | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m mlflow_usage.catalogue.build", description=__doc__)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything is stale or breaks a rule")
    what.add_argument("--release", action="store_true", help="freeze the revision's scope under this release's version")
    options = parser.parse_args(arguments)
    day = today or datetime.now(timezone.utc).date()
    try:
        catalogue = load()
        findings = lint(catalogue, day) + guard.guard(catalogue, history.read(), day)
    except CatalogueError as error:
        print(f"catalogue: {error}", file=sys.stderr)
        return 1
    for finding in findings:
        print(f"{finding.rule}: {finding.entry}: {finding.advice}", file=sys.stderr)
    if findings:
        return 1
    if options.release:
        return release(catalogue, day)
    if options.check:
        outdated = stale(catalogue)
        for path in outdated:
            print(f"STALE: {path}: run `make docs`", file=sys.stderr)
        return 1 if outdated else 0
    for path in write(catalogue):
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
