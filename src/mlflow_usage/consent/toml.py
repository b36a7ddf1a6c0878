"""Small TOML files: settings and policies.

Decides how their text becomes a table. It must never import a TOML parser for the plain form that this project writes (`key = "value"`
lines and comments): that import costs 2 ms in every process of someone who switched the mode off.
"""

from __future__ import annotations

import re
import sys
from codecs import BOM_UTF8
from typing import Final

# A line of the plain form is TOML, with the same meaning: bare key, basic string without an escape, comment without controls.
_LINE: Final = r'(?:([A-Za-z0-9_-]+)[ \t]*=[ \t]*"([^"\\\x00-\x1f\x7f]*)"[ \t]*)?(?:#[^\x00-\x08\x0a-\x1f\x7f]*)?'


class UnreadError(Exception):
    """A file needs a parser that is not imported, on a thread that may not import."""


def parse(content: bytes, *, importing: bool = True) -> dict[str, object]:
    """Return the table that a TOML document holds. A byte-order mark is allowed.

    Raises:
        UnreadError: it is not of the plain form, the parser is not imported, and `importing` is false.
        ValueError: it is not UTF-8 or not TOML; the message says where.

    """
    text = content.removeprefix(BOM_UTF8).decode().replace("\r\n", "\n")
    plain = _plain(text)
    return _full(text, importing=importing) if plain is None else plain


def dump(table: dict[str, str]) -> bytes:
    """Return the document of a flat table of strings.

    Raises:
        ValueError: a key or value cannot be written in the plain form.

    """
    lines = [f'{key} = "{value}"' for key, value in table.items()]
    if any(re.fullmatch(_LINE, line) is None for line in lines):
        raise ValueError("a value holds a quote, a backslash or a control character")
    return "".join(f"{line}\n" for line in lines).encode()


def _plain(text: str) -> dict[str, object] | None:
    table: dict[str, object] = {}
    for line in text.split("\n"):
        match = re.fullmatch(_LINE, line.strip(" \t"))
        if match is None or match[1] in table:
            return None
        if match[1] is not None:
            table[match[1]] = match[2]
    return table


def _full(text: str, *, importing: bool) -> dict[str, object]:
    import importlib  # noqa: PLC0415  # this and the parser cost 2 ms, and are rarely needed

    name = "tomllib" if sys.version_info >= (3, 11) else "tomli"
    if not importing and name not in sys.modules:
        raise UnreadError
    parser = importlib.import_module(name)
    table: dict[str, object] = parser.loads(text)
    return table
