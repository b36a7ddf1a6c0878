"""Renders the client's tables: Python literals, so that a user's process reads no YAML."""

from __future__ import annotations

from typing import Final

from mlflow_usage.catalogue.build.entries import Attribute, Catalogue, Event

HEADER: Final = '"""Generated from catalogue/model by `make docs`; do not edit."""\n'


def render_tables(catalogue: Catalogue) -> str:
    """The text of `catalogue/tables.py`: what may be recorded."""
    lines = [
        HEADER,
        "from __future__ import annotations",
        "",
        "from typing import Final",
        "",
        "from mlflow_usage.catalogue.rules import EventRow, Rule",
        "",
        f"REVISION: Final = {catalogue.revision}",
        "",
        "RESOURCE: Final[dict[str, Rule]] = {",
        *(_rule(attribute) for attribute in catalogue.resource),
        "}",
        "",
        "ATTRIBUTES: Final[dict[str, Rule]] = {",
        *(_rule(attribute) for attribute in catalogue.attributes.values()),
        "}",
        "",
        *_events(catalogue.events),
        "",
        "PENDING: Final[frozenset[str]] = frozenset(",
        f"    {_pending(catalogue)!r}",
        ")",
        "",
    ]
    return "\n".join(lines)


def _rule(attribute: Attribute) -> str:
    parts = [repr(attribute.kind)]
    if attribute.members:
        parts.append(f"members={attribute.members!r}")
    if attribute.fallback is not None:
        parts.append(f"fallback={attribute.fallback!r}")
    if attribute.kind == "int":
        parts += [f"minimum={attribute.minimum}", f"maximum={attribute.maximum}"]
    if attribute.pattern is not None:
        parts.append(f"pattern={attribute.pattern!r}")
    if attribute.required:
        parts.append("required=True")
    if attribute.governance.revision not in (None, 1):
        parts.append(f"revision={attribute.governance.revision}")
    return f"    {attribute.id!r}: Rule({', '.join(parts)}),"


def _events(events: tuple[Event, ...]) -> list[str]:
    shapes: dict[tuple[tuple[str, ...], frozenset[str]], str] = {}
    for event in events:
        shapes.setdefault((event.attributes, event.required), f"_SHAPE_{len(shapes)}")
    lines = [
        f"{name} = EventRow({attributes!r}, frozenset({tuple(sorted(required))!r}))" for (attributes, required), name in shapes.items()
    ]
    lines += ["", "EVENTS: Final[dict[str, EventRow]] = {"]
    lines += [f"    {event.name!r}: {shapes[event.attributes, event.required]}," for event in events]
    return [*lines, "}"]


def _pending(catalogue: Catalogue) -> tuple[str, ...]:
    entries = [event.name for event in catalogue.events if not event.active]
    return tuple(entries + [name for name, attribute in catalogue.attributes.items() if not attribute.active])


def render_targets(catalogue: Catalogue) -> str:
    """The text of `instrumentation/targets.py`: what is wrapped, by definition module."""
    modules: dict[str, list[tuple[str, str, tuple[tuple[str, str], ...]]]] = {}
    for event in catalogue.events:
        for target in event.targets:
            modules.setdefault(target.module, []).append((target.path, event.name, tuple(target.fixed.items())))
    lines = [HEADER, "from __future__ import annotations", "", "from typing import Final", ""]
    lines += ["# definition module -> (path in it, event, attribute values that the place alone decides)"]
    lines += ["TARGETS: Final[dict[str, tuple[tuple[str, str, tuple[tuple[str, str], ...]], ...]]] = {"]
    for module in sorted(modules):
        lines.append(f"    {module!r}: (")
        lines += [f"        {entry!r}," for entry in sorted(modules[module])]
        lines.append("    ),")
    lines += ["}", ""]
    for name, attribute in (("SCORERS", "mlflow.usage.scorers"), ("STORES", "mlflow.usage.store")):
        found = catalogue.attributes.get(attribute)
        places = {place: member for member, ps in (found.definitions if found else {}).items() for place in ps}
        lines.append(f"{name}: Final[dict[str, str]] = {{")
        lines += [f"    {place!r}: {member!r}," for place, member in sorted(places.items())]
        lines += ["}", ""]
    return "\n".join(lines)
