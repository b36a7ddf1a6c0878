"""Generate every artefact of the catalogue, or name the stale ones.

`python -m mlflow_usage.catalogue.build` writes them, all or none; `--check` compares them and lints, and exits 1 with one line a finding;
`--release` freezes the revision's scope under the version that is being released: from then on the guard holds the model to it.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable, Mapping
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
    """Return the function that `module:function` names, below this package."""
    module, _, function = name.partition(":")
    found: Callable[[Catalogue], str] = getattr(importlib.import_module(f"mlflow_usage.catalogue.build.{module}"), function)
    return found


def artefacts(catalogue: Catalogue) -> dict[str, str]:
    """Return the artefacts and their renderers, the revision's file in the history among them unless a release has frozen it."""
    own = {} if catalogue.revision in history.released(history.read()) else {history.path(catalogue.revision): "history:render"}
    return ARTEFACTS | own


def outdated(catalogue: Catalogue, root: Path = ROOT) -> dict[str, str]:
    """Return, by path, the text that each stale artefact should have."""
    texts = {path: renderer(name)(catalogue) for path, name in artefacts(catalogue).items()}
    return {path: text for path, text in texts.items() if not _holds(root / path, text)}


def _holds(path: Path, text: str) -> bool:
    return path.exists() and path.read_text(encoding="utf-8") == text


def write(texts: Mapping[str, str], root: Path = ROOT) -> None:
    """Write each text to its path, all together: an interrupt while they are rendered or written changes none."""
    with tempfile.TemporaryDirectory(prefix=".catalogue-", dir=root) as place:
        written = {}
        for number, (path, text) in enumerate(texts.items()):
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            written[path] = Path(place, str(number))
            written[path].write_text(text, encoding="utf-8")
        for path, file in written.items():
            file.replace(root / path)


def release(catalogue: Catalogue, today: date, root: Path = ROOT) -> int:
    """Freeze the scope of the catalogue's revision and return the exit code."""
    path = history.path(catalogue.revision)
    if catalogue.revision in history.released(history.read(root / history.FOLDER)):
        print(f"{path} is frozen already: this release collects what the one before did")
        return 0
    write({path: history.render(catalogue, VERSION, today)}, root)
    print(f"froze {path} as release {VERSION}; run `make docs`")
    return 0


def main(arguments: list[str] | None = None, today: date | None = None) -> int:
    """Run the command and return its exit code."""
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
    stale = outdated(catalogue)
    if options.check:
        for path in stale:
            print(f"STALE: {path}: run `make docs`", file=sys.stderr)
        return 1 if stale else 0
    write(stale)
    for path in stale:
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
