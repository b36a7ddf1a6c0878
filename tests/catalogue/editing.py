"""The catalogue with some of its YAML changed, without touching a file."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import yaml

from mlflow_usage.catalogue.build import history, model
from mlflow_usage.catalogue.build.entries import Catalogue
from mlflow_usage.catalogue.build.model import MODEL, load

ATTRIBUTES, RESOURCE, AUTOLOG, FAMILIES = "attributes.yaml", "resource.yaml", "events/autolog.yaml", "families.yaml"
EXCLUSIONS = "events/exclusions.yaml"
TRACKING, MANIFEST, REVIEWS, GOVERNANCE = "events/tracking.yaml", "manifest.yaml", "reviews.yaml", "governance.yaml"
STORE, COUNT, FLAVOR, SCORERS = "mlflow.usage.store", "mlflow.usage.count", "mlflow.usage.flavor", "mlflow.usage.scorers"
Mutation = Callable[[Any], object]
Edit = tuple[str, Mutation]


@cache
def parsed() -> dict[str, Any]:
    """Every file of the model, parsed once for all tests."""
    return {str(path.relative_to(MODEL)): yaml.safe_load(path.read_text()) for path in MODEL.rglob("*.yaml")}


def edited(*edits: Edit) -> Catalogue:
    """The catalogue with these files changed."""
    contents = dict(parsed())
    for file, mutation in edits:
        contents[file] = deepcopy(contents[file])
        mutation(contents[file])
    with mock.patch.object(model, "_read", lambda path: contents[str(Path(path).relative_to(MODEL))]):
        return load()


def first(content: Any, name: str) -> Any:
    """The entry of an attribute, event or family in its file."""
    for group in content["groups"]:
        if name in (group.get("name"), group["id"]):
            return group
        for attribute in group.get("attributes", ()):
            if attribute.get("id") == name:
                return attribute
    raise KeyError(name)


def usage(content: Any, name: str) -> dict[str, Any]:
    found: dict[str, Any] = first(content, name)["annotations"]["usage"]
    return found


def put(name: str, key: str, value: object) -> Mutation:
    return lambda content: usage(content, name).__setitem__(key, value)


def without(name: str, key: str) -> Mutation:
    return lambda content: usage(content, name).pop(key)


def copied(name: str, new: str, **governance: object) -> Mutation:
    """Another attribute like this one."""

    def mutation(content: Any) -> None:
        made = deepcopy(first(content, name)) | {"id": new}
        made["annotations"]["usage"] |= governance
        content["groups"][0]["attributes"].append(made)

    return mutation


def raised(revision: int = 2) -> Edit:
    """The manifest's revision."""
    return MANIFEST, lambda content: content.update(revision=revision)


def member(name: str, value: str) -> Mutation:
    return lambda content: first(content, name)["type"]["members"].append({"id": value, "value": value})


TODAY = date(2026, 12, 1)


NEW_EVENT = "mlflow.acme"


def frozen(catalogue: Catalogue, release: str = "0.1.0", day: date = TODAY) -> dict[int, dict[str, Any]]:
    """The history with this catalogue released."""
    return {catalogue.revision: json.loads(history.render(catalogue, release, day))}


def new_event(revision: int = 2, review: str | None = None, **more: object) -> Edit:
    """Add an event."""
    governance: dict[str, Any] = {"revision": revision, "targets": ["mlflow.acme:acme"], **more} | ({"review": review} if review else {})
    entry = {"id": f"event.{NEW_EVENT}", "name": NEW_EVENT, "extends": "family.tracking", "brief": "Acme was called."}
    return TRACKING, lambda c: c["groups"].append(entry | {"annotations": {"usage": governance}})
