"""The width of what is printed: folded to the terminal, or whole where there is none.

Decides nothing else. It must never break a path, an id or a URL, which people copy.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import Final

NARROWEST: Final = 40  # columns
WIDEST: Final = 110


def watched() -> bool:
    """Return whether a person sees what is printed."""
    return sys.stdout.isatty()


def folded(text: str, indent: int) -> list[str]:
    """Return the lines of a text right of a margin of `indent` columns; the whole text where nobody watches."""
    if not watched():
        return [text]
    width = min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
    return textwrap.wrap(text, width - indent, break_on_hyphens=False, break_long_words=False) or [""]
