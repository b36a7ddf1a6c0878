"""Renders the table's schema (`warehouse/schema.py`) from the catalogue.

Decides each column's name, type and CHECK constraints. It must never allow a value that the catalogue does not describe, nor use an
expression that only one of the engines that write the table understands. DataFusion (delta-rs) and Spark SQL both read every constraint,
so there are no regular expressions and no aliases that delta-rs would print differently.

A column is an attribute's id without the namespaces `mlflow.usage.`, `app.` and `log.record.`, its dots as underscores:
`app.installation.id` is `installation_id`, `session.id` is `session_id`, `service.version` is `service_version`, `log.record.uid` is
`uid`, `mlflow.usage.count` is `count`. The columns that the loader makes itself come first (`MADE`).
"""

from __future__ import annotations

import hashlib
import importlib
import json
import re
import sys
from collections.abc import Iterable
from typing import Any, Final

from mlflow_usage.catalogue.build.entries import Attribute, Catalogue, active
from mlflow_usage.catalogue.build.model import CatalogueError

NAMESPACES: Final = ("mlflow.usage.", "app.", "log.record.")
COLUMN_TYPES: Final = {"boolean": "boolean", "enum": "string", "enum[]": "array<string>", "int": "long", "string": "string"}
MANY: Final = 40  # an attribute on more events than this belongs to a family: no constraint says which events carry it
WIDTH: Final = 140

MADE: Final = (
    ("event_name", "string", "EventName of the log record"),
    ("event_hour", "timestamp", "the client's time cut to the hour, UTC; null where it is implausible"),
    ("event_day", "date", "the day of event_hour"),
    ("received_day", "date", "the day of received_time: partition, retention key and dedupe window"),
    ("received_time", "timestamp", "the Collector's time of receipt, cut to the second, UTC"),
    ("bucket", "string", "first two digits of installation_id: the order of rows in a file"),
)
NULLABLE: Final = frozenset({"event_hour", "event_day"})
KEY: Final = "installation_id"
PARTITION: Final = "received_day"

HEADER: Final = '''"""The table's columns, constraints and statistics, as literals.

Generated from the catalogue by `make docs` (`catalogue/build/warehouse_schema.py`, which also states the naming rule); do not edit.
"""

from __future__ import annotations

from typing import Final

'''


def column(attribute: str) -> str:
    """Return the column of the attribute with this id."""
    name = attribute
    for namespace in NAMESPACES:
        name = name.removeprefix(namespace)
    return name.replace(".", "_")


def render(catalogue: Catalogue) -> str:
    """Return the text of `warehouse/schema.py`.

    Raises:
        CatalogueError: two attributes would share a column, or no installation is named.
    """
    catalogue = active(catalogue)
    attributes = tuple(catalogue.attributes.values())
    names = [name for name, _, _ in MADE] + [column(a.id) for a in (*catalogue.resource, *attributes)]
    double = sorted({name for name in names if names.count(name) > 1})
    if double or KEY not in names:
        msg = f"warehouse columns {double} have two meanings" if double else f"no attribute makes the column {KEY}"
        raise CatalogueError(msg)
    columns = [(name, kind, name in NULLABLE, comment) for name, kind, comment in MADE]
    columns += [(column(a.id), COLUMN_TYPES[a.kind], True, a.id) for a in (*catalogue.resource, *attributes)]
    parts = [
        f"REVISION: Final = {catalogue.revision}",
        "# Name, Delta type, whether the schema itself lets it be null, and the comment: the attribute's id, if it is one.",
        _tuple("COLUMNS", "tuple[tuple[str, str, bool, str], ...]", ["(" + ", ".join(_value(v) for v in c) + ")" for c in columns]),
        "# Attribute id -> column.",
        _dict("RESOURCE", "dict[str, str]", {a.id: column(a.id) for a in catalogue.resource}),
        _dict("ATTRIBUTES", "dict[str, str]", {a.id: column(a.id) for a in attributes}),
        "# Columns with minima and maxima in the log: what queries prune by, and nothing that names an installation or a session.",
        _tuple("STATISTICS", "tuple[str, ...]", [_value(name) for name, _, _ in MADE if name != PARTITION]),
        "# A constraint's name ends in the digest of its text, so that a changed rule is a new constraint.",
        _dict("CONSTRAINTS", "dict[str, str]", _named(constraints(catalogue))),
    ]
    return HEADER + "\n".join(parts) + "\n"


def constraints(catalogue: Catalogue) -> dict[str, str]:
    """Return the conditions that every row must meet, by the column that each is about."""
    everywhere = frozenset.intersection(*(event.required for event in catalogue.events))
    found = {"event_name": f"event_name IN ({_texts(event.name for event in catalogue.events)})"}
    found["bucket"] = f"bucket = substr({KEY}, 1, 2)"
    for attribute in catalogue.resource:
        found[column(attribute.id)] = _condition(attribute, required=attribute.required)
    for attribute in catalogue.attributes.values():
        found[column(attribute.id)] = _condition(attribute, required=attribute.id in everywhere)
        carriers = [event.name for event in catalogue.events if attribute.id in event.attributes]
        if attribute.id not in everywhere and len(carriers) <= MANY:
            found[f"{column(attribute.id)}_on"] = f"{column(attribute.id)} IS NULL OR event_name IN ({_texts(carriers)})"
        needing = [event.name for event in catalogue.events if attribute.id in event.required - everywhere]
        if needing:
            found[f"{column(attribute.id)}_given"] = f"{column(attribute.id)} IS NOT NULL OR event_name NOT IN ({_texts(needing)})"
    return {name: text for name, text in found.items() if text}


def _condition(attribute: Attribute, *, required: bool) -> str:
    name = column(attribute.id)
    test = _test(attribute, name)
    if not test:
        return f"{name} IS NOT NULL" if required else ""
    return f"{name} IS NOT NULL AND {test}" if required else f"{name} IS NULL OR {test}"


def _test(attribute: Attribute, name: str) -> str:
    if attribute.kind == "enum":
        return f"{name} IN ({_texts(attribute.members)})"
    if attribute.kind == "enum[]":
        # An array of members only is empty once every member is removed.
        rest = name
        for member in attribute.members:
            rest = f"array_remove({rest}, {_texts([member])})"
        return f"cardinality({rest}) = 0"
    if attribute.kind == "int":
        return f"{name} BETWEEN {attribute.minimum} AND {attribute.maximum}"
    if attribute.kind == "string" and attribute.pattern is not None:
        shortest, longest, characters = measure(attribute.pattern)
        alphabet = characters.replace("'", "''")
        return f"octet_length({name}) BETWEEN {shortest} AND {longest} AND octet_length(translate({name}, '{alphabet}', '')) = 0"
    return ""


def measure(pattern: str) -> tuple[int, int, str]:
    """Return the shortest and longest match of a format in characters, and every character that a match can hold.

    Raises:
        CatalogueError: the pattern has no longest match, or uses more than classes, literals, groups and counts.
    """
    parser: Any = importlib.import_module("re._parser" if sys.version_info >= (3, 11) else "sre_parse")
    tree = parser.parse(pattern)
    shortest, longest = tree.getwidth()
    if longest > WIDTH:
        msg = f"format {pattern!r} has no longest match within {WIDTH} characters"
        raise CatalogueError(msg)
    allowed = "".join(chr(code) for code in range(32, 127) if chr(code) in _characters(tree, pattern))
    return int(shortest), int(longest), allowed


def _characters(tree: Any, pattern: str) -> set[str]:  # noqa: ANN401  `re` does not publish the type of its parse tree
    found: set[str] = set()
    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            found.add(chr(argument))
        elif name == "RANGE":
            found |= {chr(code) for code in range(argument[0], argument[1] + 1)}
        elif name == "IN":
            found |= _characters(argument, pattern)
        elif name == "BRANCH":
            found |= {character for branch in argument[1] for character in _characters(branch, pattern)}
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "SUBPATTERN"):
            found |= _characters(argument[-1], pattern)
        else:
            msg = f"format {pattern!r} uses {name}, which no constraint can express"
            raise CatalogueError(msg)
    return found


def _texts(values: Iterable[str]) -> str:
    texts = tuple(values)
    for text in texts:
        if not re.fullmatch(r"[A-Za-z0-9_.\-]+", text):
            msg = f"value {text!r} cannot be written in a constraint"
            raise CatalogueError(msg)
    return ", ".join(f"'{text}'" for text in texts)


def _named(found: dict[str, str]) -> dict[str, str]:
    return {f"{name}_{hashlib.sha256(text.encode()).hexdigest()[:8]}": text for name, text in found.items()}


def _value(value: object) -> str:
    return json.dumps(value) if isinstance(value, str) else repr(value)


def _tuple(name: str, kind: str, items: list[str]) -> str:
    return "\n".join([f"{name}: Final[{kind}] = (", *(f"    {item}," for item in items), ")"])


def _dict(name: str, kind: str, items: dict[str, str]) -> str:
    lines = [f"{name}: Final[{kind}] = {{"]
    for key, text in items.items():
        line = f"    {_value(key)}: {_value(text)},"
        if len(line) <= WIDTH:
            lines.append(line)
            continue
        lines += [f"    {_value(key)}: (", *(f"        {_value(piece)}" for piece in _pieces(text)), "    ),"]
    return "\n".join([*lines, "}"])


def _pieces(text: str) -> list[str]:
    pieces = [""]
    for word in re.split(r"(?<=[ (])", text):
        if len(pieces[-1]) + len(word) > WIDTH - 10:  # eight spaces and two quotes
            pieces.append("")
        pieces[-1] += word
    return pieces
