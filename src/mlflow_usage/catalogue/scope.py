"""The changes of scope between two catalogues, in plain words.

Decides which changes are wider, narrower or neither, on two catalogues as `mlflow-usage catalogue --json` prints them. It must never call a
change harmless that it cannot judge: of two patterns nobody can say which allows more, so another pattern is treated as wider.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, Literal, NamedTuple, TypeAlias

Effect: TypeAlias = Literal["wider", "narrower", "neither"]
ChangeKind: TypeAlias = Literal[
    "event", "resource", "attribute", "carries", "member", "bound", "pattern", "type", "answers", "required", "review"
]
Entries: TypeAlias = Mapping[str, Mapping[str, Any]]

PARTS: Final = ("resource", "attributes", "events")
FLAGS: Final = ("personal", "identifier", "sensitive")


class ScopeError(ValueError):
    """The content is not a catalogue; the message says what is missing."""


class Change(NamedTuple):
    """One difference: its effect on the scope, the entry it is about, a sentence, and the review that the newer catalogue names for it."""

    effect: Effect
    kind: ChangeKind
    entry: str
    value: str  # the member or attribute that is added or removed; otherwise empty
    text: str
    review: str


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[Change]:
    """Return every difference of scope, the wider first.

    Raises:
        ScopeError: one of the two is not a catalogue.
    """
    for content in (old, new):
        missing = [key for key in PARTS if not isinstance(content.get(key), dict)]
        if missing:
            raise ScopeError(f"not a catalogue: {', '.join(missing)} is missing")
        if not all(isinstance(entry, dict) for part in PARTS for entry in content[part].values()):
            raise ScopeError("not a catalogue: an entry is not an object")
    found = [
        *_entries("resource", "attribute with every batch", old["resource"], new["resource"]),
        *_entries("attribute", "attribute of records", old["attributes"], new["attributes"]),
        *_events(old["events"], new["events"]),
    ]
    order = ("wider", "narrower", "neither")
    return sorted(found, key=lambda change: order.index(change.effect))


def _entries(kind: ChangeKind, what: str, old: Entries, new: Entries) -> Iterator[Change]:
    for name, entry in new.items():
        if name not in old:
            yield Change("wider", kind, name, "", f"new {what}: {entry.get('brief', '')}", _review(entry))
        else:
            yield from _attribute(name, old[name], entry)
    for name in old:
        if name not in new:
            yield Change("narrower", kind, name, "", f"{what} is no longer collected", "")


def _events(old: Entries, new: Entries) -> Iterator[Change]:
    for name, entry in new.items():
        if name not in old:
            yield Change("wider", "event", name, "", f"new event: {entry.get('brief', '')}", _review(entry))
            continue
        before, after = old[name].get("attributes", ()), entry.get("attributes", ())
        for key in after:
            if key not in before:
                yield Change("wider", "carries", name, key, f"also carries {key}", _review(entry))
        for key in before:
            if key not in after:
                yield Change("narrower", "carries", name, key, f"no longer carries {key}", _review(entry))
        yield from _reviewed(name, old[name], entry)
    for name in old:
        if name not in new:
            yield Change("narrower", "event", name, "", "event is no longer collected", "")


def _attribute(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    review = _review(new)
    if old.get("type") != new.get("type"):
        yield Change("wider", "type", name, "", f"is of type {new.get('type')}, was {old.get('type')}", review)
        return
    yield from _members(name, old.get("members", ()), new.get("members", ()), review)
    yield from _bounds(name, old, new, review)
    if old.get("pattern") != new.get("pattern"):
        yield Change("wider", "pattern", name, "", f"matches {new.get('pattern')}, was {old.get('pattern')}: treated as wider", review)
    answers = [f"{flag}: {_yes(new.get(flag))}, was {_yes(old.get(flag))}" for flag in FLAGS if old.get(flag) != new.get(flag)]
    if answers:
        yield Change("wider", "answers", name, "", f"answer changed ({'; '.join(answers)}): treated as wider", review)
    if bool(old.get("required")) != bool(new.get("required")):
        required = bool(new.get("required"))
        effect: Effect = "narrower" if required else "neither"
        yield Change(effect, "required", name, "", "is required now" if required else "is no longer required", review)
    yield from _reviewed(name, old, new)


def _members(name: str, before: Sequence[str], after: Sequence[str], review: str) -> Iterator[Change]:
    for member in after:
        if member not in before:
            yield Change("wider", "member", name, member, f"may also be {member}", review)
    for member in before:
        if member not in after:
            yield Change("narrower", "member", name, member, f"may no longer be {member}", review)


def _bounds(name: str, old: Mapping[str, Any], new: Mapping[str, Any], review: str) -> Iterator[Change]:
    for key, size, direction in (("min", "small", -1), ("max", "large", 1)):
        before, after = old.get(key), new.get(key)
        if isinstance(before, int) and isinstance(after, int) and before != after:
            effect: Effect = "wider" if (after - before) * direction > 0 else "narrower"
            yield Change(effect, "bound", name, "", f"may be as {size} as {after:,}, was {before:,}", review)


def _reviewed(name: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    if _review(old) != _review(new):
        yield Change("neither", "review", name, "", f"is now covered by {_review(new)}, was {_review(old)}", _review(new))


def _review(entry: Mapping[str, Any]) -> str:
    return str(entry.get("review") or "")


def _yes(answer: object) -> str:
    return "yes" if answer else "no"
