"""Generated rules that today's catalogue does not need, in the real Collector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from collector.wall import BASE, CANARY, RESOURCE, Wall, batch, record, wall
from mlflow_usage.catalogue.build.collector_filter import render
from mlflow_usage.catalogue.build.model import load
from mlflow_usage.catalogue.words import TERMS

USAGE = {
    "owner": "o",
    "question": "q",
    "chart": "c",
    "review": "mechanics",
    "revision": 1,
    "expires": "never: a test",
}


def attribute(name: str, kind: object, *, required: bool = False, **usage: object) -> dict[str, object]:
    level = {"requirement_level": "required"} if required else {}
    return {"id": name, "type": kind, "brief": "b", "annotations": {"usage": USAGE | usage}, **level}


def members(*names: str) -> dict[str, object]:
    return {"members": [{"id": name, "value": name} for name in names]}


def event(name: str, *refs: str) -> dict[str, object]:
    return {"id": f"event.{name}", "type": "event", "name": name, "extends": "family.base", "attributes": [{"ref": ref} for ref in refs]}


@pytest.fixture(scope="module")
def other(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    """A Collector whose catalogue has a closed list, an optional number, a digest and a closed resource key."""
    assert binary.exists()
    model = tmp_path_factory.mktemp("model")
    base = [{"ref": key, "requirement_level": "required"} for key in BASE]
    files: dict[str, object] = {
        "manifest.yaml": {"name": "other", "revision": 7, "formats": {"uid": "[-0-9a-f]{1,50}", "word": "[a-z'.\\\\]{1,9}"}},
        "reviews.yaml": {"reviews": []},
        "governance.yaml": dict.fromkeys(TERMS, ""),
        "families.yaml": {
            "groups": [{"id": "family.base", "type": "attribute_group", "attributes": base, "annotations": {"usage": USAGE}}]
        },
        "resource.yaml": {
            "groups": [
                {
                    "id": "resource.other",
                    "type": "resource",
                    "attributes": [
                        attribute("service.name", members("mlflow"), required=True),
                        attribute("os.type", members("linux", "dar.win")),
                        attribute("options", "string[]", members=["a", "b"], fallback="b"),
                    ],
                }
            ]
        },
        "attributes.yaml": {
            "groups": [
                {
                    "id": "attributes.other",
                    "type": "attribute_group",
                    "attributes": [
                        attribute("mlflow.usage.count", "int", min=1, max=10),
                        attribute("log.record.uid", "string", format="uid"),
                        attribute("x.list", "string[]", members=["b", "a", "c.d"]),
                        attribute("x.number", "int", min=-5, max=5),
                        attribute("x.word", "string", format="word"),
                    ],
                }
            ]
        },
        "events/all.yaml": {"groups": [event("e.list", "x.list"), event("e.number", "x.number", "x.word"), event("e.word", "x.word")]},
    }
    (model / "events").mkdir()
    for name, content in files.items():
        (model / name).write_text(yaml.safe_dump(content), encoding="utf-8")
    generated = model / "filter.yaml"
    generated.write_text(render(load(model)), encoding="utf-8")
    with wall(model / "archive", overlays=(generated,)) as running:
        yield running


SERVICE = {"service.name": "mlflow"}


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (["c.d", "a", "a"], ["a", "c.d"]),
        ([], None),
        ("a", None),
        (["a", "b", "c.d", "a"], None),
    ],
)
def test_a_list_without_a_fallback_keeps_its_known_members(other: Wall, sent: object, kept: list[str] | None) -> None:
    stored = other.send(batch(record("e.list", BASE | {"x.list": sent}), resource=SERVICE))
    assert stored.attributes == [BASE if kept is None else BASE | {"x.list": kept}]


@pytest.mark.parametrize("sent", [[CANARY], ["a", CANARY], ["cxd"], ["a", 1], [["a"]]])
def test_an_unknown_member_of_a_list_without_a_fallback_refuses_the_record(other: Wall, sent: object) -> None:
    assert other.send(batch(record("e.list", BASE | {"x.list": sent}), resource=SERVICE)).records == []


@pytest.mark.parametrize(("number", "kept"), [(-5, True), (5, True), (6, False), (-6, False), (1.0, False), ("1", False)])
def test_an_optional_number_out_of_its_bounds_is_removed(other: Wall, number: object, kept: bool) -> None:
    stored = other.send(batch(record("e.number", BASE | {"x.number": number}), resource=SERVICE))
    assert stored.attributes == [BASE | ({"x.number": number} if kept else {})]


@pytest.mark.parametrize(("word", "kept"), [("it's", True), ("a.b\\", True), ("it", True), ("A", False), ("", False), ("it\n", False)])
def test_a_pattern_means_what_it_says(other: Wall, word: str, kept: bool) -> None:
    for name in ("e.word", "e.number"):
        stored = other.send(batch(record(name, BASE | {"x.word": word}), resource=SERVICE))
        assert stored.attributes == [BASE | ({"x.word": word} if kept else {})]


def test_a_closed_key_of_the_resource_refuses_what_it_does_not_know(other: Wall) -> None:
    for system, count in (("linux", 1), ("dar.win", 1), ("darwin", 0), ("darxwin", 0), (None, 1), (7, 1)):
        assert len(other.send(batch(record("e.list"), resource=SERVICE | {"os.type": system})).records) == count


def test_a_list_of_the_resource_is_kept_to_its_members(other: Wall) -> None:
    for sent, kept in ((["a"], ["a"]), (["b", "a"], ["a", "b"]), (["a", CANARY], ["a", "b"]), (CANARY, None)):
        (resource,) = other.send(batch(record("e.list"), resource=RESOURCE | {"options": sent})).resources
        assert resource.get("options") == kept


def test_a_pattern_that_the_collector_would_expand_is_refused(tmp_path: Path) -> None:
    source = Path(load.__globals__["MODEL"])
    for path in (*source.glob("*.yaml"), *source.glob("events/*.yaml")):
        target = tmp_path / path.relative_to(source)
        target.parent.mkdir(exist_ok=True)
        target.write_text(path.read_text(encoding="utf-8").replace("[0-9a-f]{64}", "${env:HOME}"), encoding="utf-8")
    with pytest.raises(ValueError, match="would be expanded"):
        render(load(tmp_path))
