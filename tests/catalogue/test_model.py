"""The catalogue is sound, nothing unsound gets past the linter, and every artefact says what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
import yaml

from mlflow_usage.catalogue import tables
from mlflow_usage.catalogue.build import __main__ as build
from mlflow_usage.catalogue.build.lint import RULES, lint
from mlflow_usage.catalogue.build.model import MODEL, Catalogue, CatalogueError, load
from mlflow_usage.instrumentation import targets

TODAY = date(2026, 1, 1)
ROOT = Path(__file__).parents[2]


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


ATTRIBUTES, RESOURCE, AUTOLOG, FAMILIES = "attributes.yaml", "resource.yaml", "events/autolog.yaml", "families.yaml"
Mutation = Callable[[Any], object]


def put(name: str, key: str, value: object) -> Mutation:
    return lambda content: usage(content, name).__setitem__(key, value)


def without(name: str, key: str) -> Mutation:
    return lambda content: usage(content, name).pop(key)


STORE, COUNT, FLAVOR, SCORERS = "mlflow.usage.store", "mlflow.usage.count", "mlflow.usage.flavor", "mlflow.usage.scorers"
BROKEN: list[tuple[str, str, str, Mutation]] = [
    ("OWNER", ATTRIBUTES, "without an owner", without(STORE, "owner")),
    ("OWNER", FAMILIES, "a family without an owner", without("family.api", "owner")),
    ("QUESTION", ATTRIBUTES, "without a question", without(STORE, "question")),
    ("QUESTION", RESOURCE, "an empty question", put("os.type", "question", "")),
    ("CHART", ATTRIBUTES, "without a chart", without(STORE, "chart")),
    ("CHART", ATTRIBUTES, "a chart that does not exist", put(STORE, "chart", "astrology")),
    ("CHART", ATTRIBUTES, "no chart without a reason", put(STORE, "chart", "none: ")),
    ("REVIEW", ATTRIBUTES, "without a review", without(STORE, "review")),
    ("REVIEW", ATTRIBUTES, "an invented review", put(STORE, "review", "approved:2026-01-01#backend-store")),
    ("REVIEW", ATTRIBUTES, "an invented row", put(STORE, "review", "approved:2025-06-26#host-name")),
    ("REVIEW", ATTRIBUTES, "a review by nobody", put(STORE, "review", "approved")),
    ("REVISION", ATTRIBUTES, "without a revision", without(STORE, "revision")),
    ("REVISION", ATTRIBUTES, "a revision of the future", put(STORE, "revision", 999)),
    ("REVISION", ATTRIBUTES, "a revision that is no number", put(STORE, "revision", "1")),
    ("EXPIRES", ATTRIBUTES, "without an end", without(STORE, "expires")),
    ("EXPIRES", ATTRIBUTES, "for ever without a reason", put(STORE, "expires", "never: ")),
    ("EXPIRES", ATTRIBUTES, "an end that is no month", put(STORE, "expires", "soon")),
    ("EXPIRED", ATTRIBUTES, "after its end", put(STORE, "expires", "2025-12")),
    ("EXPIRED", FAMILIES, "a family after its end", put("family.api", "expires", "2025-12")),
    ("PRIVACY_FLAGS", ATTRIBUTES, "without `personal`", without(STORE, "personal")),
    ("PRIVACY_FLAGS", RESOURCE, "`sensitive` is not answered", put("session.id", "sensitive", "perhaps")),
    ("FREE_TEXT", ATTRIBUTES, "a free string", lambda c: (first(c, STORE).update(type="string"), usage(c, STORE).pop("fallback"))),
    ("FREE_TEXT", ATTRIBUTES, "a number without bounds", without(COUNT, "max")),
    ("FREE_TEXT", ATTRIBUTES, "an enumeration of nothing", lambda c: usage(c, SCORERS).update(members=[], fallback=None)),
    ("FALLBACK", ATTRIBUTES, "a fallback that is no member", put(FLAVOR, "fallback", "whatever")),
    ("FALLBACK", ATTRIBUTES, "a member twice", lambda c: first(c, FLAVOR)["type"]["members"].append({"id": "ag2", "value": "ag2"})),
    ("NAMES", ATTRIBUTES, "a name twice", lambda c: c["groups"][0]["attributes"].append(dict(first(c, STORE), id="service.name"))),
    ("NAMES", ATTRIBUTES, "a name that suggests a path", lambda c: c["groups"][0]["attributes"].append(dict(first(c, STORE), id="x.path"))),
    ("NAMES", AUTOLOG, "a name in capitals", lambda c: first(c, "mlflow.autolog").update(name="mlflow.AutoLog")),
    ("BRIEF", ATTRIBUTES, "a brief that is no sentence", lambda c: first(c, STORE).update(brief="store")),
    ("BRIEF", AUTOLOG, "an event without a brief", lambda c: first(c, "mlflow.autolog").pop("brief")),
    ("TARGETS", AUTOLOG, "an event that nothing causes", lambda c: usage(c, "mlflow.autolog").pop("targets")),
    ("TARGETS", AUTOLOG, "a target twice", lambda c: usage(c, "mlflow.autolog")["targets"].append("mlflow.tracking.fluent:start_run")),
    (
        "TARGETS",
        AUTOLOG,
        "a value that the event cannot carry",
        lambda c: usage(c, "mlflow.autolog")["targets"].append({"target": "mlflow.acme:autolog", "set": {FLAVOR: "acme"}}),
    ),
]


@pytest.fixture(scope="module")
def parsed() -> dict[str, Any]:
    return {str(path.relative_to(MODEL)): yaml.safe_load(path.read_text()) for path in MODEL.rglob("*.yaml")}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, parsed: dict[str, Any]) -> Callable[[str, Mutation], Catalogue]:
    """Load a catalogue of which one file is changed; the others are parsed once for all tests."""
    from copy import deepcopy

    from mlflow_usage.catalogue.build import model

    def load_changed(file: str, mutation: Mutation) -> Catalogue:
        content = deepcopy(parsed[file])
        mutation(content)
        monkeypatch.setattr(model, "_read", lambda path: content if path == MODEL / file else parsed[str(path.relative_to(MODEL))])
        return load()

    return load_changed


@pytest.mark.parametrize(("rule", "file", "what", "mutation"), BROKEN, ids=[f"{rule}: {what}" for rule, _, what, _ in BROKEN])
def test_a_broken_rule_is_found_by_its_name(
    quick: Callable[[str, Mutation], Catalogue],
    rule: str,
    file: str,
    what: str,  # noqa: ARG001  the test's name
    mutation: Mutation,
) -> None:
    findings = lint(quick(file, mutation), TODAY)
    assert {finding.rule for finding in findings} == {rule}
    assert all(finding.entry and finding.advice for finding in findings)


def test_every_rule_has_its_test() -> None:
    assert {rule for rule, *_ in BROKEN} == {*RULES, "EXPIRED"}


def test_a_rule_can_be_suppressed_on_one_entry_with_a_reason_only(quick: Callable[[str, Mutation], Catalogue]) -> None:
    def mutation(reason: str) -> Mutation:
        return lambda c: usage(c, STORE).update(chart="astrology", suppress={"CHART": reason})

    assert lint(quick(ATTRIBUTES, mutation("drawn by hand")), TODAY) == []
    assert [finding.rule for finding in lint(quick(ATTRIBUTES, mutation("")), TODAY)] == ["CHART"]


UNREADABLE: list[tuple[str, Mutation, str]] = [
    (ATTRIBUTES, lambda c: first(c, STORE).update(type="text"), "type 'text'"),
    (RESOURCE, put("session.id", "format", "anything"), "'anything' is not in manifest.yaml"),
    (AUTOLOG, lambda c: first(c, "mlflow.autolog").pop("extends"), "`extends` must name a family"),
    (AUTOLOG, lambda c: first(c, "mlflow.autolog").update(extends="family.acme"), "'family.acme'"),
    (FAMILIES, lambda c: first(c, "family.base").update(extends="family.api"), "extends itself"),
    (AUTOLOG, lambda c: first(c, "mlflow.autolog").update(attributes=[{"ref": "acme"}]), "'acme' is not in attributes.yaml"),
    (AUTOLOG, lambda c: usage(c, "mlflow.autolog").update(targets=["mlflow.autolog"]), "not `module:attribute`"),
]


@pytest.mark.parametrize(("file", "mutation", "said"), UNREADABLE)
def test_what_is_no_catalogue_is_told_with_its_place(
    quick: Callable[[str, Mutation], Catalogue], file: str, mutation: Mutation, said: str
) -> None:
    with pytest.raises(CatalogueError, match=r".") as caught:
        quick(file, mutation)
    assert said in str(caught.value)


@pytest.mark.parametrize("content", ["- a list", "groups: [", None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: str | None) -> None:
    model = Path(copytree(MODEL, tmp_path / "model"))
    (model / "attributes.yaml").unlink()
    if content is not None:
        (model / "attributes.yaml").write_text(content)
    with pytest.raises(CatalogueError, match=r"attributes\.yaml"):
        load(model)


def test_the_command_finds_nothing_to_complain_about() -> None:
    command = [sys.executable, "-m", "mlflow_usage.catalogue.build", "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_a_stale_artefact_is_found_and_written(tmp_path: Path, catalogue: Catalogue) -> None:
    assert build.stale(catalogue) == []
    assert build.stale(catalogue, tmp_path) == list(build.ARTEFACTS)
    assert build.write(catalogue, tmp_path) == list(build.ARTEFACTS)
    assert build.write(catalogue, tmp_path) == []
    for path in build.ARTEFACTS:
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
    assert list(tables.EVENTS) == [event.name for event in catalogue.events]
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
    wrapped = {(module, path): (event, fixed) for module, rows in targets.TARGETS.items() for path, event, fixed in rows}
    assert wrapped == {
        (target.module, target.path): (event.name, tuple(target.fixed.items())) for event in catalogue.events for target in event.targets
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


def test_what_is_pending_is_inert(quick: Callable[[str, Mutation], Catalogue]) -> None:
    found = quick(AUTOLOG, lambda c: usage(c, "mlflow.autolog").update(review="pending"))
    assert lint(found, TODAY) == []
    (event,) = [event for event in found.events if not event.active]
    assert event.name == "mlflow.autolog"
    from mlflow_usage.catalogue.build.runtime_tables import render_tables

    scope: dict[str, Any] = {}
    exec(render_tables(found), scope)
    assert scope["PENDING"] == {"mlflow.autolog"}
