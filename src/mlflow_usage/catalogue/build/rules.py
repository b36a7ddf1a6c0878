"""The named rules that the catalogue must keep.

Decides, for each rule, which entries break it and what to do. A rule yields (entry, its governance, advice) and knows nothing of
suppression.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final, TypeAlias

from mlflow_usage.catalogue.build.entries import Broken, Catalogue, Governance
from mlflow_usage.catalogue.build.review_rules import answers, carries, members, review
from mlflow_usage.catalogue.charts import CHARTS

MAX_MEMBERS: Final = 200
MAX_MEMBER: Final = 64  # characters
MAX_BRIEF: Final = 240
MAX_CARRIED: Final = 32
MAX_NUMBER: Final = 10_000_000  # what a number can be and still be a count or a revision, not an id
RISKY: Final = re.compile(r"(^|[._])(path|uri|url|host|user|email|run_id|experiment_id|prompt|message|text)($|[._])")
IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9]*([._][a-z0-9]+)*")
MONTH: Final = r"\d{4}-(0[1-9]|1[0-2])"

Check: TypeAlias = Callable[[Catalogue], Broken]


def entries(catalogue: Catalogue) -> Iterator[tuple[str, Governance]]:
    """Every attribute and event."""
    for attribute in catalogue.every_attribute:
        yield attribute.id, attribute.governance
    for event in catalogue.events:
        yield event.name, event.governance


def _owner(catalogue: Catalogue) -> Broken:
    for name, governance in entries(catalogue):
        if not governance.owner:
            yield name, governance, "name the `owner` who answers for it"


def _question(catalogue: Catalogue) -> Broken:
    for name, governance in entries(catalogue):
        if not governance.question:
            yield name, governance, "say which `question` it answers"


def _chart(catalogue: Catalogue) -> Broken:
    for name, governance in entries(catalogue):
        chart = governance.chart or ""
        if chart not in CHARTS and not re.match(r"none: \S", chart):
            yield name, governance, f"`chart` must be one of {', '.join(CHARTS)}, or `none: <reason>`"


def _revision(catalogue: Catalogue) -> Broken:
    for name, governance in entries(catalogue):
        if not isinstance(governance.revision, int) or not 1 <= governance.revision <= catalogue.revision:
            yield name, governance, f"`revision` must be an integer from 1 to the manifest's {catalogue.revision}"


def _expires(catalogue: Catalogue) -> Broken:
    for name, governance in entries(catalogue):
        if not re.fullmatch(rf"{MONTH}|never: \S.*", str(governance.expires or "")):
            yield name, governance, '`expires` must be "YYYY-MM" or `never: <reason>`'


def _deprecated(catalogue: Catalogue) -> Broken:
    for name, governance in entries(catalogue):
        if governance.deprecated is not None and not re.fullmatch(MONTH, str(governance.deprecated)):
            yield name, governance, '`deprecated` must be "YYYY-MM", the month from which no client records it'


def _privacy_flags(catalogue: Catalogue) -> Broken:
    for attribute in catalogue.every_attribute:
        flags = (attribute.governance.personal, attribute.governance.identifier, attribute.governance.sensitive)
        if not all(isinstance(flag, bool) for flag in flags):
            yield attribute.id, attribute.governance, "answer `personal`, `identifier` and `sensitive` with true or false"


def _free_text(catalogue: Catalogue) -> Broken:
    for attribute in catalogue.every_attribute:
        if attribute.kind == "string" and attribute.pattern is None:
            yield attribute.id, attribute.governance, "a string needs a `format`: free text is never collected"
        if attribute.kind == "int" and (attribute.minimum is None or attribute.maximum is None):
            yield attribute.id, attribute.governance, "an int needs `min` and `max`"
        if attribute.kind in ("enum", "enum[]") and not attribute.members:
            yield attribute.id, attribute.governance, "an enumeration needs `members`"


def _fallback(catalogue: Catalogue) -> Broken:
    for attribute in catalogue.every_attribute:
        if attribute.fallback is not None and attribute.fallback not in attribute.members:
            yield attribute.id, attribute.governance, "`fallback` must be one of the members"
        if attribute.fallback in attribute.pending:
            yield attribute.id, attribute.governance, "`fallback` must not be pending: it is what an unknown member becomes"
        if len(set(attribute.members)) != len(attribute.members):
            yield attribute.id, attribute.governance, "members must be unique"


def _size(catalogue: Catalogue) -> Broken:
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


def _names(catalogue: Catalogue) -> Broken:
    seen: set[str] = set()
    for name, governance in entries(catalogue):
        if name in seen:
            yield name, governance, "the name is used twice"
        seen.add(name)
        if not IDENTIFIER.fullmatch(name):
            yield name, governance, "a name is lower case words joined by dots and underscores"


def _risky_name(catalogue: Catalogue) -> Broken:
    for attribute in catalogue.every_attribute:
        if RISKY.search(attribute.id):
            yield attribute.id, attribute.governance, "the name suggests free text or an identity: choose another"


def _brief(catalogue: Catalogue) -> Broken:
    briefs = [(a.id, a.governance, a.brief) for a in catalogue.every_attribute]
    for name, governance, brief in (*briefs, *((e.name, e.governance, e.brief) for e in catalogue.events)):
        if not brief.endswith("."):
            yield name, governance, "`brief` must be a sentence: it is shown on the public page"


def _targets(catalogue: Catalogue) -> Broken:
    owners: dict[tuple[str, str], str] = {}
    for event in catalogue.events:
        if event.is_api and not event.targets:
            yield event.name, event.governance, "an API event needs `targets`"
        for target in event.targets:
            place = (target.module, target.path)
            if place in owners:
                yield event.name, event.governance, f"{target.module}:{target.path} already belongs to {owners[place]}"
            owners[place] = event.name
            for key, value in target.fixed.items():
                if key not in event.attributes or value not in catalogue.attributes[key].members:
                    yield event.name, event.governance, f"{target.path} sets {key}={value}, which the event cannot carry"


def _exclusions(catalogue: Catalogue) -> Broken:
    for event in catalogue.events:
        if event.name in catalogue.exclusions:
            yield event.name, event.governance, "it is an event and left out: remove one of the two"


def _expired(catalogue: Catalogue, today: date) -> Broken:
    month = f"{today:%Y-%m}"
    for name, governance in entries(catalogue):
        if re.fullmatch(MONTH, str(governance.expires or "")) and str(governance.expires) < month:
            yield name, governance, f"expired in {governance.expires}: renew it, or deprecate it"


RULES: Final[dict[str, Check]] = {
    "OWNER": _owner,
    "QUESTION": _question,
    "CHART": _chart,
    "REVIEW": review,
    "CARRIES": carries,
    "MEMBERS": members,
    "ANSWERS": answers,
    "REVISION": _revision,
    "EXPIRES": _expires,
    "DEPRECATED": _deprecated,
    "PRIVACY_FLAGS": _privacy_flags,
    "FREE_TEXT": _free_text,
    "FALLBACK": _fallback,
    "SIZE": _size,
    "NAMES": _names,
    "RISKY_NAME": _risky_name,
    "BRIEF": _brief,
    "TARGETS": _targets,
    "EXCLUSIONS": _exclusions,
}
DATED: Final[dict[str, Callable[[Catalogue, date], Broken]]] = {"EXPIRED": _expired}
