"""Renders why the Collector refuses: a mark, and one filter for each revision and reason, so that its metrics tell them apart.

Decides how a refusal is told, never whether there is one: what is marked is dropped, by the last filter whatever its mark says. Must
never let a client choose a mark, nor how many different ones there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mlflow_usage.catalogue.build.ottl import Rule, quote
from mlflow_usage.catalogue.rules import REASONS

MARK: Final = "mlflow.usage.refused"  # removed from what a client sends, as every key is that the catalogue does not name
REVISION: Final = 'resource.attributes["mlflow.usage.catalogue"]'
MOST: Final = 3  # revisions that are counted apart: the newest; a filter costs every request something
COUNTED: Final = tuple(reason for reason in REASONS if reason != "unknown_attribute")  # an attribute is removed, its record stays


def mark(context: str) -> str:
    """Where the mark is."""
    return f"{context}.attributes[{quote(MARK)}]"


def marked(context: str, reason: str, condition: str) -> str:
    """The statement that marks what is to be refused."""
    return f"set({mark(context)}, {quote(reason)}) where {condition}"


def reasons(context: str, rules: Iterable[Rule]) -> Iterator[str]:
    """Statements, for what is marked with an attribute's name only, that put the reason in its place."""
    for rule in rules:
        here = f"{mark(context)} == {quote(rule.attribute.id)}"
        kind = rule.attribute.kind
        yield f'set({mark(context)}, "missing") where {here} and {rule.path} == nil'
        # A list that held a stranger has become `false`.
        wrong = "unknown_member" if kind == "enum[]" else "wrong_type"
        yield f'set({mark(context)}, "{wrong}") where {here} and not {rule.typed}'
        yield f'set({mark(context)}, "{ {"int": "out_of_bounds", "enum": "unknown_member"}.get(kind, "pattern") }") where {here}'


def classes(revision: int) -> dict[str, str]:
    """The names under which revisions are counted, and how each is told; they never become more."""
    own = range(max(1, revision - MOST + 1), revision + 1)
    known = f"IsInt({REVISION}) and {REVISION}"
    return {
        **{str(number): f"{known} == {number}" for number in own},
        **({"older": f"{known} >= 1 and {REVISION} < {own[0]}"} if own[0] > 1 else {}),
        "newer": f"{known} > {revision}",
    }


def filters(what: str, revision: int) -> dict[str, str]:
    """Filter → the condition under which it drops a resource with all its records; `what` is refused: the resource itself or a record."""
    known = {**classes(revision), **({"unknown": ""} if what == "resource" else {})}  # the rest; a record's resource was sound
    return {
        f"filter/{what}.{name}.{reason}": f"{mark('resource')} == {quote(reason)}{condition and f' and {condition}'}"
        for name, condition in known.items()
        for reason in COUNTED
        if what == "record" or reason != "unknown_event"
    }
