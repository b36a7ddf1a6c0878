"""The tally of a load: how many records were read, and what became of them.

Decides nothing: it adds up. It must never hold a value of a record, only numbers and the catalogue's reasons.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final, TypeAlias

UNKNOWN: Final = 0  # the revision of a record that names none

Cause: TypeAlias = tuple[int, str]


@dataclass
class Tally:
    """Counts of records: `read` is always `new + duplicate` and everything in `refused`.

    `refused` and `changed` (values removed or replaced by their fallback in records that stayed) are by (revision, reason); `undated`
    counts new rows without the client's time; `skipped` counts broken pieces of the archive.
    """

    read: int = 0
    new: int = 0
    duplicate: int = 0
    undated: int = 0
    skipped: int = 0
    documents: int = 0
    refused: Counter[Cause] = field(default_factory=Counter)
    changed: Counter[Cause] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add the other's counts."""
        self.read += other.read
        self.new += other.new
        self.duplicate += other.duplicate
        self.undated += other.undated
        self.skipped += other.skipped
        self.documents += other.documents
        self.refused.update(other.refused)
        self.changed.update(other.changed)

    def refuse(self, revision: int, reason: str) -> None:
        """Count one record that was read and does not enter the table."""
        self.read += 1
        self.refused[revision, reason] += 1

    def as_dict(self) -> dict[str, object]:
        """Return the counts for JSON."""
        return {
            "read": self.read,
            "new": self.new,
            "duplicate": self.duplicate,
            "refused": causes(self.refused),
            "changed": causes(self.changed),
            "undated": self.undated,
            "skipped": self.skipped,
            "documents": self.documents,
        }


def causes(counted: Counter[Cause]) -> list[dict[str, object]]:
    """Return counts by (revision, reason) for JSON, the most frequent first; the revision is null where the record names none."""
    ranked = sorted(counted.items(), key=lambda item: (-item[1], item[0]))
    return [{"revision": revision or None, "reason": reason, "count": count} for (revision, reason), count in ranked]
