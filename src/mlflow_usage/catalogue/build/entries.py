"""What the catalogue's entries are, as plain objects.

Decides their shape and nothing about their meaning: linting and every renderer see these and no YAML.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

FAMILY_API: Final = "family.api"

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
    suppress: Mapping[str, str] = field(default_factory=dict)

    @property
    def active(self) -> bool:
        """Whether the entry may be recorded without `MLFLOW_USAGE_REVIEW=pending`."""
        return self.review is not None and self.review != "pending"


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of the resource or of a record."""

    id: str
    kind: Kind
    brief: str
    required: bool
    governance: Governance
    members: tuple[str, ...] = ()
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
class Catalogue:
    """All of it, in the order of the files."""

    revision: int
    formats: Mapping[str, str]
    resource: tuple[Attribute, ...]
    attributes: Mapping[str, Attribute]
    events: tuple[Event, ...]
    families: Mapping[str, tuple[str, Governance]]  # id -> (brief, resolved governance)
    exclusions: Mapping[str, str]  # public function that is no event -> the rule that leaves it out
    internal: Mapping[str, str] = field(default_factory=dict)  # module whose functions are not public -> why
