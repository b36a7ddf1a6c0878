"""The linter: every rule by its name, less what an entry suppresses with a reason.

Decides whether a catalogue may ship. An entry can suppress a rule with `suppress: {RULE: reason}`; it must never be suppressed for all.
A suppression without a reason, of no rule, or of one that the entry keeps is itself a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from mlflow_usage.catalogue.build.entries import Broken, Catalogue, Governance
from mlflow_usage.catalogue.build.rules import events, governance, reviews, values

RULES: Final[dict[str, Callable[[Catalogue], Broken]]] = {
    "OWNER": governance.owner,
    "QUESTION": governance.question,
    "CHART": governance.chart,
    "REVIEW": reviews.review,
    "CARRIES": reviews.carries,
    "MEMBERS": reviews.members,
    "ANSWERS": reviews.answers,
    "REVISION": governance.revision,
    "EXPIRES": governance.expires,
    "DEPRECATED": governance.deprecated,
    "PRIVACY_FLAGS": governance.privacy_flags,
    "FREE_TEXT": values.free_text,
    "FALLBACK": values.fallback,
    "SIZE": values.size,
    "NAMES": governance.names,
    "RISKY_NAME": governance.risky_name,
    "BRIEF": governance.brief,
    "TARGETS": events.targets,
    "EXCLUSIONS": events.exclusions,
}
DATED: Final[dict[str, Callable[[Catalogue, date], Broken]]] = {"EXPIRED": governance.expired}  # these need to know the day
FIRM: Final = frozenset({"CARRIES", "MEMBERS", "ANSWERS"})  # never suppressed: what breaks these would be collected without a review
SUPPRESS: Final = "SUPPRESS"


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: its name, the entry, and what to do."""

    rule: str
    entry: str
    advice: str


def lint(catalogue: Catalogue, today: date) -> list[Finding]:
    """Return every broken rule that its entry does not suppress with a reason, in a stable order."""
    found: list[Finding] = []
    needed: set[tuple[str, str]] = set()
    for rule, entry, given, advice in _broken(catalogue, today):
        if rule not in FIRM and str(given.suppress.get(rule) or "").strip():
            needed.add((entry, rule))
        else:
            found.append(Finding(rule, entry, advice))
    return found + [
        Finding(SUPPRESS, entry, advice)
        for entry, given in catalogue.every_entry
        for rule, reason in given.suppress.items()
        for advice in _needless(rule, reason, needed=(entry, rule) in needed)
    ]


def _broken(catalogue: Catalogue, today: date) -> Iterator[tuple[str, str, Governance, str]]:
    for rule, check in RULES.items():
        yield from ((rule, *broken) for broken in check(catalogue))
    for rule, dated in DATED.items():
        yield from ((rule, *broken) for broken in dated(catalogue, today))


def _needless(rule: str, reason: object, *, needed: bool) -> Iterator[str]:
    if rule not in RULES and rule not in DATED:
        yield f"`suppress` names {rule}, which is no rule; the rules are {', '.join((*RULES, *DATED))}"
    elif rule in FIRM:
        yield f"`suppress` names {rule}, which cannot be suppressed: it would be collected without a review"
    elif not str(reason or "").strip():
        yield f"`suppress: {{{rule}: …}}` needs a reason"
    elif not needed:
        yield f"`suppress: {{{rule}: …}}` is no longer needed: the entry keeps the rule; remove it"
