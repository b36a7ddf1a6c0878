"""The typed view of the catalogue's YAML.

Decides the meaning of an entry of `catalogue/model/*.yaml`: only here are references and families resolved, so that every renderer sees
the same plain objects. It must never be imported at run time: a user's process reads `catalogue/tables.py` only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import yaml

from mlflow_usage.catalogue.build.entries import PENDING, Attribute, Catalogue, Event, Governance, Target
from mlflow_usage.catalogue.build.reviews import reviews
from mlflow_usage.catalogue.governance import stated
from mlflow_usage.catalogue.judge import ValueType
from mlflow_usage.catalogue.words import TERMS

MODEL: Final = Path(__file__).parent.parent / "model"

INHERITED: Final = ("owner", "question", "chart", "review", "expires", "revision")


class CatalogueError(ValueError):
    """The catalogue's YAML cannot be read as a catalogue; the message names the file or entry and what is wrong."""


def load(directory: Path = MODEL) -> Catalogue:
    """Read the catalogue below `directory`.

    Raises:
        CatalogueError: a file cannot be read, or an entry names something that does not exist.
    """
    manifest = _read(directory / "manifest.yaml")
    with _errors_naming("manifest.yaml"):
        formats: dict[str, str] = dict(manifest.get("formats") or {})
        revision = int(manifest["revision"])
    with _errors_naming("attributes.yaml"):
        attributes = {a.id: a for g in _groups(directory / "attributes.yaml") for a in _attributes(g, formats)}
    with _errors_naming("resource.yaml"):
        resource = tuple(a for g in _groups(directory / "resource.yaml") for a in _attributes(g, formats))
    with _errors_naming("families.yaml"):
        families = {g["id"]: g for g in _groups(directory / "families.yaml")}
        known = {name: (g.get("brief", ""), _governance(_chain(name, families))) for name, g in families.items()}
    with _errors_naming("reviews.yaml"):
        held = reviews(_read(directory / "reviews.yaml"))
    events: list[Event] = []
    exclusions: dict[str, str] = {}
    internal: dict[str, str] = {}
    for path in sorted((directory / "events").glob("*.yaml")):
        content = _read(path)
        with _errors_naming(f"events/{path.name}"):
            exclusions.update(_excluded(content, path))
            internal.update(content.get("internal") or {})
            events += [_event(group, families, attributes) for group in content.get("groups") or ()]
    return Catalogue(
        revision=revision,
        notice=str(manifest.get("notice", "")),
        reviews=held,
        governance=governance(_read(directory / "governance.yaml")),
        formats=formats,
        resource=resource,
        attributes=attributes,
        events=tuple(sorted(events, key=lambda event: event.name)),
        families=known,
        exclusions=exclusions,
        internal=internal,
    )


@contextmanager
def _errors_naming(file: str) -> Iterator[None]:
    """Raise one line with the file's name where an entry is of another type than expected, or lacks a key."""
    try:
        yield
    except CatalogueError:
        raise
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        msg = f"{file}: an entry does not have the form in docs/catalogue-format.md ({type(error).__name__}: {error})"
        raise CatalogueError(msg) from error


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"{path}: cannot be read: {' '.join(str(error).split())}"
        raise CatalogueError(msg) from error
    if not isinstance(content, dict):
        msg = f"{path}: must hold a mapping"
        raise CatalogueError(msg)
    return content


def governance(content: Mapping[str, Any]) -> dict[str, str]:
    """Return all the terms of `governance.yaml` as text.

    Raises:
        CatalogueError: a term is unknown, missing or not text.
    """
    terms = stated(content)
    if terms is None or set(content) != set(TERMS):
        msg = f"governance.yaml: these fields are expected, each a text: {', '.join(TERMS)}"
        raise CatalogueError(msg)
    return terms


def _excluded(content: Mapping[str, Any], path: Path) -> dict[str, str]:
    """Return each function that is left out, with the reason."""
    rules = content.get("rules") or {}
    for rule, names in (content.get("exclusions") or {}).items():
        if rule not in rules or not isinstance(names, list):
            msg = f"{path}: exclusions: {rule!r} must be one of `rules` and hold a list of names"
            raise CatalogueError(msg)
    return {name: str(rules[rule]) for rule, names in sorted((content.get("exclusions") or {}).items()) for name in names}


def _groups(path: Path) -> list[dict[str, Any]]:
    return list(_read(path).get("groups") or ())


def _usage(entry: Mapping[str, Any]) -> dict[str, Any]:
    return dict((entry.get("annotations") or {}).get("usage") or {})


def _governance(usage: Mapping[str, Any]) -> Governance:
    return Governance(
        owner=usage.get("owner"),
        question=usage.get("question"),
        chart=usage.get("chart"),
        review=usage.get("review"),
        revision=usage.get("revision"),
        expires=usage.get("expires"),
        personal=usage.get("personal"),
        identifier=usage.get("identifier"),
        sensitive=usage.get("sensitive"),
        deprecated=usage.get("deprecated"),
        suppress=dict(usage.get("suppress") or {}),
    )


def _attributes(group: Mapping[str, Any], formats: Mapping[str, str]) -> list[Attribute]:
    return [_attribute(entry, formats) for entry in group.get("attributes") or ()]


def _attribute(entry: Mapping[str, Any], formats: Mapping[str, str]) -> Attribute:
    usage, declared, name = _usage(entry), entry.get("type"), entry.get("id", "?")
    members: tuple[str, ...] = ()
    if isinstance(declared, dict):
        kind: ValueType = "enum"
        members = tuple(member["value"] for member in declared.get("members") or ())
    elif declared == "string[]":
        kind, members = "enum[]", tuple(usage.get("members") or ())
    elif declared in ("boolean", "int", "string"):
        kind = declared
    else:
        msg = f"attribute {name}: type {declared!r} is not one of boolean, int, string, string[], members"
        raise CatalogueError(msg)
    if not all(isinstance(member, str) for member in members):
        msg = f"attribute {name}: a member is not text: quote it, since YAML reads yes, no and numbers as other types"
        raise CatalogueError(msg)
    pattern_name = usage.get("format")
    if pattern_name is not None and pattern_name not in formats:
        msg = f"attribute {name}: format {pattern_name!r} is not in manifest.yaml"
        raise CatalogueError(msg)
    return Attribute(
        id=name,
        kind=kind,
        brief=" ".join(str(entry.get("brief", "")).split()),
        required=entry.get("requirement_level") == "required",
        governance=_governance(usage),
        members=members,
        pending=frozenset(usage.get("pending") or ()),
        fallback=usage.get("fallback"),
        minimum=usage.get("min"),
        maximum=usage.get("max"),
        format=pattern_name,
        pattern=formats.get(pattern_name) if pattern_name else None,
        definitions={key: tuple(value) for key, value in (usage.get("definitions") or {}).items()},
        examples=tuple(entry.get("examples") or ()),
    )


def _lineage(name: str, families: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return the family and its ancestors, nearest first."""
    line: list[str] = []
    current: str | None = name
    while current is not None:
        if current not in families or current in line:
            msg = f"family {current!r} (from {name!r}) does not exist or extends itself"
            raise CatalogueError(msg)
        line.append(current)
        current = families[current].get("extends")
    return line


def _chain(name: str, families: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    usage: dict[str, Any] = {}
    for ancestor in reversed(_lineage(name, families)):
        if "suppress" in _usage(families[ancestor]):
            msg = f"family {ancestor}: a rule is suppressed on single entries only"
            raise CatalogueError(msg)
        usage.update({key: value for key, value in _usage(families[ancestor]).items() if key in INHERITED})
    return usage


def _event(group: Mapping[str, Any], families: Mapping[str, Mapping[str, Any]], attributes: Mapping[str, Attribute]) -> Event:
    family, name = group.get("extends"), group.get("name", group.get("id", "?"))
    if not family:
        msg = f"event {name}: `extends` must name a family"
        raise CatalogueError(msg)
    line = _lineage(family, families)
    refs: dict[str, bool] = {}
    pending: set[str] = set()
    for source in (*(families[ancestor] for ancestor in reversed(line)), group):
        for reference in source.get("attributes") or ():
            if reference["ref"] not in attributes:
                msg = f"event {name}: attribute {reference['ref']!r} is not in attributes.yaml"
                raise CatalogueError(msg)
            refs[reference["ref"]] = reference.get("requirement_level") == "required"
            if _usage(reference).get("review") == PENDING:
                pending.add(reference["ref"])
    return Event(
        name=name,
        brief=" ".join(str(group.get("brief", "")).split()),
        family=family,
        families=tuple(line),
        attributes=tuple(refs),
        required=frozenset(key for key, required in refs.items() if required),
        pending=frozenset(pending | {key for key in refs if not attributes[key].active}),
        targets=tuple(_target(target, name) for target in _usage(group).get("targets") or ()),
        governance=_governance({**_chain(family, families), **_usage(group)}),
    )


def _target(entry: str | Mapping[str, Any], event: str) -> Target:
    text, fixed = (entry, {}) if isinstance(entry, str) else (entry["target"], dict(entry.get("set") or {}))
    module, colon, path = text.partition(":")
    if not (module and colon and path):
        msg = f"event {event}: target {text!r} is not `module:attribute`"
        raise CatalogueError(msg)
    return Target(module, path, fixed)
