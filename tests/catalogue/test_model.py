"""The catalogue is sound, and whatever is not a catalogue is named."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from shutil import copytree

import pytest

from catalogue.editing import (
    ATTRIBUTES,
    AUTOLOG,
    EXCLUSIONS,
    FAMILIES,
    GOVERNANCE,
    MANIFEST,
    RESOURCE,
    REVIEWS,
    STORE,
    Mutation,
    edited,
    first,
    put,
    usage,
)
from mlflow_usage.catalogue.build.lint import lint
from mlflow_usage.catalogue.build.model import MODEL, Catalogue, CatalogueError, load

TODAY = date(2026, 1, 1)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def test_the_catalogue_keeps_its_own_rules(catalogue: Catalogue) -> None:
    assert lint(catalogue, TODAY) == []
    assert len(catalogue.events) > 300


def test_the_fields_of_the_design_are_all_there(catalogue: Catalogue) -> None:
    assert {a.id for a in catalogue.resource} == {
        *("service.name", "service.version", "session.id", "app.installation.id", "process.runtime.name", "process.runtime.version"),
        *("os.type", "os.version", "host.arch", "telemetry.distro.name", "telemetry.distro.version", "telemetry.sdk.name"),
        *("telemetry.sdk.language", "telemetry.sdk.version", "mlflow.usage.catalogue"),
    }
    usage = {name.removeprefix("mlflow.usage.") for name in catalogue.attributes if name.startswith("mlflow.usage.")}
    assert usage == {
        *("count", "store", "flavor", "model_type", "pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata"),
        *("disable", "log_traces", "log_models", "scorers", "predict_fn", "status", "reason", "secret"),
    }
    carried = {event.name: set(event.attributes) for event in catalogue.events}
    own = {"mlflow.usage.count", "log.record.uid", "mlflow.usage.store"}
    assert all(own <= attributes for name, attributes in carried.items() if not name.startswith("mlflow.usage."))
    richer = {name for name, attributes in carried.items() if not attributes <= own}
    assert richer == {"mlflow.log_model", "mlflow.autolog", "mlflow.genai.evaluate", "mlflow.usage.dropped", "mlflow.usage.forget"}


def test_every_target_belongs_to_one_event(catalogue: Catalogue) -> None:
    places = [(target.module, target.path) for event in catalogue.events for target in event.targets]
    assert len(places) == len(set(places))
    assert len({event.name for event in catalogue.events}) == len(catalogue.events)
    assert all(event.targets for event in catalogue.events if event.is_api)


UNREADABLE: list[tuple[str, Mutation, str]] = [
    (EXCLUSIONS, lambda c: c["exclusions"].update(acme=["mlflow.acme"]), "'acme' must be one of `rules`"),
    (EXCLUSIONS, lambda c: c["exclusions"].update(uri="mlflow.acme"), "hold a list of names"),
    (ATTRIBUTES, lambda c: first(c, STORE).update(type="text"), "type 'text'"),
    (RESOURCE, put("session.id", "format", "anything"), "'anything' is not in manifest.yaml"),
    (AUTOLOG, lambda c: first(c, "mlflow.autolog").pop("extends"), "`extends` must name a family"),
    (AUTOLOG, lambda c: first(c, "mlflow.autolog").update(extends="family.acme"), "'family.acme'"),
    (FAMILIES, lambda c: first(c, "family.base").update(extends="family.api"), "extends itself"),
    (AUTOLOG, lambda c: first(c, "mlflow.autolog").update(attributes=[{"ref": "acme"}]), "'acme' is not in attributes.yaml"),
    (GOVERNANCE, lambda c: c.pop("contact"), "these fields are expected"),
    (GOVERNANCE, lambda c: c.update(contact=7), "these fields are expected"),
    (AUTOLOG, lambda c: usage(c, "mlflow.autolog").update(targets=["mlflow.autolog"]), "not `module:attribute`"),
    (ATTRIBUTES, lambda c: first(c, STORE)["type"]["members"].append({"id": "yes", "value": True}), "a member is not text"),
    # Shapes that nobody foresaw.
    (AUTOLOG, lambda c: c.update(groups=5), "autolog.yaml: an entry does not have the form"),
    (AUTOLOG, lambda c: c.update(groups=[5]), "autolog.yaml: an entry does not have the form"),
    (FAMILIES, lambda c: first(c, "family.base").pop("id"), "families.yaml: an entry does not have the form"),
    (ATTRIBUTES, lambda c: first(c, STORE).update(annotations="none"), "attributes.yaml: an entry does not have the form"),
    (MANIFEST, lambda c: c.update(revision="one"), "manifest.yaml: an entry does not have the form"),
    (MANIFEST, lambda c: c.pop("revision"), "manifest.yaml: an entry does not have the form"),
    (REVIEWS, lambda c: c.update(reviews=[{"id": "x"}]), "reviews.yaml: an entry does not have the form"),
]


@pytest.mark.parametrize(("file", "mutation", "said"), UNREADABLE)
def test_what_is_no_catalogue_is_told_with_its_place(file: str, mutation: Mutation, said: str) -> None:
    with pytest.raises(CatalogueError, match=r".") as caught:
        edited((file, mutation))
    assert said in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize("content", [b"- a list", b"groups: [", b"\xff\xfe", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes | None) -> None:
    model = Path(copytree(MODEL, tmp_path / "model"))
    (model / "attributes.yaml").unlink()
    if content is not None:
        (model / "attributes.yaml").write_bytes(content)
    with pytest.raises(CatalogueError, match=r"attributes\.yaml") as caught:
        load(model)
    assert len(str(caught.value).splitlines()) == 1
