"""The client's tables say what the YAML says."""

from __future__ import annotations

from typing import Any

import pytest

from catalogue.editing import (
    TRACKING,
    edited,
    put,
)
from catalogue.variation import UNDER_REVIEW
from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.build.model import Catalogue, load
from mlflow_usage.catalogue.build.runtime_tables import render_tables
from mlflow_usage.instrumentation import targets


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def test_the_tables_say_what_the_yaml_says(catalogue: Catalogue) -> None:
    assert catalogue.revision == tables.REVISION
    assert sorted(tables.EVENTS) == sorted(event.name for event in catalogue.events)
    for event in catalogue.events:
        assert tables.EVENTS[event.name] == (event.attributes, event.required)
    for attribute in (*catalogue.resource, *catalogue.attributes.values()):
        rule = {**tables.RESOURCE, **tables.ATTRIBUTES}[attribute.id]
        assert (rule.kind, rule.members, rule.fallback, rule.pattern) == (
            attribute.kind,
            attribute.members,
            attribute.fallback,
            attribute.pattern,
        )
        if attribute.kind == "int":
            assert (rule.minimum, rule.maximum) == (attribute.minimum, attribute.maximum)
    assert set(tables.RESOURCE) == {attribute.id for attribute in catalogue.resource}
    assert set(tables.ATTRIBUTES) == set(catalogue.attributes)
    wrapped = {(module, path): (event, fixed) for module in targets.TARGETS for path, event, fixed in targets.rows(module)}
    assert wrapped == {
        (target.module, target.path): (event.name, dict(target.fixed)) for event in catalogue.events for target in event.targets
    }
    assert set(targets.SCORERS.values()) < set(catalogue.attributes["mlflow.usage.scorers"].members)
    assert set(targets.STORES.values()) < set(catalogue.attributes["mlflow.usage.store"].members)


def test_the_client_s_tables_keep_apart_what_is_under_review_or_deprecated() -> None:
    scope: dict[str, Any] = {}
    exec(render_tables(edited(*UNDER_REVIEW, (TRACKING, put("mlflow.set_tags", "deprecated", "2027-01")))), scope)
    assert scope["PENDING"] == {"mlflow.set_tag"}
    assert scope["DEPRECATED"] == {"mlflow.set_tags"}
    assert "mlflow.set_tag" not in scope["EVENTS"]
    assert "mlflow.set_tags" in scope["EVENTS"]  # what older clients send is still taken
    assert set(scope["PENDING_EVENTS"]) == {"mlflow.set_tag", "mlflow.autolog", "mlflow.log_model"}  # the last may carry the member
    assert set(scope["PENDING_ATTRIBUTES"]) == {"mlflow.usage.log_models", "mlflow.usage.flavor"}
    assert "sklearn" not in scope["ATTRIBUTES"]["mlflow.usage.flavor"].members
    assert "sklearn" in scope["PENDING_ATTRIBUTES"]["mlflow.usage.flavor"].members
    assert not {"mlflow.usage.log_models", "mlflow.usage.disable"} & set(scope["EVENTS"]["mlflow.autolog"].attributes)
