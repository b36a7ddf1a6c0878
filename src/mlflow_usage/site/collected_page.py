"""The content of the page "What is collected", from the catalogue.

Must never say more or less than the catalogue: every sentence about an element comes from its own entry.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any, Final

from mlflow_usage.catalogue.values import in_words
from mlflow_usage.catalogue.words import NOT_NAMED, TERMS, pending
from mlflow_usage.site.charts import CHARTS
from mlflow_usage.site.text import family_name

MANY: Final = 12  # more members than this are folded away
PREFIX: Final = "mlflow.usage."


def context(catalogue: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page's template needs."""
    return {
        "revision": catalogue["revision"],
        "event_count": len(catalogue["events"]),
        "resource": [_attribute(name, entry) for name, entry in catalogue["resource"].items()],
        "attributes": [_attribute(name, entry) for name, entry in catalogue["attributes"].items()],
        "families": _families(catalogue["events"]),
        "pending": pending(catalogue["pending"]),
        "terms": [(TERMS[term], value or NOT_NAMED) for term, value in catalogue["governance"].items()],
        "exclusions": sorted(catalogue["exclusions"].items()),
    }


def _attribute(name: str, entry: Mapping[str, Any]) -> dict[str, Any]:
    chart = next((chart for chart in CHARTS if chart.id == entry["chart"]), None)
    return {
        "id": name,
        "brief": entry["brief"],
        "allowed": in_words(entry, listed=False),
        "members": entry.get("members", []),
        "many": len(entry.get("members", [])) > MANY,
        "fallback": entry.get("fallback"),
        "question": entry["question"],
        "chart": chart,
        "no_chart": None if chart else str(entry["chart"]).removeprefix("none: "),
        "review": str(entry["review"]).split(),
        "identifier": bool(entry.get("identifier")),
    }


def _families(events: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    ordered = sorted(events.items(), key=lambda item: (item[1]["family"] == "mechanics", item[1]["family"], item[0]))
    families = []
    for family, group in groupby(ordered, key=lambda item: str(item[1]["family"])):
        members = list(group)
        families.append(
            {
                "id": family,
                "name": family_name(family),
                "questions": list(dict.fromkeys(event["question"] for _, event in members)),
                "review": list(dict.fromkeys(word for _, event in members for word in str(event["review"]).split())),
                "events": [(name, event["brief"], _carried(event)) for name, event in members],
            }
        )
    return families


def _carried(event: Mapping[str, Any]) -> list[str]:
    return [name.removeprefix(PREFIX) for name in event["attributes"] if name != "log.record.uid"]
