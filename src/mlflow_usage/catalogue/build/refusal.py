"""Renders the reasons of the Collector's refusals: a mark, and one filter for each revision and reason, which its metrics count apart.

Decides how a refusal is counted, not what is refused: the last filter drops whatever is marked. It must never let a client choose a mark,
nor how many different marks there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mlflow_usage.catalogue.build.ottl import AttributePath, quote
from mlflow_usage.catalogue.judge import REASONS

MARK: Final = "mlflow.usage.refused"  # not in the catalogue, so removed from whatever a client sends
REVISION_PATH: Final = 'resource.attributes["mlflow.usage.catalogue"]'
MOST: Final = 3  # the newest revisions, counted apart; each filter costs every request something
COUNTED: Final = tuple(reason for reason in REASONS if reason != "unknown_attribute")  # an attribute is removed, its record stays


def mark(context: str) -> str:
    """Return the path of the mark."""
    return f"{context}.attributes[{quote(MARK)}]"


def marked(context: str, reason: str, condition: str) -> str:
    """Return the statement that marks what is to be refused."""
    return f"set({mark(context)}, {quote(reason)}) where {condition}"


def reasons(context: str, refusable: Iterable[AttributePath]) -> Iterator[str]:
    """Yield the statements that replace a mark, an attribute's name until then, by the reason."""
    for place in refusable:
        here = f"{mark(context)} == {quote(place.attribute.id)}"
        kind = place.attribute.kind
        yield f'set({mark(context)}, "missing") where {here} and {place.path} == nil'
        # A list with an unknown member has become `false`.
        wrong = "unknown_member" if kind == "enum[]" else "wrong_type"
        yield f'set({mark(context)}, "{wrong}") where {here} and not {place.typed}'
        yield f'set({mark(context)}, "{ {"int": "out_of_bounds", "enum": "unknown_member"}.get(kind, "pattern") }") where {here}'


def classes(revision: int) -> dict[str, str]:
    """Return the names under which revisions are counted, and the condition of each; there are never more of them."""
    own = range(max(1, revision - MOST + 1), revision + 1)
    known = f"IsInt({REVISION_PATH}) and {REVISION_PATH}"
    return {
        **{str(number): f"{known} == {number}" for number in own},
        **({"older": f"{known} >= 1 and {REVISION_PATH} < {own[0]}"} if own[0] > 1 else {}),
        "newer": f"{known} > {revision}",
    }


def filters(what: str, revision: int) -> dict[str, str]:
    """Return, by filter, the condition under which it drops a resource with all its records.

    `what` is refused: "resource" or "record".
    """
    known = {
        **classes(revision),
        **({"unknown": ""} if what == "resource" else {}),
    }  # a record's resource is valid
    return {
        f"filter/{what}.{name}.{reason}": f"{mark('resource')} == {quote(reason)}{condition and f' and {condition}'}"
        for name, condition in known.items()
        for reason in COUNTED
        if what == "record" or reason != "unknown_event"
    }
