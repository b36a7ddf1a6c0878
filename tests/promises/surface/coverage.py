"""The catalogue's coverage of one MLflow's public API: a pure function of a reading and the catalogue."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mlflow_usage.catalogue.build.entries import Catalogue

FLAVOR = "mlflow.usage.flavor"
FLAVORED = ("mlflow.log_model", "mlflow.autolog")
CLIENT = "mlflow.tracking.client:MlflowClient."
ADVICE = "{name}\n    a target of an event: {place}"


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
    """Return the names under which a public function may be left out: its own, and the one without the flavor."""
    parts = public.split(".")
    return {public, f"mlflow.{parts[-1]}"}


class Judge:
    """The classification of each public name of one version."""

    def __init__(self, found: Coverage, catalogue: Catalogue) -> None:
        self.found, self.rules = found, catalogue.exclusions
        self.targets = {f"{t.module}:{t.path}": (event.name, t.fixed) for event in catalogue.events for t in event.targets}

    def name(self, kind: str, place: str, names: Iterable[str], say: str) -> None:
        """Classify a name: an event, left out by a rule, or missing."""
        left_out = sorted(name for name in names if name in self.rules)
        if place in self.targets:
            self.found.events[kind] += 1
            event, fixed = self.targets[place]
            if event in FLAVORED and FLAVOR not in fixed and not place.endswith("fluent:autolog"):
                self.found.missing.append(f"{say}: its target must set {FLAVOR}")
            if kind == "commands" and event != say:
                self.found.missing.append(f"{say}: its target belongs to {event}")
        elif left_out:
            self.found.excluded[self.rules[left_out[0]]] += 1
            self.found.seen.update(left_out)
        else:
            self.found.missing.append(ADVICE.format(name=say, place=place))

    def functions(self, reading: Mapping[str, Any]) -> None:
        by_place: dict[str, list[str]] = defaultdict(list)
        for name, (place, kind) in reading["public"].items():
            if kind == "function" or name in reading["callables"]:
                by_place[place].append(name)
            else:
                self.found.objects += 1
        for place, names in sorted(by_place.items()):
            self.name("functions", place, {short for name in names for short in named(name)}, min(names, key=len))


def cover(release: str, reading: Mapping[str, Any], catalogue: Catalogue) -> Coverage:
    """Compare what a version offers with the catalogue."""
    found = Coverage(release, reading["version"])
    found.seen |= set(reading["targets"]) | {module for module in catalogue.internal if module in reading["top"]}
    judge = Judge(found, catalogue)
    judge.functions(reading)
    for name, owner in reading["client"].items():
        assert owner == "MlflowClient", f"{name}: a base class of MlflowClient is no target yet"
        judge.name("client methods", CLIENT + name, (f"mlflow.client.{name}", f"mlflow.{name}"), f"MlflowClient.{name}")
    commands = {f"mlflow.cli.{name}": how for name, how in reading["commands"].items()}
    for name, how in commands.items():
        judge.name("commands", how["place"], (name,), name)
    members = {place for places in catalogue.attributes["mlflow.usage.scorers"].definitions.values() for place in places}
    found.events["scorers"] = len(members.intersection(reading["scorers"]))
    found.missing += [
        f"{place}\n    a member of mlflow.usage.scorers in attributes.yaml" for place in reading["scorers"] if place not in members
    ]
    found.bare += [name for name, how in reading["targets"].items() if not how["error"] and not how["wrapped"]]
    found.bare += [name for name, how in commands.items() if not how["wrapped"] and name not in catalogue.exclusions]
    found.unimported = {name: how["error"] for name, how in reading["targets"].items() if how["error"]}
    return found


def dead(coverages: Iterable[Coverage], catalogue: Catalogue) -> list[str]:
    """Return the catalogue's names that no version has."""
    seen = {name for coverage in coverages for name in coverage.seen}
    wanted = {f"{target.module}:{target.path}" for event in catalogue.events for target in event.targets}
    return sorted((wanted | set(catalogue.exclusions) | set(catalogue.internal)) - seen)


COLUMNS = ("functions", "client methods", "commands", "scorers")


def table(coverages: Iterable[Coverage]) -> str:
    """Return the coverage of each version, as Markdown."""
    lines = [
        (
            f"| MLflow | version | public names | events: {' | '.join(COLUMNS)} | left out by rule | missing | coverage "
            "| targets wrapped | not importable there |"
        ),
        "|---|---|--:|" + "--:|" * (len(COLUMNS) + 5),
    ]
    for one in coverages:
        cells = [one.release, one.version, one.public, *(one.events[kind] for kind in COLUMNS), one.excluded.total(), len(one.missing)]
        targets = len([name for name in one.seen if ":" in name])
        cells += [f"{one.percent:.0f} %", targets - len(one.unimported) - len(one.bare), len(one.unimported)]
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def rules(coverages: Iterable[Coverage], catalogue: Catalogue) -> str:
    """Return how many names each rule leaves out of each version, as Markdown."""
    every = list(coverages)
    heads = [f"| left out | {' | '.join(one.release for one in every)} |", "|---|" + "--:|" * len(every)]
    rows = {rule: [one.excluded[rule] for one in every] for rule in catalogue.exclusions.values()}
    rows["Classes, constants and modules: to construct an object is no call."] = [one.objects for one in every]
    return "\n".join([*heads, *(f"| {rule} | {' | '.join(map(str, counts))} |" for rule, counts in rows.items())])
