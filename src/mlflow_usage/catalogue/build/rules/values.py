"""The rules that keep values closed and entries small.

Decides, for each rule, which entries break it and what to do.
"""

from __future__ import annotations

from typing import Final

from mlflow_usage.catalogue.build.entries import Broken, Catalogue

MAX_MEMBERS: Final = 200
MAX_MEMBER: Final = 64  # characters
MAX_BRIEF: Final = 240  # characters
MAX_CARRIED: Final = 32  # attributes of an event
MAX_NUMBER: Final = 10_000_000  # a larger number could be an id, not a count or a revision


def free_text(catalogue: Catalogue) -> Broken:
    """Every attribute has a closed range: a string a format, a number bounds, an enumeration members."""
    for attribute in catalogue.every_attribute:
        if attribute.kind == "string" and attribute.pattern is None:
            yield attribute.id, attribute.governance, "a string needs a `format`: free text is never collected"
        if attribute.kind == "int" and (attribute.minimum is None or attribute.maximum is None):
            yield attribute.id, attribute.governance, "an int needs `min` and `max`"
        if attribute.kind in ("enum", "enum[]") and not attribute.members:
            yield attribute.id, attribute.governance, "an enumeration needs `members`"


def fallback(catalogue: Catalogue) -> Broken:
    """A fallback is a member that is not pending, and members are unique."""
    for attribute in catalogue.every_attribute:
        if attribute.fallback is not None and attribute.fallback not in attribute.members:
            yield attribute.id, attribute.governance, "`fallback` must be one of the members"
        if attribute.fallback in attribute.pending:
            yield attribute.id, attribute.governance, "`fallback` must not be pending: it is what an unknown member becomes"
        if len(set(attribute.members)) != len(attribute.members):
            yield attribute.id, attribute.governance, "members must be unique"


def size(catalogue: Catalogue) -> Broken:
    """Members, numbers, briefs and what an event carries stay within their bounds."""
    for attribute in catalogue.every_attribute:
        governance = attribute.governance
        if len(attribute.members) > MAX_MEMBERS:
            yield attribute.id, governance, f"at most {MAX_MEMBERS} members: generalise them"
        if any(len(member) > MAX_MEMBER for member in attribute.members):
            yield attribute.id, governance, f"a member has at most {MAX_MEMBER} characters"
        if (attribute.maximum or 0) > MAX_NUMBER:
            yield attribute.id, governance, f"`max` is at most {MAX_NUMBER:,}: a larger number could be an id"
        if len(attribute.brief) > MAX_BRIEF:
            yield attribute.id, governance, f"`brief` has at most {MAX_BRIEF} characters"
    for event in catalogue.events:
        if len(event.attributes) > MAX_CARRIED:
            yield event.name, event.governance, f"an event carries at most {MAX_CARRIED} attributes"
        if len(event.brief) > MAX_BRIEF:
            yield event.name, event.governance, f"`brief` has at most {MAX_BRIEF} characters"
