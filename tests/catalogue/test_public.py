"""The public page and the JSON say everything about every element."""

from __future__ import annotations

import json

import pytest

from mlflow_usage.catalogue.build.model import Catalogue, load
from support.repository import ROOT


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def test_everything_is_on_the_public_page_and_in_the_json(catalogue: Catalogue) -> None:
    page = (ROOT / "docs/what-is-collected.md").read_text()
    published = json.loads((ROOT / "src/mlflow_usage/catalogue/catalogue.json").read_text())
    for attribute in (*catalogue.resource, *catalogue.attributes.values()):
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{attribute.id}` |")]
        assert attribute.brief in row
        assert all(f"`{member}`" in row for member in attribute.members)
        assert attribute.id in published["resource" if attribute in catalogue.resource else "attributes"]
    for event in catalogue.events:
        (row,) = [line for line in page.splitlines() if line.startswith(f"| `{event.name}` |")]
        assert event.brief in row
        carried = [key.removeprefix("mlflow.usage.") for key in event.attributes if key != "log.record.uid"]
        assert all(f"`{key}`" in row for key in carried)
        assert published["events"][event.name]["attributes"] == list(event.attributes)
