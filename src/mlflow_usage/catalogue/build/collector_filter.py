"""Renders the Collector's wall: OTTL that lets through what the catalogue names and nothing else.

Decides the order of the Collector's steps: it first removes everything that has no name in the catalogue, then refuses what is still
invalid. It must never leave a field of OTLP, named or not, that a client fills and nothing has checked.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from mlflow_usage.catalogue.build.entries import Catalogue, Event, active
from mlflow_usage.catalogue.build.ottl import AttributePath, any_of, keys, matches, quote, rebuild
from mlflow_usage.catalogue.build.refusal import MARK, filters, mark, marked, reasons

HEADER: Final = """\
# Generated from the catalogue's revision {revision} by `make docs`; do not edit.
# It removes attributes and refuses records that the catalogue does not name or no review has allowed yet. Use with collector.yaml:
#   otelcol --config collector.yaml --config filter.yaml --config sinks/archive.yaml
"""
SCOPE_NAME: Final = "mlflow.usage"
LAST: Final = "filter/catalogue"
RESET_RESOURCE: Final = (
    'set(resource.schema_url, "")',
    "set(resource.dropped_attributes_count, 0)",
)
RESET_SCOPE: Final = (
    "keep_keys(scope.attributes, [])",
    f'set(scope.name, "{SCOPE_NAME}")',
    'set(scope.version, "")',
    'set(scope.schema_url, "")',
    "set(scope.dropped_attributes_count, 0)",
)
# A body is set only where there is one: an absent body cannot be restored, and the client sends none.
RESET_RECORD: Final = (
    'set(log.time, TruncateTime(log.time, Duration("1h")))',
    "set(log.observed_time, Now())",
    "set(log.severity_number, SEVERITY_NUMBER_INFO)",
    'set(log.severity_text, "")',
    'set(log.body, "") where log.body != nil',
    "set(log.flags, 0)",
    "set(log.dropped_attributes_count, 0)",
    f'set(log.trace_id.string, "{"0" * 32}")',
    f'set(log.span_id.string, "{"0" * 16}")',
)


def render(catalogue: Catalogue) -> str:
    """Return the text of `collector-config/filter.yaml`. To the Collector, elements under review are unknown."""
    catalogue = active(catalogue)
    resource = [AttributePath("resource", attribute) for attribute in catalogue.resource]
    lines = [
        *HEADER.format(revision=catalogue.revision).splitlines(),
        "processors:",
        "  # First, remove everything without a name. `propagate` refuses what cannot be judged; the default would let it pass.",
        "  transform/catalogue:",
        "    error_mode: propagate",
        "    log_statements:",
        *_group("resource", "statements", _resource(resource)),
        *_lists("resource", resource),
        *_group("scope", "statements", RESET_SCOPE),
        *_records(catalogue),
        *_marks("resource", list(_refused_resources(resource))),
        *_marks("log", list(_refused_records(catalogue)), f"not {_named([event.name for event in catalogue.events])}"),
        *_filters(catalogue.revision),
    ]
    return "\n".join(lines) + "\n"


def _marks(context: str, refused: Sequence[tuple[AttributePath, str]], unknown: str = "") -> Iterator[str]:
    """Yield the statements that mark what is to be refused: first with the attribute at fault, then with the reason."""
    marks = [marked(context, place.attribute.id, condition) for place, condition in refused]
    marks += [marked(context, "unknown_event", unknown)] if unknown else []
    yield from _group(context, "statements", marks)
    yield from _group(
        context, "statements", reasons(context, {place.attribute.id: place for place, _ in refused}.values()), [f"{mark(context)} != nil"]
    )


def _filters(revision: int) -> Iterator[str]:
    """Yield the filters and the pipeline. Regrouping is costly, so invalid resources, cheap to send, are dropped before it."""
    refused = {what: filters(what, revision) for what in ("resource", "record")}
    yield "  # Drop what is marked, with one filter for each revision and reason, so that the Collector's own metrics count them apart."
    for name, condition in (*refused["resource"].items(), *refused["record"].items()):
        yield from (f"  {name}:", "    error_mode: propagate", "    log_conditions:", *_group("resource", "conditions", [condition]))
    yield "  # OTTL cannot reach a resource's entity references, which are free text. Regrouping rebuilds every resource from its"
    yield "  # attributes alone, which removes them; it also separates what is marked from the rest."
    yield from ("  groupbyattrs/rebuild:", f"    keys: [{MARK}]")
    yield "  # Last, whatever the mark: only what passes this is stored."
    yield from (f"  {LAST}:", "    error_mode: propagate", "    log_conditions:")
    yield from _group("resource", "conditions", [f"{mark('resource')} != nil"])
    yield from _group("log", "conditions", [f"{mark('log')} != nil"])
    order = ["memory_limiter", "transform/catalogue", *refused["resource"], "groupbyattrs/rebuild", *refused["record"], LAST]
    yield from ("service:", "  pipelines:", "    logs/in:", "      processors:", *(f"        - {name}" for name in order))


def _group(context: str, key: str, entries: Iterable[str], conditions: Sequence[str] = ()) -> list[str]:
    lines = [f"      - context: {context}"]
    if conditions:
        lines += ["        conditions:", *(f"          - {_scalar(entry)}" for entry in conditions)]
    return [*lines, f"        {key}:", *(f"          - {_scalar(entry)}" for entry in entries)]


def _scalar(text: str) -> str:
    """Return a YAML scalar that the Collector's own `${…}` expansion leaves alone."""
    if "${" in text or "$$" in text:
        raise ValueError(f"{text!r} would be expanded by the Collector")
    return "'" + text.replace("'", "''") + "'"


def _resource(places: Sequence[AttributePath]) -> Iterator[str]:
    yield from RESET_RESOURCE
    yield from rebuild("resource", (place.attribute.id for place in places))
    for place in places:
        yield from place.statements(required=place.attribute.required)


def _lists(context: str, places: Iterable[AttributePath]) -> Iterator[str]:
    for place in places:
        if place.attribute.kind == "enum[]":
            yield from _group(context, "statements", place.members(), [place.typed])


def _records(catalogue: Catalogue) -> Iterator[str]:
    """Yield a group for all records, one for each set of events that carry unusual attributes, and one for each list."""
    shapes = _shapes(catalogue.events)
    most = max(shapes, key=lambda shape: len(shapes[shape]))
    rest = {shape: names for shape, names in shapes.items() if shape != most}
    carried = [key for key in catalogue.attributes if any(key in shape for shape in shapes)]
    common = [*RESET_RECORD, *rebuild("log", carried)]
    if rest:
        special = [name for names in rest.values() for name in names]
        common.append(f"keep_keys(log.attributes, {keys(most)}) where not {_named(special)}")
    yield from _group("log", "statements", [*common, *_statements(catalogue, most)])
    for shape, names in rest.items():
        cut = f"keep_keys(log.attributes, {keys(shape)})"
        own = _statements(catalogue, [key for key in shape if key not in most])
        yield from _group("log", "statements", [cut, *own], [_named(names)])
    yield from _lists("log", (AttributePath("log", catalogue.attributes[key]) for key in carried))


def _shapes(events: Iterable[Event]) -> dict[tuple[str, ...], list[str]]:
    shapes: dict[tuple[str, ...], list[str]] = {}
    for event in events:
        shapes.setdefault(event.attributes, []).append(event.name)
    return shapes


def _statements(catalogue: Catalogue, ids: Iterable[str]) -> Iterator[str]:
    for key in ids:
        always = all(key in event.required for event in catalogue.events if key in event.attributes)
        yield from AttributePath("log", catalogue.attributes[key]).statements(required=always)


def _named(names: Sequence[str]) -> str:
    """Return the condition that the record's event is one of these."""
    if len(names) == 1:
        return f"log.event_name == {quote(names[0])}"
    return matches("log.event_name", any_of(names))


def _refused_resources(places: Iterable[AttributePath]) -> Iterator[tuple[AttributePath, str]]:
    for place in places:
        if place.attribute.required:
            yield place, place.invalid
        elif place.refusing:
            yield place, f"{place.path} != nil and {place.invalid}"


def _refused_records(catalogue: Catalogue) -> Iterator[tuple[AttributePath, str]]:
    for key, attribute in catalogue.attributes.items():
        place = AttributePath("log", attribute)
        carriers = [event for event in catalogue.events if key in event.attributes]
        needing = [event.name for event in carriers if key in event.required]
        if needing and len(needing) == len(catalogue.events):
            yield place, place.invalid
        elif needing:
            yield place, f"{_named(needing)} and {place.invalid}"
        if place.refusing and len(needing) < len(carriers):
            yield place, f"{place.path} != nil and {place.invalid}"
