"""The linter: every named rule over the catalogue, less what an entry suppresses with a reason.

Decides whether a catalogue may ship. A rule can be suppressed on one entry with `suppress: {RULE: reason}`, never in general; a suppression
without a reason, of no rule, or of one that the entry keeps is itself a finding.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from mlflow_usage.catalogue.build.entries import Catalogue, Governance
from mlflow_usage.catalogue.build.rules import DATED, RULES, entries

SUPPRESS: Final = "SUPPRESS"
FIRM: Final = frozenset({"CARRIES", "MEMBERS", "ANSWERS"})  # what breaks these would be collected without a review


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: its name, the entry, and what to do."""

    rule: str
    entry: str
    advice: str


def lint(catalogue: Catalogue, today: date) -> list[Finding]:
    """Every broken rule that its entry does not suppress with a reason, in a stable order."""
    found: list[Finding] = []
    needed: set[tuple[str, str]] = set()
    for rule, entry, governance, advice in _broken(catalogue, today):
        if rule not in FIRM and str(governance.suppress.get(rule) or "").strip():
            needed.add((entry, rule))
        else:
            found.append(Finding(rule, entry, advice))
    return found + [
        Finding(SUPPRESS, entry, advice)
        for entry, governance in entries(catalogue)
        for rule, reason in governance.suppress.items()
        for advice in _needless(rule, reason, needed=(entry, rule) in needed)
    ]


def _broken(catalogue: Catalogue, today: date) -> Iterator[tuple[str, str, Governance, str]]:
    for rule, check in RULES.items():
        for entry, governance, advice in check(catalogue):
            yield rule, entry, governance, advice
    for rule, dated in DATED.items():
        for entry, governance, advice in dated(catalogue, today):
            yield rule, entry, governance, advice


def _needless(rule: str, reason: object, *, needed: bool) -> Iterator[str]:
    if rule not in RULES and rule not in DATED:
        yield f"`suppress` names {rule}, which is no rule; the rules are {', '.join((*RULES, *DATED))}"
    elif rule in FIRM:
        yield f"`suppress` names {rule}, which nothing suppresses: it would be collected without a review"
    elif not str(reason or "").strip():
        yield f"`suppress: {{{rule}: …}}` needs a reason"
    elif not needed:
        yield f"`suppress: {{{rule}: …}}` is needed no more: the entry keeps the rule; remove it"
