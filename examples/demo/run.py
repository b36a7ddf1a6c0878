"""`make demo`: real MLflow programs through plugin, Collector, Delta table and site, with the counts compared.

Each program states at its top how often it calls each function, counted by hand. The Delta table must hold exactly these counts.
"""

from __future__ import annotations

import argparse
import ast
import os
import shutil
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc
from deltalake import DeltaTable

from mlflow_usage.collector import build
from mlflow_usage.collector.configuration import CollectorError
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.collector.run import start
from mlflow_usage.installation.identity import digest, read

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
KILLED = {"killed": -9}
# The demo sends to its own Collector only, so it drops the variables that would turn usage off; `on` lifts the detections (CI, tests).
OFF_VARIABLES = ("DO_NOT_TRACK", "MLFLOW_DISABLE_TELEMETRY", "OTEL_SDK_DISABLED")


@dataclass
class Program:
    """One MLflow program of the demo, with a directory of its own."""

    path: Path
    place: Path

    @property
    def name(self) -> str:
        return self.path.stem

    @property
    def expected(self) -> Counter[str]:
        """The calls that it states."""
        for node in ast.parse(self.path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "CALLS":
                return Counter(ast.literal_eval(node.value))
        raise SystemExit(f"{self.path}: no CALLS at the top")

    @property
    def internal(self) -> int:
        """The number of MLflow's internal calls."""
        path = self.place / "internal"
        return path.stat().st_size if path.exists() else 0

    def environment(self, endpoint: str) -> dict[str, str]:
        kept = {key: value for key, value in os.environ.items() if key not in OFF_VARIABLES}
        return {
            **kept,
            "MLFLOW_USAGE": "on",
            "MLFLOW_USAGE_DIR": str(self.place / "state"),
            "MLFLOW_USAGE_ENDPOINT": endpoint,
            "MLFLOW_TRACKING_URI": f"sqlite:///{self.place / 'mlflow.db'}",
            "DEMO_INTERNAL_CALLS": str(self.place / "internal"),
            "PYTHONPATH": str(HERE / "observe"),
            "PYTHONWARNINGS": "ignore",
        }

    def run(self, endpoint: str) -> float:
        """Run it and return its seconds; end the demo where it does not end as expected."""
        self.place.mkdir(parents=True)
        began = time.monotonic()
        with (self.place / "output.txt").open("w") as output:
            process = subprocess.run(
                [sys.executable, str(self.path)], env=self.environment(endpoint), cwd=self.place, stdout=output, stderr=output, check=False
            )
        if process.returncode != KILLED.get(self.name, 0):
            lines = (self.place / "output.txt").read_text(errors="replace").splitlines() or ["it printed nothing"]
            raise SystemExit(f"{self.name} ended with {process.returncode}: {lines[-1]}; see {self.place / 'output.txt'}")
        return time.monotonic() - began

    def later(self, endpoint: str) -> None:
        """Run a later process of the installation: a plain `import mlflow` delivers what is left."""
        if list((self.place / "state").glob("*.journal")):
            code = "import mlflow, time; time.sleep(2.5)"
            subprocess.run([sys.executable, "-c", code], env=self.environment(endpoint), cwd=self.place, check=True)


def say(title: str, seconds: float | None = None) -> None:
    """Print the title of a step, or its duration."""
    print(f"  {seconds:.1f} s" if seconds is not None else f"\n▸ {title}", flush=True)


def counted(table: Path, installation: str) -> tuple[Counter[str], int]:
    """Return what the Delta table holds of an installation: calls by event, and the number of records."""
    # With threads, pyarrow aborts the interpreter at exit: they still hold delta-rs's Python file system.
    rows = DeltaTable(str(table)).to_pyarrow_dataset().to_table(columns=["installation_id", "event_name", "count"], use_threads=False)
    rows = rows.filter(pc.equal(rows["installation_id"], installation))
    found: Counter[str] = Counter()
    for event, calls in zip(rows["event_name"].to_pylist(), rows["count"].to_pylist(), strict=True):
        found[event] += calls
    return found, rows.num_rows


def command(*arguments: str) -> None:
    """Run a command as a person would, and end with its exit code where it fails."""
    print("  $ mlflow-usage " + " ".join(os.path.relpath(a, Path.cwd()) if a.startswith("/") else a for a in arguments), flush=True)
    result = subprocess.run([sys.executable, "-m", "mlflow_usage", *arguments], check=False)
    if result.returncode:
        raise SystemExit(result.returncode)


def programs(place: Path, endpoint: str) -> tuple[list[Program], dict[str, float]]:
    """Run every program, two at a time, then a later process where calls are left."""
    found = [Program(path, place / path.stem) for path in sorted((HERE / "programs").glob("*.py"))]
    with ThreadPoolExecutor(2) as pool:
        seconds = dict(zip((program.name for program in found), pool.map(lambda program: program.run(endpoint), found), strict=True))
        for program in found:
            print(f"  {program.name:<10} {seconds[program.name]:5.1f} s", flush=True)
        list(pool.map(lambda program: program.later(endpoint), found))
    return found, seconds


def compare(found: list[Program], table: Path) -> bool:
    """Print the calls of each program next to those in the table, and return whether all are equal."""
    print(f"\n  {'program':<10}{'calls made':>12}{'in the table':>14}{'records':>9}{'internal, not counted':>24}")
    equal = True
    for program in found:
        secret = read(program.place / "state")
        if secret is None:
            raise SystemExit(f"{program.name} created no installation; see {program.place / 'output.txt'}")
        held, records = counted(table, digest(secret))
        same = held == program.expected
        equal &= same
        mark = "equal" if same else "DIFFERENT"
        print(f"  {program.name:<10}{program.expected.total():>12,}{held.total():>14,}{records:>9,}{program.internal:>24,}  {mark}")
        for event in sorted({*held, *program.expected}) if not same else ():
            if held[event] != program.expected[event]:
                print(f"      {event}: made {program.expected[event]:,}, in the table {held[event]:,}")
    return equal


def main() -> int:
    """Run the demo, and return 1 where the counts differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--into", type=Path, default=ROOT / "build" / "demo", help="where everything is written")
    place = parser.parse_args().into.absolute()
    shutil.rmtree(place, ignore_errors=True)
    archive, table, site = place / "archive", place / "table", place / "site"
    began = time.monotonic()

    say("Collector: built once into your cache (a first build takes two to six minutes)")
    try:
        print(f"  {build.ensure(sys.stderr)}", flush=True)
        say("", time.monotonic() - began)
        with start(Deployment(settings={"archive": archive})) as collector:
            say(f"MLflow programs, in processes of their own, sending to {collector.endpoint}")
            found, _ = programs(place / "programs", collector.endpoint)
    except CollectorError as error:
        raise SystemExit(str(error)) from error

    say("Archive → Delta table")
    command("warehouse", "load", str(archive), str(table))
    say("Delta table → site")
    command("site", "build", str(table), str(site), "--demo")
    say("What each program called, and what the table holds")
    equal = compare(found, table)

    one = next(program for program in found if program.name == "training").place / "state"
    print(f"\n  total {time.monotonic() - began:.1f} s; look at")
    print(f"    the page              {site / 'index.html'}")
    print(f"    what left a machine   MLFLOW_USAGE_DIR={one} {Path(sys.executable).parent}/mlflow-usage sent")
    print(f"    the table             {Path(sys.executable).parent}/mlflow-usage warehouse info {table}")
    print(f"    the archive           {archive}")
    if not equal:
        print("\nThe table does not hold what the programs called.", file=sys.stderr)
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())
