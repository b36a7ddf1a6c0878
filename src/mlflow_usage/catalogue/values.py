"""The values that an attribute may have, in words.

Decides how an entry of `catalogue.json` reads, so that `docs/`, the site and `mlflow-usage explain` say the same. It must never say more
or less than the entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def in_words(attribute: Mapping[str, Any], quote: str = "`", *, listed: bool = True) -> str:
    """Return what the attribute may be, each literal between `quote`s.

    Not `listed`: say how many members there are, for a reader who sees them and the fallback elsewhere.
    """
    kind, members = attribute["type"], attribute.get("members") or ()
    if kind == "boolean":
        return f"{quote}true{quote} or {quote}false{quote}"
    if kind == "int":
        return f"a number from {attribute['min']:,} to {attribute['max']:,}"
    if kind == "string":
        return f"text that matches {quote}{attribute['pattern']}{quote}"
    choice = "any of" if kind == "enum[]" else "one of" if len(members) > 1 else "always"
    if not listed:
        return choice if choice == "always" else f"{choice} {len(members)} values"
    fallback = attribute.get("fallback")
    other = f"; anything else is {quote}{fallback}{quote}" if fallback else ""
    return f"{choice} {', '.join(f'{quote}{member}{quote}' for member in members)}{other}"
