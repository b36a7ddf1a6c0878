"""How one rule of the catalogue reads in OTTL, the language of the Collector's processors.

Must never yield an expression that can fail on a well-formed request: errors propagate, so a failure would be answered with a 5xx.
Hence a value's type is asked before anything else is, and a list, which may hold what JSON cannot (NaN), is only matched after
`stringify_all`, the one conversion that never fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from mlflow_usage.catalogue.build.model import Attribute

TYPES: Final = {"boolean": "IsBool", "int": "IsInt", "enum[]": "IsList"}  # the rest: IsString


def scalar(text: str) -> str:
    """A YAML scalar that the Collector's own `${…}` expansion leaves alone."""
    if "${" in text or "$$" in text:
        raise ValueError(f"{text!r} would be expanded by the Collector")
    return "'" + text.replace("'", "''") + "'"


def quote(text: str) -> str:
    return json.dumps(text)


def keys(ids: Iterable[str]) -> str:
    return "[" + ", ".join(quote(key) for key in ids) + "]"


def matches(path: str, pattern: str) -> str:
    return f"IsMatch({path}, {quote(f'^(?:{pattern})$')})"


def any_of(names: Iterable[str]) -> str:
    """A pattern of these names; the namespace that they share is written once."""
    parts = sorted(name.rpartition(".") for name in names)
    found = []
    for (space, dot), group in groupby(parts, key=lambda part: part[:2]):
        tails = [re.escape(tail) for _, _, tail in group]
        either = "|".join(tails)
        found.append(re.escape(space + dot) + (f"(?:{either})" if space and len(tails) > 1 else either))
    return "|".join(found)


def path(context: str, attribute: Attribute) -> str:
    return f"{context}.attributes[{quote(attribute.id)}]"


def remove(context: str, attribute: Attribute) -> str:
    return f"delete_key({context}.attributes, {quote(attribute.id)})"


def typed(context: str, attribute: Attribute) -> str:
    return f"{TYPES.get(attribute.kind, 'IsString')}({path(context, attribute)})"


def invalid(context: str, attribute: Attribute) -> str:
    """The condition under which the attribute is absent or not what the catalogue says."""
    path, typed = path(context, attribute), typed(context, attribute)
    if attribute.kind == "int":
        return f"not ({typed} and {path} >= {attribute.minimum} and {path} <= {attribute.maximum})"
    if attribute.kind == "enum":
        return f"not ({typed} and {matches(path, any_of(attribute.members))})"
    if attribute.kind == "string":
        return f"not ({typed} and {matches(path, attribute.pattern or '')})"
    return f"not {typed}"


def rebuild(context: str, ids: Iterable[str]) -> list[str]:
    """A repeated key would hide its second value from every check: keep the last of each. Cut first, so that this stays linear."""
    attributes, cache = f"{context}.attributes", f"{context}.cache"
    return [
        f"keep_keys({attributes}, {keys(ids)})",
        f'merge_maps({cache}, {attributes}, "upsert")',
        f"set({attributes}, {cache})",
    ]


def rule(context: str, attribute: Attribute, *, required: bool) -> Iterator[str]:
    """Statements after which the value is valid or absent, or is left for the filter to refuse."""
    path, remove, typed = path(context, attribute), remove(context, attribute), typed(context, attribute)
    if attribute.kind == "enum" and attribute.fallback is not None:
        known = matches(path, any_of(attribute.members))
        yield f"set({path}, {quote(attribute.fallback)}) where {typed} and not {known}"
    if required:
        return
    if attribute.kind == "enum":
        yield f"{remove} where not {typed}"
        return
    yield f"{remove} where {invalid(context, attribute)}"
    if attribute.kind == "enum[]":  # longer than there are members: no set of them
        yield f"{remove} where {typed} and Len({path}) > {len(attribute.members)}"


def list_rule(context: str, attribute: Attribute) -> Iterator[str]:
    """Statements, for a list only, that build it anew from the members found in it: sorted, each once."""
    path = path(context, attribute)
    text, found = f'{context}.cache["text"]', f'{context}.cache["found"]'
    member = f'"(?:{any_of(attribute.members)})"'
    unknown = "not " + matches(text, rf"\[(?:{member}(?:,{member})*)?\]")
    yield f"set({text}, {path})"
    yield f"stringify_all({context}.cache)"
    for value in sorted(attribute.members):
        fallback = f" or {unknown}" if value == attribute.fallback else ""
        yield f"append({found}, {quote(value)}) where ContainsValue({path}, {quote(value)}){fallback}"
    yield remove(context, attribute)
    yield f"set({path}, {found}) where {found} != nil"
    if attribute.fallback is None:  # no list any more, so the filter refuses it
        yield f"set({path}, false) where {unknown}"


def closed(attribute: Attribute) -> bool:
    """Whether an unknown member refuses the record."""
    return attribute.kind in ("enum", "enum[]") and attribute.fallback is None


