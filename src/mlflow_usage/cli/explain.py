"""`mlflow-usage explain`: one event in full, found by its own name or by a function's."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import click

from mlflow_usage.catalogue.values import in_words
from mlflow_usage.cli import terminal
from mlflow_usage.cli.catalogue import CATALOGUE
from mlflow_usage.cli.options import json_option
from mlflow_usage.instrumentation.targets import TARGETS, rows

CLOSE: Final = 0.6  # similarity of a name that is suggested, from 0 to 1
NAME: Final = 10  # columns of a line's name
ALL: Final = "`mlflow-usage catalogue` lists all events"
SAMPLES: Final = {
    "[0-9a-f]{64}": "0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000",
    "uid": "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10-0",
}


@click.command()
@json_option()
@click.argument("event")
def explain(*, event: str, as_json: bool) -> None:
    """Say what one EVENT means, which functions count for it, why, who allowed it, and what a record of it looks like.

    EVENT may also be the name of a function: mlflow.sklearn.log_model, MlflowClient.log_metric.

    Example: mlflow-usage explain mlflow.log_model
    """
    content = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    found = resolve(event, content["events"])
    if found is None:
        close = _close(event, content["events"])
        raise click.ClickException(f"no event or function {event!r}; " + (f"did you mean {', '.join(close)}?" if close else ALL))
    entry = described(found, content)
    if as_json:
        click.echo(json.dumps(entry, indent=1))
        return
    for name, text in lines(event, entry):
        for number, line in enumerate(terminal.folded(text, NAME)):
            click.echo(click.style(f"{'' if number else name:<{NAME}}", bold=True) + line)


def _close(asked: str, events: Mapping[str, Any]) -> list[str]:
    """Return up to three names like the one that was asked for."""
    names = {name.lower(): name for name in sorted({*events, *_functions()})}
    asked = asked.strip().lower()
    close = difflib.get_close_matches(asked, names, 3, CLOSE) or [name for name in names if name.endswith(f".{asked}")][:3]
    return [names[name] for name in close]


def _functions() -> dict[str, str]:
    """Return the event of every counted function, by each name that a person may know it by and that means one event only."""
    found: dict[str, set[str]] = {}
    for module in TARGETS:
        parts = module.split(".")
        for path, event, _ in rows(module):
            # mlflow.sklearn.log_model is defined in mlflow.sklearn, mlflow.log_metric below mlflow.tracking.
            for spelt in (path, *(".".join((*parts[:length], path)) for length in range(1, len(parts) + 1))):
                found.setdefault(spelt, set()).add(event)
    return {name: events.copy().pop() for name, events in found.items() if len(events) == 1 and "." in name}


def resolve(name: str, events: Mapping[str, Any]) -> str | None:
    """Return the event of that name, or of the function of that name; None where there is neither."""
    name = name.strip().removesuffix("()")
    if name in events:
        return name
    return f"mlflow.{name}" if f"mlflow.{name}" in events else _functions().get(name) or _functions().get(f"mlflow.{name}")


def described(event: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """Return all that the catalogue and the tables say of an event."""
    entry = content["events"][event]
    attributes = {name: content["attributes"][name] for name in entry["attributes"]}
    functions = sorted(f"{module}:{path}" for module in TARGETS for path, of, _ in rows(module) if of == event)
    example = {name: _example(attribute) for name, attribute in attributes.items()}
    return {"event": event, **entry, "attributes": attributes, "functions": functions, "example": example}


def _example(attribute: Mapping[str, Any]) -> Any:  # noqa: ANN401  a value of any of the catalogue's kinds
    kind = attribute["type"]
    if kind == "boolean":
        return True
    if kind == "int":
        return attribute["min"]
    if kind == "string":
        return SAMPLES.get(attribute["pattern"], SAMPLES["uid"])
    chosen = next((member for member in ("sklearn", "SqlAlchemyStore", "correctness") if member in attribute["members"]), None)
    member = chosen or attribute["members"][0]
    return [member] if kind == "enum[]" else member


def lines(asked: str, entry: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each line."""
    yield "event", entry["event"] + ("" if asked == entry["event"] else f" (asked for {asked})")
    yield "means", entry["brief"]
    yield "why", entry["question"]
    yield "owner", entry["owner"]
    pending = " (pending: never recorded until it is approved)" if "pending" in entry["review"].split() else ""
    yield "review", f"{entry['review']}{pending}"
    yield "since", f"catalogue revision {entry['revision']}; expires {entry['expires']}; shown by {entry['chart']}"
    functions = entry["functions"] or ["none: delivery itself records it"]
    yield "functions", functions[0]
    yield from (("", function) for function in functions[1:])
    for name, attribute in entry["attributes"].items():
        yield "carries", f"{name}: {attribute['brief']}"
        yield "", f"  {in_words(attribute, quote='')}"
    shown = "  ".join(f"{name.removeprefix('mlflow.usage.')}={_shown(value)}" for name, value in entry["example"].items())
    yield "example", f"{entry['event']}  {shown}"


def _shown(value: object) -> str:
    if isinstance(value, list):
        return ",".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
