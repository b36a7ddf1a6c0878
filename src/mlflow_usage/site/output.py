"""The directory that the site is written to.

Decides whether a directory may be written: it must be empty, or hold a site that was built here. Must never overwrite anybody else's files,
published figures with a demo's, or those of one table with another's.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from mlflow_usage.site.figures import Figures, SiteError, from_json

MARKER: Final = "site.json"
GENERATOR: Final = "mlflow-usage"


@dataclass(frozen=True, slots=True)
class Site:
    """The site in a directory: public or demo, of which table, in which files."""

    public: bool
    table: str
    files: tuple[str, ...]


def inspect(out: Path, *, public: bool, table: str) -> Site | None:
    """Return the site that `out` holds already, if any; this build may replace it.

    Raises:
        SiteError: the directory must not be written.
    """
    if out.exists() and not out.is_dir():
        raise SiteError(f"{out}: a file; name a directory")
    try:
        names = sorted(entry.name for entry in out.iterdir()) if out.exists() else []
    except OSError as error:
        raise SiteError(f"{out}: cannot be read ({error.strerror}); name a directory of your own") from error
    if not names:
        return None
    site = _read(out)
    if site is None:
        raise SiteError(f"{out}: holds files that are not a site of mlflow-usage (such as {names[0]}); name an empty or new directory")
    if site.public and not public:
        raise SiteError(f"{out}: holds public figures, which a demo would overwrite; name another directory")
    if site.public and site.table != table:
        raise SiteError(f"{out}: holds the public figures of another table ({site.table}); name an empty or new directory")
    return site


def _read(out: Path) -> Site | None:
    try:
        content = json.loads((out / MARKER).read_text(encoding="utf-8"))
        if content["generator"] != GENERATOR:
            return None
        files = tuple(str(name) for name in content["files"])
        return Site(content["mode"] == "public", str(content["table"]), files)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def published(out: Path, site: Site | None, chart: str) -> Figures | None:
    """Return what the public site in `out` has published of a chart, if anything.

    Raises:
        SiteError: the chart's data file cannot be read.
    """
    place = out / "data" / f"{chart}.json"
    if site is None or not site.public or not place.exists():
        return None
    try:
        return from_json(place.read_bytes(), str(place))
    except OSError as error:
        raise SiteError(f"{place}: cannot be read ({error.strerror})") from error


def write(out: Path, site: Site, content: Mapping[str, str], before: Site | None) -> None:
    """Put the files in place one by one, each whole; then remove those that only the site before had.

    Raises:
        SiteError: a file cannot be written.
    """
    marker: dict[str, Any] = {"generator": GENERATOR, "mode": "public" if site.public else "demo", "table": site.table}
    try:
        out.mkdir(parents=True, exist_ok=True)
        # The marker comes first and names the old files too, so that an interrupted build can be repeated.
        both = sorted({*site.files, *(before.files if before else ())})
        _put(out / MARKER, json.dumps({**marker, "files": both}, indent=1) + "\n")
        for name, text in content.items():
            _put(out / name, text)
        for name in set(before.files if before else ()) - set(site.files):
            _remove(out, name)
        _put(out / MARKER, json.dumps({**marker, "files": sorted(site.files)}, indent=1) + "\n")
    except OSError as error:
        raise SiteError(f"{error.filename or out}: cannot be written ({error.strerror}); name a directory of your own") from error


def _put(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    scratch = place.with_name(f".{place.name}.new")
    scratch.write_text(text, encoding="utf-8", newline="\n")
    scratch.replace(place)


def _remove(out: Path, name: str) -> None:
    parts = PurePosixPath(name).parts
    if ".." not in parts and not name.startswith("/"):
        (out / name).unlink(missing_ok=True)
