"""Named rules that the catalogue must keep.

Decides whether a catalogue may ship. A rule can be suppressed on one entry with `suppress: {RULE: reason}`, never in general.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, TypeAlias

from mlflow_usage.catalogue.build.entries import Attribute, Catalogue, Governance

FORM_ROWS: Final = {
    "approved:2025-06-26": (
        *("session-id", "mlflow-version", "python-version", "operating-system", "api-name", "backend-store"),
        *(f"log_model.{field}" for field in ("flavor", "model", "status", "code_paths", "params", "metadata")),
        *("log_model.pip_requirements", "log_model.extra_pip_requirements"),
        *(f"autolog.{field}" for field in ("flavor", "disable", "log_traces", "log_models")),
        *(f"genai.evaluate.{field}" for field in ("scorers", "predict_fn", "status")),
    ),
    "approved:2025-11-12": ("installation-id",),
}
CHARTS: Final = (
    *("calls", "versions", "apis", "log_model_flavors", "log_model_options", "autolog_flavors", "scorers"),
    *("python", "systems", "stores"),
)
MAX_MEMBERS: Final = 200
RISKY: Final = re.compile(r"(^|[._])(path|uri|url|host|user|email|run_id|experiment_id|prompt|message|text)($|[._])")
IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9]*([._][a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken rule: its name, the entry, and what to do."""

    rule: str
    entry: str
    advice: str


Check: TypeAlias = Callable[[Catalogue], Iterator[tuple[str, Governance, str]]]


def lint(catalogue: Catalogue, today: date) -> list[Finding]:
    """Every broken rule that its entry does not suppress with a reason, in a stable order."""
    return [
        Finding(rule, entry, advice)
        for rule, check in RULES.items()
        for entry, governance, advice in check(catalogue)
        if not governance.suppress.get(rule)
    ] + _expired(catalogue, today)


def _entries(catalogue: Catalogue) -> Iterator[tuple[str, Governance]]:
    for attribute in (*catalogue.resource, *catalogue.attributes.values()):
        yield attribute.id, attribute.governance
    for event in catalogue.events:
        yield event.name, event.governance


def _all_attributes(catalogue: Catalogue) -> tuple[Attribute, ...]:
    return (*catalogue.resource, *catalogue.attributes.values())


def _owner(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for name, governance in _entries(catalogue):
        if not governance.owner:
            yield name, governance, "name the `owner` who answers for it"


def _question(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for name, governance in _entries(catalogue):
        if not governance.question:
            yield name, governance, "say which `question` it answers"


def _chart(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for name, governance in _entries(catalogue):
        chart = governance.chart or ""
        if chart not in CHARTS and not re.match(r"none: \S", chart):
            yield name, governance, f"`chart` must be one of {', '.join(CHARTS)}, or `none: <reason>`"


def _review(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    known = {f"{review}#{row}" for review, rows in FORM_ROWS.items() for row in rows} | {"mechanics", "pending"}
    for name, governance in _entries(catalogue):
        if not governance.review or not set(governance.review.split()) <= known:
            yield name, governance, "`review` must name rows of the approved form, or be `mechanics` or `pending`"


def _revision(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for name, governance in _entries(catalogue):
        if not isinstance(governance.revision, int) or not 1 <= governance.revision <= catalogue.revision:
            yield name, governance, f"`revision` must be an integer from 1 to the manifest's {catalogue.revision}"


def _expires(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for name, governance in _entries(catalogue):
        if not re.fullmatch(r"\d{4}-\d{2}|never: \S.*", governance.expires or ""):
            yield name, governance, '`expires` must be "YYYY-MM" or `never: <reason>`'


def _privacy_flags(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for attribute in _all_attributes(catalogue):
        flags = (attribute.governance.personal, attribute.governance.identifier, attribute.governance.sensitive)
        if not all(isinstance(flag, bool) for flag in flags):
            yield attribute.id, attribute.governance, "answer `personal`, `identifier` and `sensitive` with true or false"


def _free_text(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for attribute in _all_attributes(catalogue):
        if attribute.kind == "string" and attribute.pattern is None:
            yield attribute.id, attribute.governance, "a string needs a `format`: free text is never collected"
        if attribute.kind == "int" and (attribute.minimum is None or attribute.maximum is None):
            yield attribute.id, attribute.governance, "an int needs `min` and `max`"
        if attribute.kind in ("enum", "enum[]") and not attribute.members:
            yield attribute.id, attribute.governance, "an enumeration needs `members`"


def _fallback(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for attribute in _all_attributes(catalogue):
        if attribute.fallback is not None and attribute.fallback not in attribute.members:
            yield attribute.id, attribute.governance, "`fallback` must be one of the members"
        if len(set(attribute.members)) != len(attribute.members) or len(attribute.members) > MAX_MEMBERS:
            yield attribute.id, attribute.governance, f"members must be unique and at most {MAX_MEMBERS}"


def _names(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    seen: set[str] = set()
    for name, governance in _entries(catalogue):
        if name in seen:
            yield name, governance, "the name is used twice"
        seen.add(name)
        if not IDENTIFIER.fullmatch(name):
            yield name, governance, "a name is lower case words joined by dots and underscores"
    for attribute in _all_attributes(catalogue):
        if RISKY.search(attribute.id):
            yield attribute.id, attribute.governance, "the name suggests free text or an identity: choose another"


def _brief(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    briefs = [(a.id, a.governance, a.brief) for a in _all_attributes(catalogue)]
    for name, governance, brief in (*briefs, *((e.name, e.governance, e.brief) for e in catalogue.events)):
        if not brief.endswith("."):
            yield name, governance, "`brief` must be a sentence: it is shown on the public page"


def _targets(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
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


def _exclusions(catalogue: Catalogue) -> Iterator[tuple[str, Governance, str]]:
    for event in catalogue.events:
        if event.name in catalogue.exclusions:
            yield event.name, event.governance, "it is an event and left out: remove one of the two"


RULES: Final[dict[str, Check]] = {
    "OWNER": _owner,
    "QUESTION": _question,
    "CHART": _chart,
    "REVIEW": _review,
    "REVISION": _revision,
    "EXPIRES": _expires,
    "PRIVACY_FLAGS": _privacy_flags,
    "FREE_TEXT": _free_text,
    "FALLBACK": _fallback,
    "NAMES": _names,
    "BRIEF": _brief,
    "TARGETS": _targets,
    "EXCLUSIONS": _exclusions,
}


def _expired(catalogue: Catalogue, today: date) -> list[Finding]:
    month = f"{today:%Y-%m}"
    return [
        Finding("EXPIRED", name, f"expired in {governance.expires}: renew it with a reason, or retire it")
        for name, governance in _entries(catalogue)
        if re.fullmatch(r"\d{4}-\d{2}", governance.expires or "") and (governance.expires or "") < month
    ]
