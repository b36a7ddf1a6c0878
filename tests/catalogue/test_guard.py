"""What is collected grows only with a higher revision and a review that covers it, and never shrinks at once."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from catalogue.editing import (
    ATTRIBUTES,
    AUTOLOG,
    COUNT,
    FLAVOR,
    MANIFEST,
    NEW_EVENT,
    RESOURCE,
    REVIEWS,
    STORE,
    TODAY,
    TRACKING,
    Edit,
    copied,
    edited,
    first,
    frozen,
    member,
    new_event,
    put,
    raised,
    usage,
)
from mlflow_usage.catalogue.build import __main__ as build
from mlflow_usage.catalogue.build import guard, history
from mlflow_usage.catalogue.build.lint import lint


@pytest.fixture(scope="module")
def released() -> dict[int, dict[str, Any]]:
    return frozen(edited())


def held(row: str, **content: object) -> Edit:
    """A review that was held and approved a row."""

    def mutation(content_of_file: Any) -> None:
        rows = {row: {"element": "Backend store", **content}}
        content_of_file["reviews"].append({"id": "approved:2026-12-24", "title": "An amendment.", "rows": rows})

    return REVIEWS, mutation


def wider_pattern(content: Any) -> None:
    entry = usage(content, "os.version")
    entry |= {"format": "release", "review": f"{entry['review']} approved:2026-12-24#wider"}


AGAIN = "approved:2025-06-26#backend-store approved:2026-12-24#more-stores"


MORE_STORES = held("more-stores", covers=[STORE], values=["AcmeStore"])


NEXT = raised(2)


ALLOWED: list[tuple[str, list[Edit]]] = [
    ("nothing", []),
    ("a higher revision alone", [NEXT]),
    ("another question", [(ATTRIBUTES, put(STORE, "question", "Which stores?"))]),
    ("an event of the API, a class that was approved", [NEXT, new_event()]),
    ("an event under review", [new_event(1, "pending")]),
    ("an event under review, with a higher revision", [NEXT, new_event(2, "pending")]),
    ("a built-in flavor, a class that was approved", [NEXT, (ATTRIBUTES, member(FLAVOR, "acme"))]),
    ("a member under review", [(ATTRIBUTES, member(STORE, "AcmeStore")), (ATTRIBUTES, put(STORE, "pending", ["AcmeStore"]))]),
    (
        "a member that a review lists",
        [NEXT, MORE_STORES, (ATTRIBUTES, member(STORE, "AcmeStore")), (ATTRIBUTES, put(STORE, "review", AGAIN))],
    ),
    ("an attribute under review", [(ATTRIBUTES, copied(STORE, "mlflow.usage.acme", review="pending"))]),
    ("a resource key under review", [(RESOURCE, copied("os.type", "mlflow.usage.acme", review="pending"))]),
    (
        "an attribute under review on an event",
        [
            (
                TRACKING,
                lambda c: first(c, "mlflow.set_tag").update(attributes=[{"ref": FLAVOR, "annotations": {"usage": {"review": "pending"}}}]),
            )
        ],
    ),
    ("a pattern with a review", [NEXT, held("wider", covers=["os.version"]), (RESOURCE, wider_pattern)]),
    ("an element is deprecated", [(TRACKING, put("mlflow.set_tag", "deprecated", "2027-01"))]),
]


RAISE = "revision 1 is released without it; raise `revision` in model/manifest.yaml to 2"


NO_REVIEW = "no review since covers it"


REFUSED: list[tuple[str, list[Edit], str, list[str]]] = [
    ("an event", [new_event(1)], NEW_EVENT, ["new event: Acme was called.", RAISE, "its own `revision` must be 2"]),
    ("an event of the revision before", [NEXT, new_event(1)], NEW_EVENT, ["its own `revision` must be 2"]),
    ("a flavor", [(ATTRIBUTES, member(FLAVOR, "acme"))], FLAVOR, ["may also be acme", RAISE]),
    (
        "a member that no review lists",
        [NEXT, (RESOURCE, member("os.type", "acme"))],
        "os.type",
        ["may also be acme", "no review covers it", "`pending: [acme]`"],
    ),
    ("a wider bound", [NEXT, (ATTRIBUTES, put(COUNT, "min", 0))], COUNT, ["may be as small as 0, was 1", NO_REVIEW]),
    ("another pattern", [NEXT, (RESOURCE, put("os.version", "format", "release"))], "os.version", ["treated as wider", NO_REVIEW]),
    (
        "a wider format",
        [NEXT, (MANIFEST, lambda c: c["formats"].update(numbers="[0-9.]{1,99}"))],
        "process.runtime.version",
        ["matches [0-9.]{1,99}", NO_REVIEW],
    ),
    ("another type", [NEXT, (ATTRIBUTES, lambda c: first(c, STORE).update(type="boolean"))], STORE, ["keeps its type"]),
    (
        "changed answers",
        [NEXT, (RESOURCE, put("host.arch", "personal", True))],
        "host.arch",
        ["answer changed (personal: yes, was no): treated as wider", NO_REVIEW],
    ),
    (
        "an attribute that is not described as new",
        [
            NEXT,
            held("acme", covers=["mlflow.usage.acme"]),
            (ATTRIBUTES, copied(STORE, "mlflow.usage.acme", review="approved:2026-12-24#acme")),
        ],
        "mlflow.usage.acme",
        ["new attribute of records", "its own `revision` must be 2"],
    ),
    (
        "a resource key",
        [held("acme", covers=["mlflow.usage.acme"]), (RESOURCE, copied("os.type", "mlflow.usage.acme", review="approved:2026-12-24#acme"))],
        "mlflow.usage.acme",
        ["new attribute with every batch", RAISE],
    ),
    (
        "an event that gains an attribute",
        [
            held("tags", covers=[FLAVOR], events=["mlflow.set_tag"]),
            (ATTRIBUTES, lambda c: usage(c, FLAVOR).update(review=f"{usage(c, FLAVOR)['review']} approved:2026-12-24#tags")),
            (TRACKING, lambda c: first(c, "mlflow.set_tag").update(attributes=[{"ref": FLAVOR}])),
        ],
        "mlflow.set_tag",
        ["also carries mlflow.usage.flavor", RAISE],
    ),
    ("an event is gone", [NEXT, (TRACKING, lambda c: c["groups"].remove(first(c, "mlflow.set_tag")))], "mlflow.set_tag", ["`deprecated: "]),
    ("a member is gone", [NEXT, (ATTRIBUTES, lambda c: first(c, STORE)["type"]["members"].pop(0))], STORE, ["may no longer be FileStore"]),
    ("a narrower bound", [NEXT, (ATTRIBUTES, put(COUNT, "max", 10))], COUNT, ["as large as 10, was 10,000,000", "put it back"]),
    (
        "an attribute is gone from an event",
        [NEXT, (AUTOLOG, lambda c: first(c, "mlflow.autolog")["attributes"].pop(0))],
        "mlflow.autolog",
        ["no longer carries mlflow.usage.disable", "put it back"],
    ),
    ("what was approved is pending again", [NEXT, (TRACKING, put("mlflow.set_tag", "review", "pending"))], "mlflow.set_tag", ["no longer"]),
    ("a revision is left out", [raised(3)], "model/manifest.yaml", ["must be 1 or 2"]),
]


@pytest.mark.parametrize(("what", "edits"), ALLOWED, ids=[what for what, _ in ALLOWED])
def test_what_may_change(what: str, edits: list[Edit], released: dict[int, dict[str, Any]]) -> None:  # noqa: ARG001  the test's name
    catalogue = edited(*edits)
    assert lint(catalogue, TODAY) == []
    assert guard.guard(catalogue, released, TODAY) == []


@pytest.mark.parametrize(("what", "edits", "entry", "said"), REFUSED, ids=[what for what, *_ in REFUSED])
def test_what_may_not_change(
    what: str,  # noqa: ARG001  the test's name
    edits: list[Edit],
    entry: str,
    said: list[str],
    released: dict[int, dict[str, Any]],
) -> None:
    catalogue = edited(*edits)
    found = [finding for finding in guard.guard(catalogue, released, TODAY) if finding.entry == entry]
    assert found, "nothing was found"
    assert {finding.rule for finding in found} == {"SCOPE"}
    assert all(any(part in finding.advice for finding in found) for part in said), found


def test_nothing_suppresses_it(released: dict[int, dict[str, Any]]) -> None:
    catalogue = edited(new_event(1, suppress={"SCOPE": "we want it"}))
    assert {finding.entry for finding in guard.guard(catalogue, released, TODAY)} == {NEW_EVENT}
    assert {finding.rule for finding in lint(catalogue, TODAY)} == {"SUPPRESS"}


def test_a_deprecated_element_goes_when_its_last_records_are_past_retention() -> None:
    before = frozen(edited((TRACKING, put("mlflow.set_tag", "deprecated", "2027-01"))))
    without = edited(raised(2), (TRACKING, lambda c: c["groups"].remove(first(c, "mlflow.set_tag"))))
    assert [finding.entry for finding in guard.guard(without, before, date(2028, 2, 28))] == ["mlflow.set_tag"]
    assert guard.guard(without, before, date(2028, 3, 1)) == []


def test_before_the_first_release_the_reviews_alone_decide() -> None:
    unreleased = {1: json.loads(history.render(edited()))}
    assert guard.guard(edited(new_event(1)), unreleased, TODAY) == []
    assert lint(edited(new_event(1)), TODAY) == []
    assert {finding.rule for finding in lint(edited((ATTRIBUTES, copied(STORE, "mlflow.usage.acme"))), TODAY)} == {"REVIEW"}
    assert {finding.rule for finding in lint(edited((ATTRIBUTES, member(STORE, "AcmeStore"))), TODAY)} == {"MEMBERS"}


def test_the_command_refuses_and_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], released: dict[int, dict[str, Any]]
) -> None:
    changed = edited((ATTRIBUTES, member(FLAVOR, "acme")))
    monkeypatch.setattr(build, "load", lambda: changed)
    monkeypatch.setattr(history, "read", lambda *_: released)
    for arguments in (["--check"], [], ["--release"]):
        assert build.main(arguments, TODAY) == 1
        assert capsys.readouterr().err == f"SCOPE: mlflow.usage.flavor: may also be acme: {RAISE}\n"
