"""The rules for the functions that an event counts.

Decides, for each rule, which events break it and what to do.
"""

from __future__ import annotations

from mlflow_usage.catalogue.build.entries import Broken, Catalogue


def targets(catalogue: Catalogue) -> Broken:
    """An API event has targets of its own, which set only values that it can carry."""
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


def exclusions(catalogue: Catalogue) -> Broken:
    """No event is also listed as left out."""
    for event in catalogue.events:
        if event.name in catalogue.exclusions:
            yield event.name, event.governance, "it is an event and left out: remove one of the two"
