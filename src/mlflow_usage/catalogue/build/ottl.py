"""One attribute of the catalogue in OTTL, the language of the Collector's processors.

It must never yield an expression that can fail on a well-formed request: errors propagate, so the Collector would answer with a 5xx.
Therefore each expression tests a value's type first. A list may hold what JSON cannot (NaN), so it is matched only after `stringify_all`,
the one conversion that never fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from mlflow_usage.catalogue.build.entries import Attribute

TYPE_TESTS: Final = {"boolean": "IsBool", "int": "IsInt", "enum[]": "IsList"}  # the rest: IsString


def quote(text: str) -> str:
    """Return a string literal."""
    return json.dumps(text)


def keys(ids: Iterable[str]) -> str:
    """Return a list of string literals."""
    return "[" + ", ".join(quote(key) for key in ids) + "]"


def matches(path: str, pattern: str) -> str:
    """Return the condition that the whole of a string matches the pattern."""
    return f"IsMatch({path}, {quote(f'^(?:{pattern})$')})"


def any_of(names: Iterable[str]) -> str:
    """Return a pattern of these names that writes a shared namespace once."""
    parts = sorted(name.rpartition(".") for name in names)
    found = []
    for (space, dot), group in groupby(parts, key=lambda part: part[:2]):
        tails = [re.escape(tail) for _, _, tail in group]
        either = "|".join(tails)
        found.append(re.escape(space + dot) + (f"(?:{either})" if space and len(tails) > 1 else either))
    return "|".join(found)


def rebuild(context: str, ids: Iterable[str]) -> list[str]:
    """Return the statements that keep the last of repeated keys: a second value would escape every check.

    Cutting first keeps this linear.
    """
    attributes, cache = f"{context}.attributes", f"{context}.cache"
    return [
        f"keep_keys({attributes}, {keys(ids)})",
        f'merge_maps({cache}, {attributes}, "upsert")',
        f"set({attributes}, {cache})",
    ]


@dataclass(frozen=True, slots=True)
class AttributePath:
    """One attribute in its `context`, the resource or a record."""

    context: str
    attribute: Attribute

    @property
    def path(self) -> str:
        """Return the path of the attribute's value."""
        return f"{self.context}.attributes[{quote(self.attribute.id)}]"

    @property
    def typed(self) -> str:
        """Return the condition that there is a value of the right type."""
        return f"{TYPE_TESTS.get(self.attribute.kind, 'IsString')}({self.path})"

    @property
    def invalid(self) -> str:
        """Return the condition that there is no value that the catalogue allows."""
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
        """Return whether an unknown member refuses the record."""
        return self.attribute.kind in ("enum", "enum[]") and self.attribute.fallback is None

    @property
    def _remove(self) -> str:
        return f"delete_key({self.context}.attributes, {quote(self.attribute.id)})"

    def statements(self, *, required: bool) -> Iterator[str]:
        """Yield statements after which the value is valid, absent, or left for the filter to refuse."""
        attribute = self.attribute
        if attribute.kind == "enum" and attribute.fallback is not None:
            known = matches(self.path, any_of(attribute.members))
            yield f"set({self.path}, {quote(attribute.fallback)}) where {self.typed} and not {known}"
        if not required:
            yield f"{self._remove} where {f'not {self.typed}' if attribute.kind == 'enum' else self.invalid}"
        if attribute.kind == "enum[]":  # more items than members: not a set
            yield f"{self._remove} where {self.typed} and Len({self.path}) > {len(attribute.members)}"

    def members(self) -> Iterator[str]:
        """Yield the statements that rebuild a list from the members found in it: sorted, each once."""
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
        if attribute.fallback is None:  # no longer a list, so the filter refuses it
            yield f"set({path}, false) where {unknown}"
