"""Small TOML files: settings and policies.

Decides how their text becomes a table. It must never import a TOML parser for the plain form that this project writes itself
(`key = "value"` lines and comments): that import costs 2 ms in every process of someone who switched the mode off.
"""

from __future__ import annotations

import re
import sys
from codecs import BOM_UTF8

# A line of the plain form is TOML, with the same meaning: bare key, basic string without an escape, comment without controls.
_LINE = re.compile(r'(?:([A-Za-z0-9_-]+)[ \t]*=[ \t]*"([^"\\\x00-\x1f\x7f]*)"[ \t]*)?(?:#[^\x00-\x08\x0a-\x1f\x7f]*)?')


def parse(content: bytes) -> dict[str, object]:
    """Return the table that a TOML document holds. A byte-order mark is allowed.

    Raises:
        ValueError: it is not UTF-8 or not TOML; the message says where.

    """
    text = content.removeprefix(BOM_UTF8).decode().replace("\r\n", "\n")
    plain = _plain(text)
    return _full(text) if plain is None else plain


def dump(table: dict[str, str]) -> bytes:
    """Return the document of a flat table of strings.

    Raises:
        ValueError: a key or value cannot be written in the plain form.

    """
    lines = [f'{key} = "{value}"' for key, value in table.items()]
    if any(_LINE.fullmatch(line) is None for line in lines):
        raise ValueError("a value holds a quote, a backslash or a control character")
    return "".join(f"{line}\n" for line in lines).encode()


def _plain(text: str) -> dict[str, object] | None:
    table: dict[str, object] = {}
    for line in text.split("\n"):
        match = _LINE.fullmatch(line.strip(" \t"))
        if match is None or match[1] in table:
            return None
        if match[1] is not None:
            table[match[1]] = match[2]
    return table


def _full(text: str) -> dict[str, object]:
    import importlib  # noqa: PLC0415  # this and the parser cost 2 ms, and are rarely needed

    parser = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    table: dict[str, object] = parser.loads(text)
    return table
