"""Renders the change log of what is collected: each revision of the catalogue against the one before.

Decides nothing: what a released revision added is read from its frozen file. It must never rewrite the past.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlflow_usage.catalogue.build import history
from mlflow_usage.catalogue.build.entries import Catalogue
from mlflow_usage.catalogue.build.public import HEADER, pending_lines
from mlflow_usage.catalogue.scope import changes


def render(catalogue: Catalogue) -> str:
    """Return the text of `docs/scope-changes.md`."""
    known: dict[int, Mapping[str, Any]] = {**history.released(history.read())}
    known.setdefault(catalogue.revision, {**history.scope(catalogue), "release": None, "date": None})
    parts = [HEADER, "# Changes of scope", "", "What each revision of the catalogue collects beyond the one before, newest first.", ""]
    for revision in sorted(known, reverse=True):
        content = known[revision]
        when = f"release {content['release']}, {content['date']}" if content["release"] else "not released yet"
        parts += [f"## Revision {revision}: {when}", ""]
        parts += [*_first(content), ""] if revision == min(known) else [*_later(known[revision - 1], content), ""]
    parts += ["## Under review", "", *pending_lines(catalogue), ""]
    return "\n".join(parts)


def _first(content: Mapping[str, Any]) -> Iterator[str]:
    yield f"The first: {len(content['events'])} events, named in [what is collected](what-is-collected.md), and these attributes."
    yield ""
    yield "| attribute | what it is | review |"
    yield "|---|---|---|"
    for part in ("resource", "attributes"):
        for name, entry in content[part].items():
            yield f"| `{name}` | {entry['brief']} | {entry['review'].replace(' ', '<br>')} |"


def _later(before: Mapping[str, Any], content: Mapping[str, Any]) -> Iterator[str]:
    found = changes(before, content)
    if not found:
        yield "The same is collected."
        return
    yield "| | element | change | review |"
    yield "|---|---|---|---|"
    for change in found:
        effect = "" if change.effect == "neither" else change.effect
        yield f"| {effect} | `{change.entry}` | {change.text.replace('|', chr(92) + '|')} | {change.review} |"
