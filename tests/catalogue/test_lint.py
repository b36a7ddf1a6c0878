"""Every rule of the linter finds what breaks it, and is suppressed only where and why an entry says so."""

from __future__ import annotations

from datetime import date

import pytest

from catalogue.editing import (
    ATTRIBUTES,
    AUTOLOG,
    COUNT,
    EXCLUSIONS,
    FAMILIES,
    FLAVOR,
    RESOURCE,
    SCORERS,
    STORE,
    TRACKING,
    Mutation,
    copied,
    edited,
    first,
    member,
    put,
    usage,
    without,
)
from mlflow_usage.catalogue.build import __main__ as build
from mlflow_usage.catalogue.build.entries import active
from mlflow_usage.catalogue.build.lint import DATED, FIRM, RULES, lint
from mlflow_usage.catalogue.build.model import CatalogueError

TODAY = date(2026, 1, 1)
REASON = {"ref": "mlflow.usage.reason"}
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
    ("REVIEW", ATTRIBUTES, "a row that is about something else", put(STORE, "review", "approved:2025-06-26#session-id")),
    ("REVIEW", ATTRIBUTES, "mechanics by its own word", put(STORE, "review", "mechanics")),
    ("REVIEW", TRACKING, "an event of the API as mechanics", put("mlflow.set_tag", "review", "mechanics")),
    ("REVIEW", ATTRIBUTES, "pending and approved at once", put(STORE, "review", "pending approved:2025-06-26#backend-store")),
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
    ("FALLBACK", ATTRIBUTES, "a pending fallback", put(FLAVOR, "pending", ["custom_flavor"])),
    ("NAMES", ATTRIBUTES, "a name twice", copied(STORE, "service.name", review="pending")),
    ("NAMES", TRACKING, "a name in capitals", lambda c: first(c, "mlflow.set_tag").update(name="mlflow.setTag")),
    ("RISKY_NAME", ATTRIBUTES, "a name that suggests a path", copied(STORE, "x.path", review="pending")),
    ("RISKY_NAME", ATTRIBUTES, "a name that suggests a user", copied(STORE, "mlflow.usage.user", review="pending")),
    ("SIZE", ATTRIBUTES, "more members than anybody reads", lambda c: [member(FLAVOR, f"acme{n}")(c) for n in range(200)]),
    ("SIZE", ATTRIBUTES, "a member that is a text", member(FLAVOR, "a" * 65)),
    ("SIZE", ATTRIBUTES, "a number that could be an id", put(COUNT, "max", 2**63 - 1)),
    ("SIZE", ATTRIBUTES, "a brief that is a page", lambda c: first(c, STORE).update(brief=f"{'Long ' * 60}.")),
    ("SIZE", AUTOLOG, "an event's brief that is a page", lambda c: first(c, "mlflow.autolog").update(brief=f"{'Long ' * 60}.")),
    ("DEPRECATED", TRACKING, "an end that is no month", put("mlflow.set_tag", "deprecated", "soon")),
    ("CARRIES", TRACKING, "an event with another's attribute", lambda c: first(c, "mlflow.set_tag").update(attributes=[{"ref": FLAVOR}])),
    ("CARRIES", TRACKING, "an event of the API with one of delivery", lambda c: first(c, "mlflow.set_tag").update(attributes=[REASON])),
    ("MEMBERS", ATTRIBUTES, "a store that the form does not list", member(STORE, "AcmeStore")),
    ("MEMBERS", ATTRIBUTES, "pending, and no member", put(FLAVOR, "pending", ["acme"])),
    ("ANSWERS", RESOURCE, "an answer that was not reviewed", put("session.id", "identifier", False)),
    ("BRIEF", ATTRIBUTES, "a brief that is no sentence", lambda c: first(c, STORE).update(brief="store")),
    ("BRIEF", AUTOLOG, "an event without a brief", lambda c: first(c, "mlflow.autolog").pop("brief")),
    ("EXCLUSIONS", EXCLUSIONS, "an event that is left out", lambda c: c["exclusions"]["uri"].append("mlflow.log_metric")),
    ("TARGETS", AUTOLOG, "an event that nothing causes", lambda c: usage(c, "mlflow.autolog").pop("targets")),
    ("TARGETS", AUTOLOG, "a target twice", lambda c: usage(c, "mlflow.autolog")["targets"].append("mlflow.tracking.fluent:start_run")),
    (
        "TARGETS",
        AUTOLOG,
        "a value that the event cannot carry",
        lambda c: usage(c, "mlflow.autolog")["targets"].append({"target": "mlflow.acme:autolog", "set": {FLAVOR: "acme"}}),
    ),
]


@pytest.mark.parametrize(("rule", "file", "what", "mutation"), BROKEN, ids=[f"{rule}: {what}" for rule, _, what, _ in BROKEN])
def test_a_broken_rule_is_found_by_its_name(
    rule: str,
    file: str,
    what: str,  # noqa: ARG001  the test's name
    mutation: Mutation,
) -> None:
    findings = lint(edited((file, mutation)), TODAY)
    assert {finding.rule for finding in findings} == {rule}
    assert all(finding.entry and finding.advice for finding in findings)


def test_every_rule_has_its_test() -> None:
    assert {rule for rule, *_ in BROKEN} == {*RULES, *DATED}
    assert {"OWNER", "QUESTION", "CHART", "REVIEW", "EXPIRED", "PRIVACY_FLAGS", "FALLBACK", "FREE_TEXT", "RISKY_NAME", "SIZE"} <= {
        *RULES,
        *DATED,
    }


@pytest.mark.parametrize("rule", [*RULES, *DATED])
def test_every_rule_says_in_a_line_what_it_asks(rule: str) -> None:
    said = ({**RULES, **DATED}[rule].__doc__ or "").strip()
    assert said.endswith(".")
    assert len(said.splitlines()) == 1


def suppressing(reason: object, rule: str = "CHART", chart: str = "astrology") -> Mutation:
    return lambda c: usage(c, STORE).update(chart=chart, suppress={rule: reason})


def test_a_rule_is_suppressed_on_one_entry_with_a_reason() -> None:
    assert lint(edited((ATTRIBUTES, suppressing("drawn by hand"))), TODAY) == []


@pytest.mark.parametrize("rule", [rule for rule in (*RULES, *DATED) if rule not in {"NAMES", *FIRM}])
def test_every_rule_can_be_suppressed_with_a_reason(rule: str) -> None:
    file, mutation = next((file, mutation) for broken, file, _, mutation in BROKEN if broken == rule and file != FAMILIES)
    (entry, *_) = {finding.entry for finding in lint(edited((file, mutation)), TODAY)}
    suppress = put(entry, "suppress", {rule: "for this test"})
    home = TRACKING if file == EXCLUSIONS else file  # where the entry is
    assert lint(edited((file, mutation), (home, suppress)), TODAY) == []


@pytest.mark.parametrize("rule", sorted(FIRM))
def test_what_would_be_collected_without_a_review_is_not_suppressed(rule: str) -> None:
    file, mutation = next((file, mutation) for broken, file, _, mutation in BROKEN if broken == rule)
    (entry, *_) = {finding.entry for finding in lint(edited((file, mutation)), TODAY)}
    findings = lint(edited((file, mutation), (file, put(entry, "suppress", {rule: "we promise"}))), TODAY)
    assert {finding.rule for finding in findings} == {rule, "SUPPRESS"}


SUPPRESSED: list[tuple[Mutation, list[tuple[str, str]]]] = [
    (suppressing(""), [("CHART", "must be one of"), ("SUPPRESS", "needs a reason")]),
    (suppressing("  "), [("CHART", "must be one of"), ("SUPPRESS", "needs a reason")]),
    (suppressing(None), [("CHART", "must be one of"), ("SUPPRESS", "needs a reason")]),
    (suppressing("why not", chart="stores"), [("SUPPRESS", "is no longer needed")]),
    (suppressing("why not", rule="CHARTS", chart="stores"), [("SUPPRESS", "is no rule")]),
]


@pytest.mark.parametrize(("mutation", "expected"), SUPPRESSED)
def test_a_suppression_without_reason_or_need_is_a_finding(mutation: Mutation, expected: list[tuple[str, str]]) -> None:
    findings = lint(edited((ATTRIBUTES, mutation)), TODAY)
    assert [(finding.rule, finding.entry) for finding in findings] == [(rule, STORE) for rule, _ in expected]
    assert all(said in finding.advice for finding, (_, said) in zip(findings, expected, strict=True))


def test_a_family_suppresses_nothing() -> None:
    with pytest.raises(CatalogueError, match="on single entries only"):
        edited((FAMILIES, put("family.api", "suppress", {"CHART": "all of them"})))


def test_a_suppressed_review_is_no_review() -> None:
    found = edited((ATTRIBUTES, lambda c: usage(c, STORE).update(review="approved:2026-01-01#acme", suppress={"REVIEW": "we promise"})))
    assert lint(found, TODAY) == []
    assert STORE not in active(found).attributes
    assert all(STORE not in event.attributes for event in active(found).events)


def test_suppressed_free_text_is_not_collected() -> None:
    text = lambda c: (first(c, STORE).update(type="string"), usage(c, STORE).pop("fallback"))  # noqa: E731
    found = edited((ATTRIBUTES, text), (ATTRIBUTES, put(STORE, "suppress", {"FREE_TEXT": "we promise"})))
    assert lint(found, TODAY) == []
    assert STORE not in active(found).attributes


def test_the_command_prints_the_rule_the_entry_and_what_to_do(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    changed = edited((ATTRIBUTES, put(STORE, "review", "approved:2026-01-01#acme")))
    monkeypatch.setattr(build, "load", lambda: changed)
    assert build.main(["--check"], TODAY) == 1
    assert capsys.readouterr().err == (
        "REVIEW: mlflow.usage.store: `review` names approved:2026-01-01#acme, which does not cover it: cite a row of model/reviews.yaml "
        "that covers it, or set `review: pending` until the form was updated and reviewed\n"
    )
