"""What the catalogue's entries are, as plain objects.

Decides their shape and nothing about their meaning: linting and every renderer see these and no YAML.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

FAMILY_API: Final = "family.api"
PENDING: Final = "pending"
MECHANICS: Final = "mechanics"
INERT: Final = frozenset({"REVIEW", "FREE_TEXT"})  # rules that an entry may break for a reason, and then is not collected

Kind: TypeAlias = Literal["boolean", "enum", "enum[]", "int", "string"]


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
        """Whether the entry may be recorded without `MLFLOW_USAGE_REVIEW=pending`: a suppressed review is no review."""
        return self.review is not None and self.review != PENDING and INERT.isdisjoint(self.suppress)

    @property
    def references(self) -> tuple[str, ...]:
        """The reviews that it names."""
        return tuple((self.review or "").split())


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the resource or of a record."""

    id: str
    kind: Kind
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
        """Whether the attribute may be recorded without `MLFLOW_USAGE_REVIEW=pending`."""
        return self.governance.active


@dataclass(frozen=True, slots=True)
class Target:
    """One callable that the client wraps: `module:path`, with attribute values that its place alone decides."""

    module: str
    path: str
    fixed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Event:
    """One event: its own attributes and its family's, required ones marked."""

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
        """Whether the event may be recorded without `MLFLOW_USAGE_REVIEW=pending`."""
        return self.governance.active

    @property
    def is_api(self) -> bool:
        """Whether the event is a call of MLflow's API, not one of delivery's own."""
        return FAMILY_API in self.families


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a review: what it allows, and its three answers."""

    reference: str
    element: str
    covers: frozenset[str] | None  # None: every event of the API
    on: frozenset[str] | None  # None: every event of the API
    values: tuple[str, ...]
    open: bool  # the review approved a class: built-in members join it
    answers: tuple[bool, bool, bool]

    def allows(self, event: Event, attribute: str) -> bool:
        """Whether the event may carry the attribute."""
        return self.covers is not None and attribute in self.covers and (event.is_api if self.on is None else event.name in self.on)


@dataclass(frozen=True, slots=True)
class Reviews:
    """The reviews that were held: their titles and rows, and what is allowed as mechanics."""

    titles: Mapping[str, str]
    rows: Mapping[str, Row]
    mechanics: frozenset[str]
    everywhere: frozenset[str]  # attributes of mechanics that every event may carry

    def of(self, governance: Governance) -> tuple[Row, ...]:
        """The rows that an entry names."""
        return tuple(self.rows[reference] for reference in governance.references if reference in self.rows)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """All of it, in the order of the files."""

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
        """The resource's attributes and those of records."""
        return (*self.resource, *self.attributes.values())


Broken: TypeAlias = Iterator[tuple[str, Governance, str]]  # what breaks a rule: the entry, its governance, advice


def active(catalogue: Catalogue) -> Catalogue:
    """The catalogue without anything whose review is pending: what may be collected."""
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
