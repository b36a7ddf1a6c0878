"""`mlflow-usage catalogue` and its `diff`, for a person and for a script."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from catalogue.editing import ATTRIBUTES, COUNT, FLAVOR, RESOURCE, TRACKING, Edit, copied, edited, first, member, put, raised
from catalogue.variation import UNDER_REVIEW
from mlflow_usage.catalogue.build.public import render_json
from mlflow_usage.catalogue.tables import EVENTS
from mlflow_usage.cli.catalogue import CATALOGUE
from mlflow_usage.cli.main import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["catalogue", *map(str, arguments)])


@pytest.fixture
def old(tmp_path: Path) -> Path:
    (tmp_path / "old.json").write_text(run("--json").output)
    return tmp_path / "old.json"


def changed(old: Path, *edits: Edit) -> Path:
    path = old.with_name("new.json")
    path.write_text(render_json(edited(*edits)))
    return path


def test_it_lists_everything() -> None:
    for arguments in ([], ["list"]):
        output = run(*arguments).output
        assert all(f"  {event} " in output for event in EVENTS)
        assert output.endswith("Under review, not collected\n  nothing\n")
        assert json.loads(run(*arguments, "--json").output)["events"].keys() == EVENTS.keys()


def test_it_lists_apart_what_is_under_review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "catalogue.json"
    path.write_text(render_json(edited(*UNDER_REVIEW)))
    monkeypatch.setattr("mlflow_usage.cli.catalogue.CATALOGUE", path)
    collected, pending = run().output.split("Under review, not collected\n")
    assert "  mlflow.set_tag " not in collected
    for part in ("mlflow.set_tag", "mlflow.usage.log_models", "sklearn", "mlflow.usage.disable"):
        assert part in pending


def test_nothing_wider_is_0(old: Path) -> None:
    result = run("diff", old, CATALOGUE)
    assert (result.exit_code, result.output) == (0, "From revision 1 to revision 1.\nThe same is collected.\n")
    narrower = run("diff", old, changed(old, raised(), (TRACKING, lambda c: c["groups"].remove(first(c, "mlflow.set_tag")))))
    assert narrower.exit_code == 0
    assert "Narrower: less is collected\n  mlflow.set_tag: event is no longer collected\n" in narrower.output
    assert run("diff", old, changed(old, *UNDER_REVIEW)).exit_code == 0


def test_wider_is_1_and_said_with_its_review(old: Path) -> None:
    new = changed(
        old, raised(), (ATTRIBUTES, member(FLAVOR, "acme")), (ATTRIBUTES, put(COUNT, "max", 5)), (RESOURCE, copied("os.type", "os.acme"))
    )
    result = run("diff", old, new)
    assert result.exit_code == 1
    assert result.output == (
        "From revision 1 to revision 2.\n\n"
        "Wider: more is collected\n"
        "  os.acme: new attribute with every batch: Kind of the operating system.\n"
        "    review: approved:2025-06-26#operating-system\n"
        "  mlflow.usage.flavor: may also be acme\n"
        "    review: approved:2025-06-26#log_model.flavor approved:2025-06-26#autolog.flavor\n\n"
        "Narrower: less is collected\n"
        "  mlflow.usage.count: may be as large as 5, was 10,000,000\n"
    )
    said = run("diff", old, new, "--json")
    assert said.exit_code == 1
    content: dict[str, Any] = json.loads(said.output)
    assert (content["old_revision"], content["new_revision"], content["wider"]) == (1, 2, True)
    assert content["changes"][1] == {
        "effect": "wider",
        "kind": "member",
        "entry": FLAVOR,
        "text": "may also be acme",
        "review": "approved:2025-06-26#log_model.flavor approved:2025-06-26#autolog.flavor",
    }


def test_the_same_revision_for_more_is_said(old: Path) -> None:
    result = run("diff", old, changed(old, (ATTRIBUTES, member(FLAVOR, "acme"))))
    assert "The revision is the same: nobody would be told." in result.output


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        (b"{", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "not a catalogue"),
        (b"{}", "resource, attributes, events is missing"),
        (b'{"resource": {}, "attributes": {}, "events": {"a": 1}}', "an entry is not an object"),
        (b'{"resource": {"os.type": {"type": "enum", "members": 7}}, "attributes": {}, "events": {}}', "not two catalogues"),
        (b'{"resource": {}, "attributes": {"mlflow.usage.flavor": []}, "events": {}}', "an entry is not an object"),
    ],
)
def test_bad_input_is_2_and_one_line(old: Path, content: bytes | None, said: str) -> None:
    bad = old.with_name("bad.json")
    if content is not None:
        bad.write_bytes(content)
    for pair in ((bad, old), (old, bad)):
        result = run("diff", *pair)
        assert result.exit_code == 2
        assert result.stdout == ""
        assert said in result.stderr
        assert len(result.stderr.splitlines()) == 1


def test_wrong_use_is_told() -> None:
    assert run("diff").exit_code == 2
    assert "after the command: mlflow-usage catalogue diff … --json" in run("--json", "diff", "a", "b").stderr
    assert "after the command: mlflow-usage catalogue list … --json" in run("--json", "list").stderr
    assert "Example: mlflow-usage catalogue diff old.json new.json" in run("diff", "--help").output
    assert "1 where more is collected" in run("diff", "--help").output
