"""`mlflow-usage explain`: one event in full, found by its own name or by a function of MLflow's."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import click

from mlflow_usage.catalogue.values import in_words
from mlflow_usage.cli import terminal
from mlflow_usage.instrumentation.targets import TARGETS, rows

CATALOGUE: Final = Path(__file__).parent.parent / "catalogue" / "catalogue.json"
CLOSE: Final = 0.6  # how alike a name must be to be offered
SAMPLES: Final = {
    "[0-9a-f]{64}": "0f0e0d0c0b0a09080706050403020100f0e0d0c0b0a090807060504030201000",
    "uid": "6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a10-0",
}


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.argument("event")
def explain(*, event: str, as_json: bool) -> None:
    """Say what one EVENT means, which functions count for it, why, who allowed it, and what a record of it looks like.

    EVENT may be a function's name, too: mlflow.sklearn.log_model, MlflowClient.log_metric.

    Example: mlflow-usage explain mlflow.log_model
    """
    content = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    found = resolve(event, content["events"])
    if found is None:
        names = {name.lower(): name for name in sorted({*content["events"], *_functions()})}
        asked = event.strip().lower()
        close = difflib.get_close_matches(asked, names, 3, CLOSE) or [name for name in names if name.endswith(f".{asked}")][:3]
        close = [names[name] for name in close]
        raise click.ClickException(f"no event or function {event!r}; " + (f"did you mean {', '.join(close)}?" if close else _ALL))
    entry = described(found, content)
    if as_json:
        click.echo(json.dumps(entry, indent=1))
        return
    for name, text in lines(event, entry):
        for number, line in enumerate(terminal.folded(text, 10)):
            click.echo(click.style(f"{'' if number else name:<10}", bold=True) + line)


_ALL: Final = "`mlflow-usage catalogue` lists all events"


def _functions() -> dict[str, str]:
    """Every function that is counted, by the names under which a person may know it, with its event; no name that could mean two."""
    found: dict[str, set[str]] = {}
    for module in TARGETS:
        parts = module.split(".")
        for path, event, _ in rows(module):
            # mlflow.sklearn.log_model is defined in mlflow.sklearn, mlflow.log_metric below mlflow.tracking.
            for spelt in (path, *(".".join((*parts[:length], path)) for length in range(1, len(parts) + 1))):
                found.setdefault(spelt, set()).add(event)
    return {name: events.copy().pop() for name, events in found.items() if len(events) == 1 and "." in name}


def resolve(name: str, events: Mapping[str, Any]) -> str | None:
    """The event of that name, or of the function of that name; None where there is neither."""
    name = name.strip().removesuffix("()")
    if name in events:
        return name
    return f"mlflow.{name}" if f"mlflow.{name}" in events else _functions().get(name) or _functions().get(f"mlflow.{name}")


def described(event: str, content: Mapping[str, Any]) -> dict[str, Any]:
    """All that the catalogue and the tables say of an event."""
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
    """Name and text of each line."""
    yield "event", entry["event"] + ("" if asked == entry["event"] else f" (asked for {asked})")
    yield "means", entry["brief"]
    yield "why", entry["question"]
    yield "owner", entry["owner"]
    pending = " (pending: never recorded until it is approved)" if "pending" in entry["review"].split() else ""
    yield "review", f"{entry['review']}{pending}"
    yield "since", f"catalogue revision {entry['revision']}; expires {entry['expires']}; shown by {entry['chart']}"
    functions = entry["functions"] or ["none: delivery itself makes it"]
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
