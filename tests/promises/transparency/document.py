"""The table of findings in `docs/transparency.md`, written by the slow run between two marks."""

from __future__ import annotations

from dataclasses import dataclass, field

from support.repository import ROOT

DOCUMENT = ROOT / "docs" / "transparency.md"
BEGIN, END = "<!-- begin: written by `make test-all` -->\n", "<!-- end -->\n"


@dataclass
class Table:
    """Property by release: how many were compared, and how many differed."""

    cells: dict[str, dict[str, tuple[int, int]]] = field(default_factory=dict)
    releases: list[str] = field(default_factory=list)

    def add(self, what: str, release: str, compared: int, different: int) -> None:
        if release not in self.releases:
            self.releases.append(release)
        self.cells.setdefault(what, {})[release] = (compared, different)

    def text(self) -> str:
        releases = sorted(self.releases, key=lambda release: [int(part) for part in release.split(".")])
        lines = [
            f"| Property | {' | '.join(f'MLflow {release}' for release in releases)} |",
            f"|---|{'---:|' * len(releases)}",
        ]
        for what, row in self.cells.items():
            found = [f"{row[release][0]} · {row[release][1]}" if release in row else "" for release in releases]
            lines.append(f"| {what} | {' | '.join(found)} |")
        return "\n".join(lines) + "\n"

    def write(self) -> None:
        before, rest = DOCUMENT.read_text(encoding="utf-8").split(BEGIN)
        _, after = rest.split(END)
        DOCUMENT.write_text(before + BEGIN + self.text() + END + after, encoding="utf-8")
