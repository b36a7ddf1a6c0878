"""A build as a whole: what it depends on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mlflow_usage.site.build import Report
from support.site_builds import build


def test_the_same_table_gives_the_same_bytes(table: str, public: Report, out: Path) -> None:
    def digests(place: Path) -> dict[str, str]:
        return {str(p.relative_to(place)): hashlib.sha256(p.read_bytes()).hexdigest() for p in place.rglob("*") if p.is_file()}

    first = digests(build(table, out).out)
    assert first == digests(public.out)
    assert first == digests(build(table, out).out)
    assert set(first) == {*public.files, "site.json"}
