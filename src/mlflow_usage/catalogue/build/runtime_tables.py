"""Renders the client's tables as Python literals: a user's process must never read YAML."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from mlflow_usage.catalogue.build.entries import Attribute, Catalogue, Event, active

HEADER: Final = '"""Generated from catalogue/model by `make docs`; do not edit."""\n'
ROWS_FUNCTION: Final = (
    "",
    "def rows(module: str) -> list[tuple[str, str, dict[str, str]]]:",
    '    """Return the targets of a module: the path in it, the event, and the attribute values that the place alone decides."""',
    "    found = map(str.split, TARGETS[module].splitlines())",
    '    return [(path, event, dict(pair.split("=") for pair in fixed)) for path, event, *fixed in found]',
    "",
    "",
    "# definition module -> a line for each target; texts, because most modules are never imported",
    "TARGETS: Final[dict[str, str]] = {",
)


def render_tables(catalogue: Catalogue) -> str:
    """Return the text of `catalogue/tables.py`: what may be recorded, and separately what is under review."""
    reviewed = active(catalogue)
    shapes: dict[tuple[tuple[str, ...], frozenset[str]], str] = {}
    for event in (*reviewed.events, *_wider(catalogue)):
        shapes.setdefault((event.attributes, event.required), f"_SHAPE_{len(shapes)}")
    known = {attribute.id: attribute for attribute in reviewed.every_attribute}
    resource = [a for a in catalogue.resource if known.get(a.id) != a]
    attributes = [a for a in catalogue.attributes.values() if known.get(a.id) != a]
    lines = [
        HEADER,
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "from mlflow_usage.catalogue.judge import Allowed, EventShape",
        "",
        f"REVISION: Final = {catalogue.revision}",
        f"NOTICE: Final = {catalogue.notice!r}",
        "",
        *_allowed_values("RESOURCE", reviewed.resource),
        *_allowed_values("ATTRIBUTES", reviewed.attributes.values()),
        *(f"{name} = EventShape({carried!r}, frozenset({tuple(sorted(required))!r}))" for (carried, required), name in shapes.items()),
        "",
        *_events("EVENTS", reviewed.events, shapes),
        "",
        "# Under review: recorded only where MLFLOW_USAGE_REVIEW=pending and a chosen endpoint say so.",
        *_allowed_values("PENDING_RESOURCE", resource),
        *_allowed_values("PENDING_ATTRIBUTES", attributes),
        *_events("PENDING_EVENTS", _wider(catalogue), shapes),
        "",
        "# Events that are not wrapped: under review; deprecated.",
        f"PENDING: Final[frozenset[str]] = frozenset({tuple(event.name for event in catalogue.events if not event.active)!r})",
        f"DEPRECATED: Final[frozenset[str]] = frozenset({tuple(e.name for e in catalogue.events if e.governance.deprecated)!r})",
        "",
    ]
    return "\n".join(lines)


def _wider(catalogue: Catalogue) -> tuple[Event, ...]:
    """Return the events that are under review, or carry something that is."""
    return tuple(
        event
        for event in catalogue.events
        if not event.active or event.pending or any(catalogue.attributes[key].pending for key in event.attributes)
    )


def _allowed_values(name: str, attributes: Iterable[Attribute]) -> list[str]:
    return [f"{name}: Final[dict[str, Allowed]] = {{", *(_allowed(attribute) for attribute in attributes), "}", ""]


def _allowed(attribute: Attribute) -> str:
    # All by position: a keyword costs `import mlflow` as much as the whole entry.
    bounds = (attribute.minimum or 0, attribute.maximum or 0) if attribute.kind == "int" else (0, 0)
    parts = (attribute.kind, attribute.members, attribute.fallback, *bounds, attribute.pattern, attribute.required)
    return f"    {attribute.id!r}: Allowed({', '.join(map(repr, parts))}, {attribute.governance.revision or 1}),"


def _events(name: str, events: Iterable[Event], shapes: Mapping[tuple[tuple[str, ...], frozenset[str]], str]) -> list[str]:
    names: dict[str, list[str]] = {}
    for event in events:
        names.setdefault(shapes[event.attributes, event.required], []).append(event.name)
    lines = [f"{name}: Final[dict[str, EventShape]] = {{"]
    for shape, found in sorted(names.items()):
        if len(found) == 1:
            lines.append(f"    {found[0]!r}: {shape},")
            continue
        # One text costs `import mlflow` a tenth of hundreds of texts.
        texts = (f"            {one + ' '!r}" for one in found)
        lines += ["    **dict.fromkeys(", "        (", *texts, "        ).split(),", f"        {shape},", "    ),"]
    return [*lines, "}"]


def render_targets(catalogue: Catalogue) -> str:
    """Return the text of `instrumentation/targets.py`: what is wrapped, by definition module."""
    modules: dict[str, list[tuple[str, str, tuple[tuple[str, str], ...]]]] = {}
    for event in catalogue.events:
        for target in event.targets:
            modules.setdefault(target.module, []).append((target.path, event.name, tuple(target.fixed.items())))
    lines = [HEADER, "from __future__ import annotations", "", "from typing import Final", "", *ROWS_FUNCTION]
    for module in sorted(modules):
        lines.append(f"    {module!r}: (")
        lines += [f"        {_target(*entry)!r}" for entry in sorted(modules[module])]
        lines.append("    ),")
    lines += ["}", ""]
    # The client judges a scorer again when it records it, but not a store: a store whose review is pending stays `custom_store`.
    sources = (("SCORERS", "mlflow.usage.scorers", catalogue), ("STORES", "mlflow.usage.store", active(catalogue)))
    for name, attribute, source in sources:
        found = source.attributes.get(attribute)
        places = {place: member for member, ps in (found.definitions if found else {}).items() for place in ps}
        lines.append(f"{name}: Final[dict[str, str]] = {{")
        lines += [f"    {place!r}: {member!r}," for place, member in sorted(places.items())]
        lines += ["}", ""]
    return "\n".join(lines)


def _target(path: str, event: str, fixed: tuple[tuple[str, str], ...]) -> str:
    return " ".join((path, event, *(f"{key}={value}" for key, value in fixed))) + "\n"
