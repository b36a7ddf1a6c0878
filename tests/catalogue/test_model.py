"""The catalogue is sound, nothing unsound gets past the linter, and every artefact says what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

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
    TRACKING,
    Mutation,
    edited,
    first,
    put,
    usage,
)
from catalogue.variation import UNDER_REVIEW
from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.build import __main__ as build
from mlflow_usage.catalogue.build.lint import lint
from mlflow_usage.catalogue.build.model import MODEL, Catalogue, CatalogueError, load
from mlflow_usage.catalogue.build.runtime_tables import render_tables
from mlflow_usage.instrumentation import targets
from support.repository import ROOT

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
    (ATTRIBUTES, lambda c: first(c, STORE)["type"]["members"].append({"id": "yes", "value": True}), "a member is no text"),
    # Shapes that nobody foresaw.
    (AUTOLOG, lambda c: c.update(groups=5), "autolog.yaml: an entry has not the shape"),
    (AUTOLOG, lambda c: c.update(groups=[5]), "autolog.yaml: an entry has not the shape"),
    (FAMILIES, lambda c: first(c, "family.base").pop("id"), "families.yaml: an entry has not the shape"),
    (ATTRIBUTES, lambda c: first(c, STORE).update(annotations="none"), "attributes.yaml: an entry has not the shape"),
    (MANIFEST, lambda c: c.update(revision="one"), "manifest.yaml: an entry has not the shape"),
    (MANIFEST, lambda c: c.pop("revision"), "manifest.yaml: an entry has not the shape"),
    (REVIEWS, lambda c: c.update(reviews=[{"id": "x"}]), "reviews.yaml: an entry has not the shape"),
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


def test_the_command_finds_nothing_to_complain_about() -> None:
    command = [sys.executable, "-m", "mlflow_usage.catalogue.build", "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_stale_artefact_is_found_and_written(tmp_path: Path, catalogue: Catalogue) -> None:
    assert build.stale(catalogue) == []
    artefacts = list(build.artefacts(catalogue))
    assert build.stale(catalogue, tmp_path) == artefacts
    assert build.write(catalogue, tmp_path) == artefacts
    assert build.write(catalogue, tmp_path) == []
    for path in artefacts:
        written = (tmp_path / path).read_text()
        assert written == (ROOT / path).read_text()
        (tmp_path / path).write_text(written + " ")
        assert build.stale(catalogue, tmp_path) == [path]
        (tmp_path / path).write_text(written)
    raised = replace(catalogue, revision=catalogue.revision + 1)
    assert "docs/what-is-collected.md" in build.stale(raised, tmp_path)
    assert "src/mlflow_usage/catalogue/tables.py" in build.stale(raised, tmp_path)


def test_the_command_says_what_is_stale_and_what_is_broken(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(build, "stale", lambda _: ["docs/what-is-collected.md"])
    assert build.main(["--check"], TODAY) == 1
    assert capsys.readouterr().err == "STALE: docs/what-is-collected.md: run `make docs`\n"
    assert build.main(["--check"], date(2999, 1, 1)) == 1
    assert "EXPIRED: mlflow.usage.store: expired in" in capsys.readouterr().err

    def unreadable() -> Catalogue:
        raise CatalogueError("attributes.yaml: no")

    monkeypatch.setattr(build, "load", unreadable)
    assert build.main([], TODAY) == 1
    assert capsys.readouterr().err == "catalogue: attributes.yaml: no\n"


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
