"""Every source of off, before and after the import, for every family of functions: no record, no file, no network.

Each row is its own process. An audit hook refuses and notes every use of the network. It is compared with the same program
without the plugin. A control in mode local shows that each of the calls would have been counted. The result is the table in
docs/consent.md.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest

from mlflow_usage.instrumentation.targets import TARGETS
from mlflow_usage.instrumentation.targets import rows as targets_of
from mlflow_usage.journal import files
from support import governed
from support.process_stage import FOREIGN
from support.repository import ROOT

PAGE: Final = ROOT / "docs" / "consent.md"
CATALOGUE: Final = json.loads((ROOT / "src/mlflow_usage/catalogue/catalogue.json").read_text())
FAMILIES: Final = sorted({event["family"] for event in CATALOGUE["events"].values()} - {"mechanics"})
EACH: Final = 4  # functions of a family

# What a person may write, where, and whether a running program sees it at the next call (a variable, `disable`) or the next flush (a file).
OFF: Final = 'mode = "off"\n'
SOURCES: Final[dict[str, dict[str, Any]]] = {
    'machine policy, `mode = "off"`': {"machine": OFF},
    "machine policy, against `MLFLOW_USAGE=on` and `mlflow-usage on`": {
        "machine": OFF,
        "variable": ("MLFLOW_USAGE", "on"),
        "settings": 'mode = "on"\n',
    },
    "machine policy, invalid": {"machine": "colour = 1\n"},
    'environment policy, `mode = "off"`': {"environment": OFF},
    "environment policy, invalid": {"environment": "mode ="},
    "`MLFLOW_DISABLE_TELEMETRY=true`": {"variable": ("MLFLOW_DISABLE_TELEMETRY", "true")},
    "`DO_NOT_TRACK=1`": {"variable": ("DO_NOT_TRACK", "1")},
    "`OTEL_SDK_DISABLED=true`": {"variable": ("OTEL_SDK_DISABLED", "true")},
    "`MLFLOW_USAGE=off`": {"variable": ("MLFLOW_USAGE", "off")},
    "`MLFLOW_USAGE=` anything else": {"variable": ("MLFLOW_USAGE", "nope")},
    "`mlflow_usage.disable()`": {"call": True},
    "`mlflow-usage off`": {"settings": OFF},
    "settings, invalid": {"settings": "mode ="},
}
DETECTED: Final[dict[str, dict[str, Any]]] = {  # at the start of a process only
    "CI (`GITHUB_ACTIONS=true`)": {"variable": ("GITHUB_ACTIONS", "true")},
    "pytest (`PYTEST_CURRENT_TEST`)": {"variable": ("PYTEST_CURRENT_TEST", "x")},
}
ROWS: Final = [(name, moment) for name in SOURCES for moment in ("before", "after")] + [(name, "before") for name in DETECTED]

SITE: Final = """
import os, sys
ASKED = []
def refuse(event, arguments):
    if event.startswith("socket.") and event not in {"socket.gethostname"}:
        if event == "socket.__new__" and arguments[1] == 1:  # AF_UNIX stays on the machine
            return
        if event in {"socket.bind", "socket.connect"} and not isinstance(arguments[1], tuple):
            return
        ASKED.append(event)
        raise OSError("refused by the test")
sys.addaudithook(refuse)
sys.asked = ASKED
if os.environ.get("WITHOUT"):
    class Absent:
        def find_spec(self, name, path=None, target=None):
            if name.partition(".")[0] == "mlflow_usage":
                raise ModuleNotFoundError(name)
    sys.meta_path.insert(0, Absent())
elif os.environ.get("MACHINE"):
    from mlflow_usage.consent import gate
    gate.machine_policy = lambda: os.environ["MACHINE"]
"""
PROGRAM: Final = """
import importlib, inspect, json, os, sys, threading, time, warnings
warnings.simplefilter("ignore")
source, moment, families, plugin = json.load(open("row.json"))
state = os.environ["MLFLOW_USAGE_DIR"]

def write(path, text):
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    with open(path, "w") as file:
        file.write(text)

def turn_off():
    if "variable" in source:
        os.environ[source["variable"][0]] = source["variable"][1]
    if "machine" in source:
        write(os.environ["MACHINE"], source["machine"])
    if "environment" in source:
        write(f"{sys.prefix}/etc/mlflow-usage/policy.toml", source["environment"])
    if "settings" in source:
        write(f"{state}/settings.toml", source["settings"])
    if "call" in source:
        import mlflow_usage
        mlflow_usage.disable()

def files():
    found = {}
    for top in (os.environ["HOME"], os.environ["TMPDIR"], os.getcwd(), state):
        for place, _, names in os.walk(top):
            if "/mlruns" not in place and "/env" not in place:
                found.update({os.path.join(place, name): os.stat(os.path.join(place, name)).st_mtime_ns for name in names})
    return {path: when for path, when in found.items() if not path.endswith((".pyc", "result.json"))}

def threads():
    return sorted(thread.name for thread in threading.enumerate())

if moment == "before" and source:
    turn_off()
import mlflow
import mlflow.telemetry.client
mlflow.telemetry.client._set_telemetry_client(None)  # its requests are not what this is about
chosen = {}
for family, targets in families.items():
    for module, path in targets:
        try:
            function = importlib.import_module(module)
            for part in path.split("."):
                function = getattr(function, part)
            inspect.signature(function).bind(*([None] * path.count(".")), _nobody_=1)
        except TypeError:
            chosen.setdefault(family, []).append((function, path.count(".")))
        except Exception:
            continue
        if len(chosen.get(family, ())) == EACH:
            break
if moment == "after":
    file_like = bool({"machine", "environment", "settings"} & set(source))
    if file_like and plugin:
        import mlflow_usage
        mlflow.end_run()
    turn_off()
    if file_like and plugin:
        mlflow_usage.flush(5)  # a file counts at the next flush
    time.sleep(0.2)
before, asked = files(), len(sys.asked)
result = {"calls": {}, "files": {}, "asked": {}, "threads": {}}
for family, functions in chosen.items():
    for function, extra in functions:
        try:
            function(*([None] * extra), _nobody_=1)
        except TypeError:
            pass
    result["calls"][family] = len(functions)
if moment == "control":
    time.sleep(0.1)
else:
    time.sleep(1.5)  # a sender would wake after one second
now = files()
result["files"] = sorted(path for path in now if before.get(path) != now[path])
result["gone"] = sorted(path for path in before if path not in now)
result["asked"] = sys.asked[asked:]
result["asked before"] = sys.asked[:asked]
result["threads"] = threads()
result["modules"] = sorted(sys.modules)
result["state"] = sorted(os.listdir(state)) if os.path.exists(state) else None
if moment == "control":
    import mlflow_usage
    logs = [logs for request in mlflow_usage.preview() for logs in request["resourceLogs"]]
    result["recorded"] = [
        [record["eventName"], int(pair["value"]["intValue"])]
        for log in logs for scope in log["scopeLogs"] for record in scope["logRecords"]
        for pair in record["attributes"] if pair["key"] == "mlflow.usage.count"
    ]
json.dump(result, open("result.json", "w"))
"""


@dataclass
class Row:
    """What a process saw, and the files after its end."""

    seen: dict[str, Any]
    place: Path
    left: list[str]

    @property
    def journals(self) -> list[str]:
        return [name for name in self.left if name.endswith(".journal")]

    @property
    def kept(self) -> int:
        """Return the calls that its journals hold."""
        return sum(files.read(self.place / "state" / name).unacknowledged for name in self.journals)


def families() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {family: [] for family in FAMILIES}
    for module in TARGETS:
        for path, event, _ in targets_of(module):
            found[CATALOGUE["events"][event]["family"]].append((module, path))
    return found


def started(place: Path, source: dict[str, Any], moment: str, **extra: str) -> subprocess.Popen[bytes]:
    python = governed.environment(place / "env")
    next((place / "env").glob("lib/python*/site-packages")).joinpath("sitecustomize.py").write_text(SITE)
    for name in ("home", "tmp", "cwd"):
        (place / name).mkdir()
    (place / "cwd" / "row.json").write_text(json.dumps([source, moment, families(), "WITHOUT" not in extra]))
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith(("MLFLOW_", "OTEL_", "XDG_"))}
    own = {
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "MLFLOW_USAGE_DIR": str(place / "state"),
        "MLFLOW_USAGE_ENDPOINT": "https://collector.example.com",
        "MLFLOW_TRACKING_URI": f"sqlite:///{place}/env/mlflow.db",
        **({"MACHINE": str(place / "machine" / "policy.toml")} if "machine" in source else {}),
    }
    (place / "cwd" / "program.py").write_text(PROGRAM.replace("EACH", str(EACH)))
    return subprocess.Popen([python, "program.py"], env={**kept, **own, **extra}, cwd=place / "cwd", stderr=subprocess.PIPE)


def ended(place: Path, process: subprocess.Popen[bytes]) -> Row:
    _, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors.decode()
    state = place / "state"
    left = sorted(path.name for path in state.iterdir()) if state.exists() else []
    return Row(json.loads((place / "cwd" / "result.json").read_text()), place, left)


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Row]:
    """Every row, two processes at a time, and the two programs to compare with."""
    waiting: list[tuple[tuple[str, str], dict[str, Any], dict[str, str]]] = [
        (("without", "before"), {}, {"WITHOUT": "1"}),
        (("control", "control"), {}, {"MLFLOW_USAGE": "local"}),
        *((row, {**SOURCES, **DETECTED}[row[0]], {}) for row in ROWS),
    ]
    found = {}
    for first in range(0, len(waiting), 2):
        pair = [(key, tmp_path_factory.mktemp("row"), source, extra) for key, source, extra in waiting[first : first + 2]]
        running = [(key, place, started(place, source, key[1], **extra)) for key, place, source, extra in pair]
        found.update({key: ended(place, process) for key, place, process in running})
    return found


@pytest.mark.slow
def test_each_of_the_calls_would_have_been_counted(rows: dict[tuple[str, str], Row]) -> None:
    control = rows["control", "control"].seen
    counted = dict.fromkeys(FAMILIES, 0)
    for event, calls in control["recorded"]:
        counted[CATALOGUE["events"][event]["family"]] += calls
    assert counted == control["calls"]
    assert all(counted.values())
    assert rows["control", "control"].journals


@pytest.mark.slow
@pytest.mark.parametrize("row", ROWS, ids=" ".join)
def test_off_is_zero(rows: dict[tuple[str, str], Row], row: tuple[str, str]) -> None:
    found, plain = rows[row], rows["without", "before"]
    assert found.seen["calls"] == plain.seen["calls"] == rows["control", "control"].seen["calls"]
    assert found.seen["asked"] == []
    assert (found.seen["files"], found.seen["gone"], found.journals) == (plain.seen["files"], [], [])
    assert [name for name in found.seen["threads"] if "usage" in name] == []
    assert len(found.seen["threads"]) == len(plain.seen["threads"])
    if row[1] == "before":
        assert found.seen["asked before"] == plain.seen["asked before"]
        more = {name for name in set(found.seen["modules"]) - set(plain.seen["modules"]) if name != "mlflow_usage"}
        assert {name for name in more if not name.startswith("mlflow_usage.")} <= set(sys_modules())
        parts = {name.split(".")[1] for name in more if name.startswith("mlflow_usage.")}
        assert parts.isdisjoint({"delivery", "journal", "instrumentation", "session", "identity"}), parts
        kept = ["settings.toml"] if "settings" in SOURCES.get(row[0], {}) else []
        assert found.left == kept


def sys_modules() -> frozenset[str]:
    """Modules of the standard library that the decision may load in addition to MLflow's."""
    return sys.stdlib_module_names


def table(rows: dict[tuple[str, str], Row]) -> str:
    control = rows["control", "control"].seen
    lines = ["| source | when | calls counted | files | threads | network |", "|---|---|---|---|---|---|"]
    total = sum(control["calls"].values())
    lines.append(
        f"| none: `MLFLOW_USAGE=local` | | {rows['control', 'control'].kept} of {total} | {len(rows['control', 'control'].left)} | 1 | 0 |"
    )
    for name, moment in ROWS:
        found = rows[name, moment]
        new = len(set(found.seen["files"]) - set(rows["without", "before"].seen["files"]))
        own = sum("usage" in thread for thread in found.seen["threads"])
        lines.append(f"| {name} | {moment} | {found.kept} of {total} | {new} | {own} | {len(found.seen['asked'])} |")
    each = ", ".join(f"{family} {calls}" for family, calls in sorted(control["calls"].items()))
    return "\n".join([*lines, "", f"Calls of each family: {each}."])


@pytest.mark.slow
def test_the_page_shows_this_table(rows: dict[tuple[str, str], Row]) -> None:
    made = table(rows)
    print(made)
    (shown,) = re.findall(r"<!-- off -->\n(.*?)\n<!-- /off -->", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert shown == made, f"docs/consent.md is to hold:\n{made}"
