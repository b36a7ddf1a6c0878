"""The catalogue's entries, as plain objects.

Decides their shape and nothing about their meaning: the linter and every renderer see these and no YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeAlias

from mlflow_usage.catalogue.judge import ValueType

FAMILY_API: Final = "family.api"
PENDING: Final = "pending"
MECHANICS: Final = "mechanics"
INERT: Final = frozenset({"REVIEW", "FREE_TEXT"})  # rules that an entry may break for a reason, and then is not collected


@dataclass(frozen=True, slots=True)
class Governance:
    """Who answers for an entry, what it is for, and which review allowed it."""

    owner: str | None
    question: str | None
    chart: str | None
    review: str | None
    revision: int | None
    expires: str | None
    personal: bool | None = None
    identifier: bool | None = None
    sensitive: bool | None = None
    deprecated: str | None = None
    suppress: Mapping[str, str] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Return whether the entry may be recorded without `MLFLOW_USAGE_REVIEW=pending`; a suppressed review is no review."""
        return self.review is not None and self.review != PENDING and INERT.isdisjoint(self.suppress)

    @property
    def references(self) -> tuple[str, ...]:
        """Return the reviews that it names."""
        return tuple((self.review or "").split())


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the resource or of a record."""

    id: str
    kind: ValueType
    brief: str
    required: bool
    governance: Governance
    members: tuple[str, ...] = ()
    pending: frozenset[str] = frozenset()  # members whose review is pending
    fallback: str | None = None
    minimum: int | None = None
    maximum: int | None = None
    format: str | None = None
    pattern: str | None = None  # the format's expression, to be matched against the whole value
    definitions: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    examples: tuple[Any, ...] = ()

    @property
    def active(self) -> bool:
        """Return whether the attribute may be recorded without `MLFLOW_USAGE_REVIEW=pending`."""
        return self.governance.active


@dataclass(frozen=True, slots=True)
class Target:
    """One callable that the client wraps, `module:path`, and the attribute values that its place alone decides."""

    module: str
    path: str
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One event, with its own attributes and its families'."""

    name: str
    brief: str
    family: str
    families: tuple[str, ...]
    attributes: tuple[str, ...]
    required: frozenset[str]
    pending: frozenset[str]  # attributes that it may not carry before their review
    targets: tuple[Target, ...]
    governance: Governance

    @property
    def active(self) -> bool:
        """Return whether the event may be recorded without `MLFLOW_USAGE_REVIEW=pending`."""
        return self.governance.active

    @property
    def is_api(self) -> bool:
        """Return whether the event is a call of MLflow's API, not one that delivery makes."""
        return FAMILY_API in self.families


@dataclass(frozen=True, slots=True)
class ReviewRow:
    """One row of a review: the elements that it allows, and its three answers."""

    reference: str
    element: str
    covers: frozenset[str] | None  # None: every event of the API
    on: frozenset[str] | None  # None: every event of the API
    values: tuple[str, ...]
    open: bool  # the review approved a class: built-in members join it
    answers: tuple[bool, bool, bool]

    def allows(self, event: Event, attribute: str) -> bool:
        """Return whether the event may carry the attribute."""
        return self.covers is not None and attribute in self.covers and (event.is_api if self.on is None else event.name in self.on)


@dataclass(frozen=True, slots=True)
class Reviews:
    """The reviews so far: their titles and rows, and the elements allowed as mechanics."""

    titles: Mapping[str, str]
    rows: Mapping[str, ReviewRow]
    mechanics: frozenset[str]
    everywhere: frozenset[str]  # attributes of mechanics that every event may carry

    def of(self, governance: Governance) -> tuple[ReviewRow, ...]:
        """Return the rows that an entry names."""
        return tuple(self.rows[reference] for reference in governance.references if reference in self.rows)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole catalogue, in the order of the files."""

    revision: int
    notice: str
    reviews: Reviews
    governance: Mapping[str, str]  # field -> who or what, empty where nobody has said
    formats: Mapping[str, str]
    resource: tuple[Attribute, ...]
    attributes: Mapping[str, Attribute]
    events: tuple[Event, ...]
    families: Mapping[str, tuple[str, Governance]]  # id -> (brief, resolved governance)
    exclusions: Mapping[str, str]  # public function that is no event -> the rule that leaves it out
    internal: Mapping[str, str] = field(default_factory=dict)  # module whose functions are not public -> why

    @property
    def every_attribute(self) -> tuple[Attribute, ...]:
        """Return the resource's attributes and those of records."""
        return (*self.resource, *self.attributes.values())

    @property
    def every_entry(self) -> tuple[tuple[str, Governance], ...]:
        """Return the name and governance of every attribute and event."""
        attributes = ((attribute.id, attribute.governance) for attribute in self.every_attribute)
        return (*attributes, *((event.name, event.governance) for event in self.events))


Broken: TypeAlias = Iterator[tuple[str, Governance, str]]  # of each entry that breaks a rule: its name, its governance, advice


def active(catalogue: Catalogue) -> Catalogue:
    """Return the part of the catalogue that may be collected: all but what is pending."""
    attributes = {name: _reviewed(attribute) for name, attribute in catalogue.attributes.items() if attribute.active}
    events = []
    for event in catalogue.events:
        if event.active:
            carried = tuple(key for key in event.attributes if key in attributes and key not in event.pending)
            events.append(replace(event, attributes=carried, required=event.required & set(carried), pending=frozenset()))
    resource = tuple(_reviewed(attribute) for attribute in catalogue.resource if attribute.active)
    return replace(catalogue, resource=resource, attributes=attributes, events=tuple(events))


def _reviewed(attribute: Attribute) -> Attribute:
    members = tuple(member for member in attribute.members if member not in attribute.pending)
    definitions = {member: places for member, places in attribute.definitions.items() if member in members}
    return replace(attribute, members=members, pending=frozenset(), definitions=definitions)
