"""The rules for what every entry says of itself: its name, its sentence, and who answers for it.

Decides, for each rule, which entries break it and what to do.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from mlflow_usage.catalogue.build.entries import Broken, Catalogue
from mlflow_usage.catalogue.charts import CHARTS

RISKY: Final = re.compile(r"(^|[._])(path|uri|url|host|user|email|run_id|experiment_id|prompt|message|text)($|[._])")
IDENTIFIER: Final = re.compile(r"[a-z][a-z0-9]*([._][a-z0-9]+)*")
MONTH: Final = r"\d{4}-(0[1-9]|1[0-2])"


def owner(catalogue: Catalogue) -> Broken:
    """Every entry has an owner who answers for it."""
    for name, governance in catalogue.every_entry:
        if not governance.owner:
            yield name, governance, "name the `owner` who answers for it"


def question(catalogue: Catalogue) -> Broken:
    """Every entry answers a question."""
    for name, governance in catalogue.every_entry:
        if not governance.question:
            yield name, governance, "say which `question` it answers"


def chart(catalogue: Catalogue) -> Broken:
    """Every entry is shown by a chart, or says why by none."""
    for name, governance in catalogue.every_entry:
        shown = governance.chart or ""
        if shown not in CHARTS and not re.match(r"none: \S", shown):
            yield name, governance, f"`chart` must be one of {', '.join(CHARTS)}, or `none: <reason>`"


def revision(catalogue: Catalogue) -> Broken:
    """Every entry names the revision that introduced it, at most the manifest's."""
    for name, governance in catalogue.every_entry:
        if not isinstance(governance.revision, int) or not 1 <= governance.revision <= catalogue.revision:
            yield name, governance, f"`revision` must be an integer from 1 to the manifest's {catalogue.revision}"


def expires(catalogue: Catalogue) -> Broken:
    """Every entry names the month of its end, or why it has none."""
    for name, governance in catalogue.every_entry:
        if not re.fullmatch(rf"{MONTH}|never: \S.*", str(governance.expires or "")):
            yield name, governance, '`expires` must be "YYYY-MM" or `never: <reason>`'


def expired(catalogue: Catalogue, today: date) -> Broken:
    """No entry is past its end."""
    month = f"{today:%Y-%m}"
    for name, governance in catalogue.every_entry:
        if re.fullmatch(MONTH, str(governance.expires or "")) and str(governance.expires) < month:
            yield name, governance, f"expired in {governance.expires}: renew it, or deprecate it"


def deprecated(catalogue: Catalogue) -> Broken:
    """A deprecated entry names the month from which no client records it."""
    for name, governance in catalogue.every_entry:
        if governance.deprecated is not None and not re.fullmatch(MONTH, str(governance.deprecated)):
            yield name, governance, '`deprecated` must be "YYYY-MM", the month from which no client records it'


def privacy_flags(catalogue: Catalogue) -> Broken:
    """Every attribute answers whether it is personal, an identifier, and sensitive."""
    for attribute in catalogue.every_attribute:
        flags = (attribute.governance.personal, attribute.governance.identifier, attribute.governance.sensitive)
        if not all(isinstance(flag, bool) for flag in flags):
            yield attribute.id, attribute.governance, "answer `personal`, `identifier` and `sensitive` with true or false"


def names(catalogue: Catalogue) -> Broken:
    """Every name is used once, and is lower case words joined by dots and underscores."""
    seen: set[str] = set()
    for name, governance in catalogue.every_entry:
        if name in seen:
            yield name, governance, "the name is used twice"
        seen.add(name)
        if not IDENTIFIER.fullmatch(name):
            yield name, governance, "a name is lower case words joined by dots and underscores"


def risky_name(catalogue: Catalogue) -> Broken:
    """No attribute's name suggests free text or an identity."""
    for attribute in catalogue.every_attribute:
        if RISKY.search(attribute.id):
            yield attribute.id, attribute.governance, "the name suggests free text or an identity: choose another"


def brief(catalogue: Catalogue) -> Broken:
    """Every brief is a sentence, as the public page shows it."""
    briefs = [(a.id, a.governance, a.brief) for a in catalogue.every_attribute]
    for name, governance, text in (*briefs, *((e.name, e.governance, e.brief) for e in catalogue.events)):
        if not text.endswith("."):
            yield name, governance, "`brief` must be a sentence: it is shown on the public page"
