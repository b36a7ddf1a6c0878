"""The published SQL of each chart: one frame, filled with the chart's part.

`queries/frame.sql` holds what all charts share: periods, the cap and the threshold. A part, `queries/<chart>.sql`, begins with a line that
says what it counts. Its sections follow:

    -- records       a condition: the records to count
    -- columns       the columns to read of them
    -- lists         further common table expressions, such as the members of an array
    -- dimensions    what to count by: a name, a value, and the rows that have it

Columns and dimensions are one a line; an indented line continues the one above. Only `-- records` is required. A part must never select
from anything but `scope`, the records to count, and its own lists.
"""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import indent
from typing import Final

QUERIES: Final = Path(__file__).parent / "queries"
FRAME: Final = QUERIES / "frame.sql"
DIMENSION: Final = "\n  UNION ALL\n  SELECT period, event_day, installation_id, count, "
SECTIONS: Final = ("records", "columns", "lists", "dimensions")
HEAD: Final = re.compile(r"^-- (\w+)$", re.MULTILINE)


def part(chart: str) -> Path:
    """Return the file of the chart's part."""
    return QUERIES / f"{chart}.sql"


def compose(chart: str) -> str:
    """Return the chart's whole query, for DuckDB, Spark and readers alike.

    Raises:
        ValueError: the part has no `-- records`, or a section that is none of the four.
    """
    about, *found = HEAD.split(part(chart).read_text(encoding="utf-8"))
    sections = {name: text.strip("\n") for name, text in zip(found[::2], found[1::2], strict=True)}
    if "records" not in sections or not sections.keys() <= set(SECTIONS):
        raise ValueError(f"{part(chart)}: its sections must be -- records and any of {', '.join(f'-- {name}' for name in SECTIONS[1:])}")
    return FRAME.read_text(encoding="utf-8").format(
        about=about.strip(),
        records=sections["records"],
        columns="".join(f",\n{indent(entry, '    ')}" for entry in _entries(sections.get("columns", ""))),
        lists=f"{lists},\n" if (lists := sections.get("lists")) else "",
        dimensions="".join(DIMENSION + indent(entry, "  ").lstrip() for entry in _entries(sections.get("dimensions", ""))),
    )


def _entries(section: str) -> list[str]:
    return [entry for entry in re.split(r"\n(?=\S)", section) if entry]
