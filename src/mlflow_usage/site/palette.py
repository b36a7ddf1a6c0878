"""The colours of drawings and pages, in a light and a dark scheme.

Altair draws with marker colours, which occur nowhere else. `unmark` turns them into CSS variables, so one drawing serves light, dark and
print.
"""

from __future__ import annotations

from typing import Final

# variable -> light, dark
SCHEME: Final[dict[str, tuple[str, str]]] = {
    "page": ("#fbfcfd", "#0d1117"),
    "surface": ("#ffffff", "#151b23"),
    "sunken": ("#f3f5f8", "#1c232d"),
    "line": ("#dfe4ea", "#2b343f"),
    "ink": ("#18212b", "#e8edf3"),
    "muted": ("#55616e", "#9aa7b5"),
    "link": ("#0b5fad", "#6cb3ff"),
    "warn": ("#7a4300", "#ffd8a0"),
    "warn-surface": ("#fff3df", "#3a2a12"),
    "warn-line": ("#f0cd94", "#6b4d1f"),
    "grid": ("#e6eaef", "#262f3a"),
    "bar": ("#1f76c2", "#4a9fe8"),
    "rest": ("#a3adb8", "#5d6977"),
    "s1": ("#0d3b66", "#8ecaff"),
    "s2": ("#1f6fb2", "#3d86cf"),
    "s3": ("#3fa0a8", "#3f9aa3"),
    "s4": ("#8cc084", "#5c9a66"),
    "s5": ("#e3c567", "#b39545"),
    "s6": ("#c9d1d9", "#566270"),
}
MARKERS: Final[dict[str, str]] = {name: f"#0{index:02x}f{index:02x}" for index, name in enumerate(SCHEME, start=1)}
SERIES: Final = ("s1", "s2", "s3", "s4", "s5", "s6")


def variables() -> str:
    """Return the CSS rules that define both schemes; print is always light."""
    light = "".join(f"--{name}:{value};" for name, (value, _) in SCHEME.items())
    dark = "".join(f"--{name}:{value};" for name, (_, value) in SCHEME.items())
    return f":root{{{light}}}@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}"


def unmark(drawing: str) -> str:
    """Return the drawing with a variable for each marker colour."""
    for name, marker in MARKERS.items():
        drawing = drawing.replace(f'"{marker}"', f'"var(--{name})"')
    return drawing
