"""Sentences that the public pages share.

Decides how the pages in `docs/` and those of the site say the same things, so that they can never differ. It must never need YAML: the
site reads it at run time. Text between back-quotes is code.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

TITLE: Final = "What is collected, why, and how to turn it off"
NOTHING_ELSE: Final = (
    "Nothing that is not on this page is ever sent: no free text, no name of yours, no path, host, run, experiment or model, "
    "not even hashed."
)
TURN_OFF_LEAD: Final = "Any one of these is enough, before or after `import mlflow`:"
TURN_OFF: Final[tuple[tuple[str, str], ...]] = (  # how, for whom
    ("`MLFLOW_USAGE=off` in the environment", "this process and its children"),
    ("`MLFLOW_DISABLE_TELEMETRY=true` or `DO_NOT_TRACK=1` in the environment", "every tool that honours them"),
    ("`mlflow-usage off`", "this user, from now on"),
    ("`mlflow_usage.disable()` in Python", "this process"),
    ('`mode = "off"` in `/etc/mlflow-usage/policy.toml`', "everyone on the machine"),
)
TURN_OFF_CLOSE: Final = (
    "In CI (GitHub Actions, Jenkins and the rest) and under pytest it is off by itself. `mlflow-usage status` says whether it is on and "
    "what decided. `mlflow-usage preview` shows the exact next batch, `mlflow-usage sent` what has left."
)
EVENTS: Final = "A record says how often an event happened in a batch of at most a few seconds, its time cut to the hour."

PENDING_TITLE: Final = "Under review, not collected"
PENDING_LEAD: Final = (
    "Described, and inert until the review form is updated and reviewed: not recorded, not let through by the Collector, not stored."
)
PENDING_NONE: Final = "Nothing is under review."

TERMS_TITLE: Final = "Who answers"
TERMS: Final[dict[str, str]] = {
    "controller": "Controller",
    "contact": "Contact",
    "region": "Where the data lies",
    "legal_basis": "Legal basis",
    "retention": "How long single records are kept",
    "licence": "Licence of the published figures",
    "access_group": "Who may read single records",
    "deadlines": "Deadlines",
}
NOT_NAMED: Final = "not yet named"

CLASSES: Final = (
    "The form approves API names, and MLflow's built-in flavors and scorers, as classes: newer built-ins join them, anything else becomes "
    "one `custom_*` value. A name of an organisation's own tooling never leaves."
)
MECHANICS: Final = "What delivery needs and says nothing about a user; declared all the same."
CHOICE: Final[tuple[str, ...]] = (
    "On by default; off at any time, before or after the import. Single elements cannot be picked. The source of the instrumentation is",
    "public. The release notes announce it, and a line at the first recorded call, once for each installation and each revision of the",
    "catalogue, so again whenever the scope grows. The notice begins:",
)
STORAGE: Final[tuple[str, ...]] = (
    "As reviewed: a Unity Catalog table in a Databricks workspace of the maintainers, on Amazon S3. The figures are aggregated and public,",
    "rebuilt on a regular cadence, and a cell of fewer than 20 installations is withheld.",
)
ACCESS: Final[tuple[str, ...]] = (
    "Single records: all maintainers of the repository, equally, and nobody else. Aggregated figures: everyone. A participant may ask",
    "for a copy; once approved it is exported to a destination of their choice, to which they grant write access.",
)
SECURITY: Final[tuple[str, ...]] = (
    "Plain HTTP POST (OTLP) to one endpoint, which an organisation may block, redirect or set to `none`. Nothing executable and no",
    "configuration is ever received: of an answer only its status, its acknowledgement and Retry-After are read. Client, Collector and",
    "table each refuse what the catalogue does not name.",
)
CHANGES: Final = "A wider scope or a changed answer is reviewed before it is collected; `make check` refuses it otherwise."


def pending(entries: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a sentence for each thing under review; `entries` is `pending` of `catalogue.json`."""
    new = [f"`{name}`: {entry['brief']}" for part in ("resource", "attributes", "events") for name, entry in entries[part].items()]
    members = [f"`{name}` may also be {_listed(values)}." for name, values in entries["members"].items()]
    return [*new, *members, *(f"`{name}` also carries {_listed(values)}." for name, values in entries["carried"].items())]


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)
