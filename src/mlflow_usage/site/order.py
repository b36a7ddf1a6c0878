"""The order of versions, and which of them a drawing shows by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from mlflow_usage.site.figures import Cell
from mlflow_usage.site.numbers import percent


def newest(version: str) -> tuple[int, ...]:
    """A key that sorts versions by their numbers; what is none comes first."""
    return tuple(int(part) for part in re.findall(r"\d+", version))


def series(periods: Sequence[tuple[str, str, Sequence[Cell]]], most: int) -> tuple[list[str], list[dict[str, Any]]]:
    """Names and rows of a stacked drawing of `(axis name, text, cells)`: the newest versions, the others summed up as older."""
    versions = sorted({cell.value for _, _, cells in periods for cell in cells}, key=newest, reverse=True)
    named = versions if len(versions) <= most else versions[: most - 1]
    older = f"older than {named[-1]}" if len(versions) > len(named) else None
    names = [*named, older] if older else named
    rows = []
    for at, text, cells in periods:
        whole = sum(cell.installations for cell in cells)
        for order, name in enumerate(names):
            mine = sum(c.installations for c in cells if c.value == name or (name == older and c.value not in named))
            if mine:
                say = f"{text}: {name} {percent(mine / whole)}, {mine:,} installations"
                rows.append({"at": at, "name": name, "order": -order, "installations": mine, "say": say})
    return names, rows
