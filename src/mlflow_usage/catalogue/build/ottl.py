"""How one rule of the catalogue reads in OTTL, the language of the Collector's processors.

Must never yield an expression that can fail on a well-formed request: errors propagate, so a failure would be answered with a 5xx.
Hence a value's type is asked before anything else is, and a list, which may hold what JSON cannot (NaN), is only matched after
`stringify_all`, the one conversion that never fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from mlflow_usage.catalogue.build.entries import Attribute

TYPES: Final = {"boolean": "IsBool", "int": "IsInt", "enum[]": "IsList"}  # the rest: IsString


def quote(text: str) -> str:
    """A string literal."""
    return json.dumps(text)


def keys(ids: Iterable[str]) -> str:
    """A list of string literals."""
    return "[" + ", ".join(quote(key) for key in ids) + "]"


def matches(path: str, pattern: str) -> str:
    """Whether the whole of a string is as the pattern says."""
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


def rebuild(context: str, ids: Iterable[str]) -> list[str]:
    """A repeated key would hide its second value from every check: keep the last of each. Cut first, so that this stays linear."""
    attributes, cache = f"{context}.attributes", f"{context}.cache"
    return [
        f"keep_keys({attributes}, {keys(ids)})",
        f'merge_maps({cache}, {attributes}, "upsert")',
        f"set({attributes}, {cache})",
    ]


@dataclass(frozen=True, slots=True)
class Rule:
    """One attribute of the resource or of a record (`context`), and what the catalogue says of it."""

    context: str
    attribute: Attribute

    @property
    def path(self) -> str:
        """The attribute's value."""
        return f"{self.context}.attributes[{quote(self.attribute.id)}]"

    @property
    def typed(self) -> str:
        """Whether there is a value of the right type."""
        return f"{TYPES.get(self.attribute.kind, 'IsString')}({self.path})"

    @property
    def invalid(self) -> str:
        """Whether there is no value that the catalogue allows."""
        attribute = self.attribute
        if attribute.kind == "int":
            return f"not ({self.typed} and {self.path} >= {attribute.minimum} and {self.path} <= {attribute.maximum})"
        if attribute.kind == "enum":
            return f"not ({self.typed} and {matches(self.path, any_of(attribute.members))})"
        if attribute.kind == "string":
            return f"not ({self.typed} and {matches(self.path, attribute.pattern or '')})"
        return f"not {self.typed}"

    @property
    def refusing(self) -> bool:
        """Whether an unknown member refuses the record."""
        return self.attribute.kind in ("enum", "enum[]") and self.attribute.fallback is None

    @property
    def _remove(self) -> str:
        return f"delete_key({self.context}.attributes, {quote(self.attribute.id)})"

    def statements(self, *, required: bool) -> Iterator[str]:
        """Statements after which the value is valid or absent, or is left for the filter to refuse."""
        attribute = self.attribute
        if attribute.kind == "enum" and attribute.fallback is not None:
            known = matches(self.path, any_of(attribute.members))
            yield f"set({self.path}, {quote(attribute.fallback)}) where {self.typed} and not {known}"
        if not required:
            yield f"{self._remove} where {f'not {self.typed}' if attribute.kind == 'enum' else self.invalid}"
        if attribute.kind == "enum[]":  # longer than there are members: no set of them
            yield f"{self._remove} where {self.typed} and Len({self.path}) > {len(attribute.members)}"

    def members(self) -> Iterator[str]:
        """Statements, for a list only, that build it anew from the members found in it: sorted, each once."""
        attribute, path = self.attribute, self.path
        text, found = f'{self.context}.cache["text"]', f'{self.context}.cache["found"]'
        member = f'"(?:{any_of(attribute.members)})"'
        unknown = "not " + matches(text, rf"\[(?:{member}(?:,{member})*)?\]")
        yield f"set({text}, {path})"
        yield f"stringify_all({self.context}.cache)"
        for value in sorted(attribute.members):
            fallback = f" or {unknown}" if value == attribute.fallback else ""
            yield f"append({found}, {quote(value)}) where ContainsValue({path}, {quote(value)}){fallback}"
        yield self._remove
        yield f"set({path}, {found}) where {found} != nil"
        if attribute.fallback is None:  # no list any more, so the filter refuses it
            yield f"set({path}, false) where {unknown}"
