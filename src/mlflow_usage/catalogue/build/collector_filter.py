"""Renders the Collector's wall: OTTL that lets through what the catalogue names and nothing else.

Decides how each of the catalogue's rules reads in OTTL. Must never emit a statement that can fail on a well-formed request: errors
propagate, so a failure would be answered with a 5xx. Hence a value's type is asked before anything else is, and a list, which may
hold what JSON cannot (NaN), is only matched after `stringify_all`, the one conversion that never fails.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import Final

from mlflow_usage.catalogue.build.model import Attribute, Catalogue, Event

HEADER: Final = """\
# Generated from the catalogue's revision {revision} by `make docs`; do not edit.
# What the catalogue does not name is removed (attributes) or refused (records). Used beside collector.yaml:
#   otelcol --config collector.yaml --config filter.yaml --config sinks/archive.yaml
"""
SCOPE: Final = "mlflow.usage"
TYPES: Final = {"boolean": "IsBool", "int": "IsInt", "enum[]": "IsList"}  # the rest: IsString
RESET_RESOURCE: Final = (
    'set(resource.schema_url, "")',
    "set(resource.dropped_attributes_count, 0)",
)
RESET_SCOPE: Final = (
    "keep_keys(scope.attributes, [])",
    f'set(scope.name, "{SCOPE}")',
    'set(scope.version, "")',
    'set(scope.schema_url, "")',
    "set(scope.dropped_attributes_count, 0)",
)
# A body is set only where there is one: an absent body cannot be restored, and every record of ours has none.
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
    """The text of `collector-config/filter.yaml`."""
    lines = [
        *HEADER.format(revision=catalogue.revision).splitlines(),
        "processors:",
        "  # First: cut everything down to what has a name. `propagate` refuses what cannot be judged; the default lets it pass.",
        "  transform/catalogue:",
        "    error_mode: propagate",
        "    log_statements:",
        *_group("resource", "statements", _resource(catalogue.resource)),
        *_lists("resource", catalogue.resource),
        *_group("scope", "statements", RESET_SCOPE),
        *_records(catalogue),
        "  # Last, so that what it has passed is what is stored.",
        "  filter/catalogue:",
        "    error_mode: propagate",
        "    log_conditions:",
        *_group("resource", "conditions", _refused_resources(catalogue.resource)),
        *_group("log", "conditions", _refused_records(catalogue)),
    ]
    return "\n".join(lines) + "\n"


def _group(context: str, key: str, entries: Iterable[str], conditions: Sequence[str] = ()) -> list[str]:
    lines = [f"      - context: {context}"]
    if conditions:
        lines += ["        conditions:", *(f"          - {_scalar(entry)}" for entry in conditions)]
    return [*lines, f"        {key}:", *(f"          - {_scalar(entry)}" for entry in entries)]


def _scalar(text: str) -> str:
    """A YAML scalar that the Collector's own `${…}` expansion leaves alone."""
    if "${" in text or "$$" in text:
        raise ValueError(f"{text!r} would be expanded by the Collector")
    return "'" + text.replace("'", "''") + "'"


def _quote(text: str) -> str:
    return json.dumps(text)


def _keys(ids: Iterable[str]) -> str:
    return "[" + ", ".join(_quote(key) for key in ids) + "]"


def _matches(path: str, pattern: str) -> str:
    return f"IsMatch({path}, {_quote(f'^(?:{pattern})$')})"


def _any_of(names: Iterable[str]) -> str:
    """A pattern of these names; the namespace that they share is written once."""
    parts = sorted(name.rpartition(".") for name in names)
    found = []
    for (space, dot), group in groupby(parts, key=lambda part: part[:2]):
        tails = [re.escape(tail) for _, _, tail in group]
        either = "|".join(tails)
        found.append(re.escape(space + dot) + (f"(?:{either})" if space and len(tails) > 1 else either))
    return "|".join(found)


def _path(context: str, attribute: Attribute) -> str:
    return f"{context}.attributes[{_quote(attribute.id)}]"


def _remove(context: str, attribute: Attribute) -> str:
    return f"delete_key({context}.attributes, {_quote(attribute.id)})"


def _typed(context: str, attribute: Attribute) -> str:
    return f"{TYPES.get(attribute.kind, 'IsString')}({_path(context, attribute)})"


def _invalid(context: str, attribute: Attribute) -> str:
    """The condition under which the attribute is absent or not what the catalogue says."""
    path, typed = _path(context, attribute), _typed(context, attribute)
    if attribute.kind == "int":
        return f"not ({typed} and {path} >= {attribute.minimum} and {path} <= {attribute.maximum})"
    if attribute.kind == "enum":
        return f"not ({typed} and {_matches(path, _any_of(attribute.members))})"
    if attribute.kind == "string":
        return f"not ({typed} and {_matches(path, attribute.pattern or '')})"
    return f"not {typed}"


def _rebuild(context: str, ids: Iterable[str]) -> list[str]:
    """A repeated key would hide its second value from every check: keep the last of each. Cut first, so that this stays linear."""
    attributes, cache = f"{context}.attributes", f"{context}.cache"
    return [
        f"keep_keys({attributes}, {_keys(ids)})",
        f'merge_maps({cache}, {attributes}, "upsert")',
        f"set({attributes}, {cache})",
    ]


def _rule(context: str, attribute: Attribute, *, required: bool) -> Iterator[str]:
    """Statements after which the value is valid or absent, or is left for the filter to refuse."""
    path, remove, typed = _path(context, attribute), _remove(context, attribute), _typed(context, attribute)
    if attribute.kind == "enum" and attribute.fallback is not None:
        known = _matches(path, _any_of(attribute.members))
        yield f"set({path}, {_quote(attribute.fallback)}) where {typed} and not {known}"
    if required:
        return
    if attribute.kind == "enum":
        yield f"{remove} where not {typed}"
        return
    yield f"{remove} where {_invalid(context, attribute)}"
    if attribute.kind == "enum[]":  # longer than there are members: no set of them
        yield f"{remove} where {typed} and Len({path}) > {len(attribute.members)}"


def _list_rule(context: str, attribute: Attribute) -> Iterator[str]:
    """Statements, for a list only, that build it anew from the members found in it: sorted, each once."""
    path = _path(context, attribute)
    text, found = f'{context}.cache["text"]', f'{context}.cache["found"]'
    member = f'"(?:{_any_of(attribute.members)})"'
    unknown = "not " + _matches(text, rf"\[(?:{member}(?:,{member})*)?\]")
    yield f"set({text}, {path})"
    yield f"stringify_all({context}.cache)"
    for value in sorted(attribute.members):
        fallback = f" or {unknown}" if value == attribute.fallback else ""
        yield f"append({found}, {_quote(value)}) where ContainsValue({path}, {_quote(value)}){fallback}"
    yield _remove(context, attribute)
    yield f"set({path}, {found}) where {found} != nil"
    if attribute.fallback is None:  # no list any more, so the filter refuses it
        yield f"set({path}, false) where {unknown}"


def _resource(attributes: Sequence[Attribute]) -> Iterator[str]:
    yield from RESET_RESOURCE
    yield from _rebuild("resource", (attribute.id for attribute in attributes))
    for attribute in attributes:
        yield from _rule("resource", attribute, required=attribute.required)


def _records(catalogue: Catalogue) -> Iterator[str]:
    """A group for all records, one for each set of events that carry other attributes than most, one for each list."""
    shapes = _shapes(catalogue.events)
    most = max(shapes, key=lambda shape: len(shapes[shape]))
    rest = {shape: names for shape, names in shapes.items() if shape != most}
    carried = [key for key in catalogue.attributes if any(key in shape for shape in shapes)]
    common = [*RESET_RECORD, *_rebuild("log", carried)]
    if rest:
        special = [name for names in rest.values() for name in names]
        common.append(f"keep_keys(log.attributes, {_keys(most)}) where not {_named(special)}")
    yield from _group("log", "statements", [*common, *_rules(catalogue, most)])
    for shape, names in rest.items():
        cut = f"keep_keys(log.attributes, {_keys(shape)})"
        rules = _rules(catalogue, [key for key in shape if key not in most])
        yield from _group("log", "statements", [cut, *rules], [_named(names)])
    yield from _lists("log", [catalogue.attributes[key] for key in carried])


def _lists(context: str, attributes: Iterable[Attribute]) -> Iterator[str]:
    for attribute in attributes:
        if attribute.kind == "enum[]":
            yield from _group(context, "statements", _list_rule(context, attribute), [_typed(context, attribute)])


def _shapes(events: Iterable[Event]) -> dict[tuple[str, ...], list[str]]:
    shapes: dict[tuple[str, ...], list[str]] = {}
    for event in events:
        shapes.setdefault(event.attributes, []).append(event.name)
    return shapes


def _rules(catalogue: Catalogue, ids: Iterable[str]) -> Iterator[str]:
    for key in ids:
        always = all(key in event.required for event in catalogue.events if key in event.attributes)
        yield from _rule("log", catalogue.attributes[key], required=always)


def _named(names: Sequence[str]) -> str:
    """Whether the record's event is one of these."""
    if len(names) == 1:
        return f"log.event_name == {_quote(names[0])}"
    return _matches("log.event_name", _any_of(names))


def _closed(attribute: Attribute) -> bool:
    """Whether an unknown member refuses the record."""
    return attribute.kind in ("enum", "enum[]") and attribute.fallback is None


def _refused_resources(attributes: Iterable[Attribute]) -> Iterator[str]:
    for attribute in attributes:
        if attribute.required:
            yield _invalid("resource", attribute)
        elif _closed(attribute):
            yield f"{_path('resource', attribute)} != nil and {_invalid('resource', attribute)}"


def _refused_records(catalogue: Catalogue) -> Iterator[str]:
    yield f"not {_named([event.name for event in catalogue.events])}"
    for key, attribute in catalogue.attributes.items():
        carriers = [event for event in catalogue.events if key in event.attributes]
        needing = [event.name for event in carriers if key in event.required]
        invalid = _invalid("log", attribute)
        if needing and len(needing) == len(catalogue.events):
            yield invalid
        elif needing:
            yield f"{_named(needing)} and {invalid}"
        if _closed(attribute) and len(needing) < len(carriers):
            yield f"{_path('log', attribute)} != nil and {invalid}"
