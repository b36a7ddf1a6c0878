"""Generate every artefact of the catalogue, or say which one is stale.

`python -m mlflow_usage.catalogue.build` writes them; `--check` compares them and lints, and exits 1 with one line a finding.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from datetime import date, datetime, timezone
from pathlib import Path
from typing import Final

from mlflow_usage.catalogue.build.entries import Catalogue
from mlflow_usage.catalogue.build.lint import lint
from mlflow_usage.catalogue.build.model import CatalogueError, load

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
}


def renderer(name: str) -> Callable[[Catalogue], str]:
    """The function that `module:function` names, below this package."""
    module, _, function = name.partition(":")
    found: Callable[[Catalogue], str] = getattr(importlib.import_module(f"mlflow_usage.catalogue.build.{module}"), function)
    return found


def stale(catalogue: Catalogue, root: Path = ROOT) -> list[str]:
    """Paths of the artefacts whose text is not what the catalogue says."""
    found = []
    for path, name in ARTEFACTS.items():
        target = root / path
        if not target.exists() or target.read_text(encoding="utf-8") != renderer(name)(catalogue):
            found.append(path)
    return found


def write(catalogue: Catalogue, root: Path = ROOT) -> list[str]:
    """Write the artefacts that are stale and return their paths."""
    changed = stale(catalogue, root)
    for path in changed:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(renderer(ARTEFACTS[path])(catalogue), encoding="utf-8")
    return changed


def main(arguments: list[str] | None = None, today: date | None = None) -> int:
    """Run the command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="python -m mlflow_usage.catalogue.build", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 if anything is stale or breaks a rule")
    options = parser.parse_args(arguments)
    try:
        catalogue = load()
    except CatalogueError as error:
        print(f"catalogue: {error}", file=sys.stderr)
        return 1
    findings = lint(catalogue, today or datetime.now(timezone.utc).date())
    for finding in findings:
        print(f"{finding.rule}: {finding.entry}: {finding.advice}", file=sys.stderr)
    if findings:
        return 1
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
