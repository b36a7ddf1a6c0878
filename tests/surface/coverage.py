"""What of one MLflow's public API the catalogue covers: pure, from a reading and the catalogue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlflow_usage.catalogue.build.entries import Catalogue

FLAVOR = "mlflow.usage.flavor"
FLAVORED = ("mlflow.log_model", "mlflow.autolog")
CLIENT = "mlflow.tracking.client:MlflowClient."
ADVICE = """{name}
    defined at {place}; an entry of src/mlflow_usage/catalogue/model/events/ with this target, or a name below a rule of exclusions.yaml"""


@dataclass
class Coverage:
    """One version's surface, name by name."""

    release: str
    version: str
    events: Counter[str] = field(default_factory=Counter)  # kind of public name -> how many are events
    excluded: Counter[str] = field(default_factory=Counter)  # rule -> how many names it leaves out
    objects: int = 0  # classes, constants and modules: nothing that is called
    missing: list[str] = field(default_factory=list)
    bare: list[str] = field(default_factory=list)  # targets that are there, could be imported, and are not wrapped
    unimported: dict[str, str] = field(default_factory=dict)  # targets whose module cannot be imported here, and why
    seen: set[str] = field(default_factory=set)  # targets, exclusions and internal modules that this version has

    @property
    def public(self) -> int:
        return self.events.total() + self.excluded.total() + len(self.missing)

    @property
    def percent(self) -> float:
        return 100 * (1 - len(self.missing) / self.public)


def named(public: str) -> set[str]:
    """The names under which a public function may be left out: its own, and without the flavor."""
    parts = public.split(".")
    return {public, f"mlflow.{parts[-1]}"}


def cover(release: str, reading: Mapping[str, Any], catalogue: Catalogue) -> Coverage:
    """Compare what a version offers with the catalogue."""
    rules = {name: rule for name, rule in catalogue.exclusions.items()}
    targets = {f"{target.module}:{target.path}": (event.name, target.fixed) for event in catalogue.events for target in event.targets}
    found = Coverage(release, reading["version"])
    found.seen |= set(reading["targets"]) | {module for module in catalogue.internal if module in reading["top"]}

    def judge(kind: str, place: str, names: Iterable[str], say: str) -> None:
        left_out = sorted(name for name in names if name in rules)
        if place in targets:
            found.events[kind] += 1
            event, fixed = targets[place]
            if event in FLAVORED and FLAVOR not in fixed and not place.endswith("fluent:autolog"):
                found.missing.append(f"{say}: its target must set {FLAVOR}")
        elif left_out:
            found.excluded[rules[left_out[0]]] += 1
            found.seen.update(left_out)
        else:
            found.missing.append(ADVICE.format(name=say, place=place))

    by_place: dict[str, list[str]] = defaultdict(list)
    for name, (place, kind) in reading["public"].items():
        if kind == "function" or name in reading["callables"]:
            by_place[place].append(name)
        else:
            found.objects += 1
    for place, names in sorted(by_place.items()):
        judge("functions", place, {short for name in names for short in named(name)}, min(names, key=len))
    for name, owner in reading["client"].items():
        assert owner == "MlflowClient", f"{name}: a base class of MlflowClient is no target yet"
        judge("client methods", CLIENT + name, (f"mlflow.client.{name}", f"mlflow.{name}"), f"MlflowClient.{name}")
    for name, command in reading["commands"].items():
        event = targets.get(command["place"], ("", {}))[0]
        judge("commands", command["place"], (f"mlflow.cli.{name}",), f"mlflow.cli.{name}")
        if event and event != f"mlflow.cli.{name}":
            found.missing.append(f"mlflow.cli.{name}: its target belongs to {event}")
    members = {place for places in catalogue.attributes["mlflow.usage.scorers"].definitions.values() for place in places}
    for place in reading["scorers"]:
        if place in members:
            found.events["scorers"] += 1
        else:
            found.missing.append(f"{place}\n    a scorer: a member of mlflow.usage.scorers in attributes.yaml")

    wrapped = {name: how["wrapped"] for name, how in reading["targets"].items() if not how["error"]}
    found.bare += [name for name, yes in wrapped.items() if not yes]
    found.bare += [f"mlflow.cli.{name}" for name, how in reading["commands"].items() if not how["wrapped"] and f"mlflow.cli.{name}" not in rules]
    found.unimported = {name: how["error"] for name, how in reading["targets"].items() if how["error"]}
    return found


def dead(coverages: Iterable[Coverage], catalogue: Catalogue) -> list[str]:
    """What the catalogue names that no version has."""
    seen = {name for coverage in coverages for name in coverage.seen}
    wanted = {f"{target.module}:{target.path}" for event in catalogue.events for target in event.targets}
    return sorted((wanted | set(catalogue.exclusions) | set(catalogue.internal)) - seen)


COLUMNS = ("functions", "client methods", "commands", "scorers")


def table(coverages: Iterable[Coverage]) -> str:
    """The coverage of each version, as Markdown."""
    lines = [
        f"| MLflow | version | public names | events: {' | '.join(COLUMNS)} | left out by rule | missing | coverage | targets wrapped | not importable there |",
        "|---|---|--:|" + "--:|" * (len(COLUMNS) + 5),
    ]
    for one in coverages:
        cells = [one.release, one.version, one.public, *(one.events[kind] for kind in COLUMNS), one.excluded.total(), len(one.missing)]
        targets = len([name for name in one.seen if ":" in name])
        cells += [f"{one.percent:.0f} %", targets - len(one.unimported) - len(one.bare), len(one.unimported)]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def rules(coverages: Iterable[Coverage], catalogue: Catalogue) -> str:
    """How many names each rule leaves out of each version, as Markdown."""
    every = list(coverages)
    lines = [f"| left out | {' | '.join(one.release for one in every)} |", "|---|" + "--:|" * len(every)]
    for rule in dict.fromkeys(catalogue.exclusions.values()):
        lines.append(f"| {rule} | {' | '.join(str(one.excluded[rule]) for one in every)} |")
    lines.append(f"| Classes, constants and modules: to construct an object is no call. | {' | '.join(str(one.objects) for one in every)} |")
    return "\n".join(lines)
