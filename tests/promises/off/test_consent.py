"""Consent in real programs: off leaves no trace, off later stops everything, and the host notices nothing but the notice."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from support.cli_shell import read_all
from support.process_stage import DRAIN, FOREIGN, PREAMBLE
from support.receiver import Receiver

COMMAND = [sys.executable, "-m", "mlflow_usage"]

# What a program observes of itself: its output, its files and its exit code.
OBSERVED = """
import json, logging, signal, sys, threading, warnings
records = []
handler = logging.Handler(logging.DEBUG)
handler.emit = lambda record: records.append([record.name, record.levelname, record.getMessage()])
logging.getLogger("mlflow_usage").addHandler(handler)
logging.getLogger("mlflow_usage").setLevel(logging.INFO)
import mlflow
print("a program's own line")
print("a program's own complaint", file=sys.stderr)
for _ in range(3):
    mlflow.end_run()
try:
    mlflow.MlflowClient("nobody-knows-this://x").get_run("1")
except Exception as error:
    print(error)
logged = [name for name in logging.root.manager.loggerDict if "usage" not in name and "opentelemetry" not in name]
seen = {
    "meta path": [type(finder).__name__ for finder in sys.meta_path],
    "signals": {s.name: repr(signal.getsignal(s)) for s in signal.Signals},
    "hooks": [repr(hook).split(" at ")[0] for hook in (sys.excepthook, sys.unraisablehook, sys.displayhook, threading.excepthook)],
    "environment": dict(os.environ),
    "logging": [repr(logging.root.handlers), logging.root.level, logging.root.manager.disable, sorted(logged)],
    "warnings": [repr(each) for each in warnings.filters],
    "switch interval": sys.getswitchinterval(),
    "trace": [sys.gettrace(), sys.getprofile(), threading.gettrace()],
    "recursion": sys.getrecursionlimit(),
}
threads = [thread.name for thread in threading.enumerate()]
descriptors = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd")]
sockets = [name for name in descriptors if os.path.islink(name) and "socket" in os.readlink(name)]
modules = [name for name in sys.modules if name.startswith(("mlflow_usage", "opentelemetry.sdk._logs", "opentelemetry.exporter", "wrapt"))]
with open("seen.json", "w") as file:
    json.dump({"seen": seen, "records": records, "threads": threads, "sockets": sockets, "modules": modules}, file)
raise ValueError("the program's own end")
"""

# The program forks before its first call: each child is a separate program with its own state directory.
FORKS = """
import json, sys, time
import mlflow, mlflow_usage
from mlflow_usage.process.running import Running
children = []

def call(times):
    for _ in range(times):
        mlflow.end_run()

def command(*arguments):
    import subprocess
    subprocess.run([sys.executable, "-m", "mlflow_usage", *arguments], check=True, stdout=subprocess.DEVNULL)

def turn_off(place):
    # The settings alone: a slow start of the command would give the first flush time to send.
    from mlflow_usage.consent import mode, settings
    from pathlib import Path
    settings.write(Path(os.path.abspath(place)), mode=mode.Mode.OFF, endpoint=None)

def waiting():
    logs = [logs for request in mlflow_usage.preview() for logs in request["resourceLogs"]]
    records = [record for log in logs for scope in log["scopeLogs"] for record in scope["logRecords"]]
    return sum(int(a["value"]["intValue"]) for r in records for a in r["attributes"] if a["key"] == "mlflow.usage.count")

def journals(name):
    return [file for file in os.listdir(name) if file.endswith(".journal")] if os.path.exists(name) else []

def child(work):
    pid = os.fork()
    if pid:
        children.append(pid)
        return
    os.environ["MLFLOW_USAGE_DIR"] = os.path.abspath(work.__name__)
    with open(f"{work.__name__}.json", "w") as file:
        json.dump(work(work.__name__), file)
    sys.exit()
"""
JOIN = "\nsys.exit(sum(os.waitpid(pid, 0)[1] for pid in children))\n"

ON = f"""{FORKS}
def nothing(place):
    return os.path.exists(place)

def plain(place):
    call(3)

def variable(place):
    call(3)
    before = waiting()
    os.environ["DO_NOT_TRACK"] = "1"
    call(4)
    found = [before, waiting(), journals(place)]
    time.sleep(2)
    call(5)
    del os.environ["DO_NOT_TRACK"]
    call(6)
    return [*found, waiting(), str(mlflow_usage.status()).splitlines()[0]]

def disabled(place):
    call(3)
    before = waiting()
    mlflow_usage.disable()
    call(4)
    off = [waiting(), journals(place), mlflow_usage.status().decided_by]
    time.sleep(1.5)
    mlflow_usage.enable()
    call(5)
    return [before, *off, waiting()]

def variable_and_flush(place):
    call(3)
    os.environ["MLFLOW_USAGE"] = "off"
    return mlflow_usage.flush()

def settings(place):
    call(3)
    sent = mlflow_usage.flush(5)
    command("off")
    start = time.monotonic()
    while time.monotonic() - start < 15 and Running.life.counts():
        call(1)
        time.sleep(0.05)
    return [sent, time.monotonic() - start, journals(place)]

def settings_at_exit(place):
    call(3)
    turn_off(place)

def local_in_between(place):
    call(3)
    sent = mlflow_usage.flush(5)
    os.environ["MLFLOW_USAGE"] = "local"
    call(4)
    return [sent, waiting()]

for work in (nothing, plain, variable, disabled, variable_and_flush, settings, settings_at_exit, local_in_between):
    child(work)
{JOIN}"""

LOCAL = f"""{FORKS}
def kept(place):
    call(3)
    time.sleep(1.5)
    call(4)
    return waiting()

def turned_off(place):
    call(3)
    time.sleep(1.5)  # one flush has found it on
    command("off")
    start = time.monotonic()
    while time.monotonic() - start < 15 and Running.life.counts():
        call(1)
        time.sleep(0.05)
    return [time.monotonic() - start, journals(place)]

def turned_off_at_exit(place):
    call(3)
    turn_off(place)

for work in (kept, turned_off, turned_off_at_exit):
    child(work)
{JOIN}"""

FAILING = f"""{FORKS}
def turned_off(place):
    from mlflow_usage.delivery import courier
    courier.BACK_OFF = (300.0, 600.0)  # as after an hour without the endpoint
    call(3)
    time.sleep(2.5)  # one attempt has failed
    command("off")
    start = time.monotonic()
    while time.monotonic() - start < 15 and Running.life.counts():
        call(1)
        time.sleep(0.05)
    return [time.monotonic() - start, journals(place)]

def turned_off_at_exit(place):
    call(3)
    time.sleep(1.5)
    turn_off(place)

for work in (turned_off, turned_off_at_exit):
    child(work)
{JOIN}"""

QUIET = "import mlflow\nfor _ in range(3):\n    mlflow.end_run()\ntime.sleep(1.3)\nprint('done')"
BEFORE = """
import sys, mlflow_usage
mlflow_usage.disable()
import mlflow
mlflow.end_run()
off = [mlflow_usage.preview(), mlflow_usage.status().mode, mlflow_usage.status().decided_by, os.path.exists(os.environ["MLFLOW_USAGE_DIR"])]
for name in [name for name in sys.modules if name == "mlflow" or name.startswith("mlflow.")]:
    del sys.modules[name]
import mlflow
mlflow.end_run()
off.append(mlflow_usage.preview())
mlflow_usage.enable()
mlflow.end_run()
import json
print(json.dumps([off, len(mlflow_usage.preview()[0]["resourceLogs"][0]["scopeLogs"][0]["logRecords"])]))
"""
TWICE = """
import mlflow
for _ in range(2):
    if os.fork() == 0:
        mlflow.end_run()
        mlflow.end_run()
        sys.exit()
for _ in range(2):
    os.wait()
mlflow.end_run()
"""

PROGRAMS = {
    "off": (OBSERVED, {"MLFLOW_USAGE": "off", "CI": "false"}),  # MLflow's own telemetry takes any CI for one
    "ci": (OBSERVED, {"CI": "true"}),
    "on": (OBSERVED, {"CI": "false"}),
    "forks": (ON, {}),
    "local": (LOCAL, {"MLFLOW_USAGE": "local"}),
    "failing": (FAILING, {"MLFLOW_USAGE_ENDPOINT": "http://127.0.0.1:9"}),
    "none": (QUIET, {"MLFLOW_USAGE_ENDPOINT": "none"}),
    "invalid": (QUIET, {"MLFLOW_USAGE_ENDPOINT": "ftp://collector.example.com"}),
    "before": (BEFORE, {"MLFLOW_USAGE_ENDPOINT": "none"}),
    "terminal": (TWICE, {}),
}


@dataclass
class Program:
    """A program that has ended."""

    place: Path
    environ: dict[str, str]
    receiver: Receiver
    returncode: int
    stdout: str
    stderr: str

    def said(self, name: str) -> Any:
        return json.loads((self.place / f"{name}.json").read_text())

    def calls(self, name: str) -> int:
        """Return what arrived from the child of that name."""
        secret = (self.place / name / "installation").read_text().strip()
        installation = hashlib.sha256(secret.encode()).hexdigest()
        records = [record for resource, record in self.receiver.records() if resource["app.installation.id"] == installation]
        return sum(record["mlflow.usage.count"] for record in records)

    def drain(self, name: str = "state", **extra: str) -> None:
        """Let a later process of the child's installation deliver all that it may."""
        environ = {**self.environ, "MLFLOW_USAGE_DIR": str(self.place / name), **extra}
        assert subprocess.run([sys.executable, "-c", DRAIN], env=environ, check=False, timeout=60).returncode == 0

    def journals(self, name: str = "state") -> list[str]:
        directory = self.place / name
        return sorted(path.name for path in directory.glob("*.journal")) if directory.exists() else []

    def command(self, *arguments: str, name: str = "state", **extra: str) -> str:
        environ = {**self.environ, "MLFLOW_USAGE_DIR": str(self.place / name), **extra}
        return subprocess.run([*COMMAND, *arguments], env=environ, check=True, capture_output=True, text=True).stdout


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Program]]:
    """All programs, run at once: each import of MLflow takes seconds."""
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith(("MLFLOW_", "OTEL_"))}
    leader, follower = pty.openpty()
    started = {}
    for name, (code, extra) in PROGRAMS.items():
        place = tmp_path_factory.mktemp("place") / "same"  # of equal length, so that texts can be compared
        place.mkdir()
        receiver = Receiver()
        environ = {
            **kept,
            "HOME": str(place),
            "MLFLOW_USAGE_DIR": str(place / "state"),
            "MLFLOW_USAGE_ENDPOINT": receiver.endpoint,
            **extra,
        }
        (place / "program.py").write_text(PREAMBLE + code)
        stderr = follower if name == "terminal" else subprocess.PIPE
        process = subprocess.Popen(
            [sys.executable, "program.py"],
            env=environ,
            cwd=place,
            text=True,
            stdout=subprocess.PIPE,
            stderr=stderr,
            stdin=subprocess.DEVNULL,
        )
        started[name] = place, environ, receiver, process
    os.close(follower)
    found = {}
    for name, (place, environ, receiver, process) in started.items():
        stdout, stderr_text = process.communicate(timeout=180)
        text = read_all(leader) if name == "terminal" else stderr_text
        found[name] = Program(place, environ, receiver, process.returncode, stdout, text)
    yield found
    for program in found.values():
        program.receiver.server.shutdown()
        program.receiver.server.server_close()


@pytest.mark.parametrize("name", ["off", "ci"])
def test_off_is_zero(programs: dict[str, Program], name: str) -> None:
    program = programs[name]
    found = program.said("seen")
    assert not (program.place / "state").exists()
    assert not program.receiver.requests
    assert (found["sockets"], found["records"]) == ([], [])
    assert "mlflow-usage" not in found["threads"]
    loaded = set(found["modules"])
    assert not {module for module in loaded if module.startswith(("opentelemetry", "wrapt"))}
    parts = {module.split(".")[1] for module in loaded if "." in module}
    assert parts.isdisjoint({"instrumentation", "delivery", "journal", "session", "cli", "identity", "report", "control"})
    assert sorted(path.name for path in program.place.iterdir() if not path.name.startswith("mlruns")) == ["program.py", "seen.json"]


def test_a_variable_that_says_it_is_no_ci_is_none(programs: dict[str, Program]) -> None:
    program = programs["on"]
    program.drain()
    assert program.receiver.calls() == {"mlflow.end_run": 3}


@pytest.mark.parametrize("name", ["ci", "on"])
def test_a_program_says_and_returns_the_same_with_the_plugin_on_and_off(programs: dict[str, Program], name: str) -> None:
    program, plain = programs[name], programs["off"]
    assert (program.returncode, program.stdout) == (plain.returncode, plain.stdout)
    assert program.stderr.replace(str(program.place), "") == plain.stderr.replace(str(plain.place), "")
    assert program.returncode == 1
    assert program.stderr.endswith("ValueError: the program's own end\n")
    assert "nobody-knows-this" in program.stdout
    assert "mlflow-usage" not in program.stdout


def test_a_program_finds_itself_as_without_the_plugin(programs: dict[str, Program]) -> None:
    seen, plain = programs["on"].said("seen")["seen"], programs["off"].said("seen")["seen"]
    finders, plain_finders = seen.pop("meta path"), plain.pop("meta path")
    assert Counter(finders) - Counter(plain_finders) == {"Finder": 1}  # the plugin's import hook
    assert [finder for finder in finders if finder != "Finder"] == plain_finders
    environ, plain_environ = seen.pop("environment"), plain.pop("environment")
    given = {"CI", "HOME", "MLFLOW_USAGE", "MLFLOW_USAGE_DIR", "MLFLOW_USAGE_ENDPOINT"}  # by this test
    assert {key: value for key, value in environ.items() if key not in given} == {
        key: value for key, value in plain_environ.items() if key not in given
    }
    filters, plain_filters = seen.pop("warnings"), plain.pop("warnings")
    # The SDK's own hook, for its own class. It stays: the program may use the SDK itself.
    assert [text for text in filters if "LogRecordDroppedAttributesWarning" not in text] == plain_filters
    assert seen == plain


def test_without_a_terminal_the_notice_is_one_record(programs: dict[str, Program]) -> None:
    ((name, level, message),) = programs["on"].said("seen")["records"]
    assert (name, level) == ("mlflow_usage", "INFO")
    for part in ("mlflow-usage off", "mlflow-usage preview", "MLFLOW_DISABLE_TELEMETRY", programs["on"].receiver.endpoint):
        assert part in message
    assert message not in programs["on"].stderr


def test_on_a_terminal_the_notice_is_one_line_once_for_an_installation(programs: dict[str, Program]) -> None:
    program = programs["terminal"]
    assert program.returncode == 0
    lines = [line for line in program.stderr.splitlines() if "usage" in line]
    assert len(lines) == 1
    assert lines[0].startswith("mlflow-usage counts which public functions of MLflow are called")
    assert program.receiver.endpoint in lines[0]
    program.drain()
    assert program.receiver.calls() == {"mlflow.end_run": 5}


def test_every_child_came_to_its_end(programs: dict[str, Program]) -> None:
    for name in ("forks", "local", "failing"):
        assert (programs[name].returncode, programs[name].stderr) == (0, ""), name


def test_nothing_exists_before_the_first_call_and_a_child_s_calls_arrive(programs: dict[str, Program]) -> None:
    program = programs["forks"]
    assert program.said("nothing") is False
    assert not (program.place / "nothing").exists()
    program.drain("plain")
    assert program.calls("plain") == 3


def test_a_variable_set_after_the_import_counts_at_the_next_call(programs: dict[str, Program]) -> None:
    program = programs["forks"]
    before, after, journals, later, status = program.said("variable")
    assert (before, after, journals, later) == (3, 0, [], 0)  # and off is final
    assert status.split()[:2] == ["mode", "off,"]  # the variable is gone again, and this process stays off
    program.drain("variable")
    assert program.calls("variable") == 0
    assert program.journals("variable") == []


def test_a_variable_set_after_the_last_call_counts_at_the_flush(programs: dict[str, Program]) -> None:
    program = programs["forks"]
    program.drain("variable_and_flush")
    assert program.calls("variable_and_flush") == 0
    assert program.journals("variable_and_flush") == []


def test_disable_stops_and_deletes_and_enable_starts_anew(programs: dict[str, Program]) -> None:
    program = programs["forks"]
    assert program.said("disabled") == [3, 0, [], "mlflow_usage.disable()", 5]
    program.drain("disabled")
    assert program.calls("disabled") == 5


def test_disable_before_the_import_counts_too_and_lasts_over_a_fresh_one(programs: dict[str, Program]) -> None:
    program = programs["before"]
    assert program.returncode == 0, program.stderr
    off, records = json.loads(program.stdout)
    assert off == [[], "off", "mlflow_usage.disable()", False, []]
    assert records == 1


def test_the_command_off_stops_a_running_program_within_ten_seconds(programs: dict[str, Program]) -> None:
    program = programs["forks"]
    sent, seconds, journals = program.said("settings")
    assert sent
    assert seconds < 11.5
    assert journals == []
    assert program.calls("settings") == 3


@pytest.mark.parametrize(
    ("name", "child"), [("forks", "settings_at_exit"), ("local", "turned_off_at_exit"), ("failing", "turned_off_at_exit")]
)
def test_the_command_off_counts_at_the_exit_at_the_latest(programs: dict[str, Program], name: str, child: str) -> None:
    program = programs[name]
    assert program.journals(child) == []
    program.command("on", name=child)
    program.drain(child)
    assert program.receiver.requests == [] or program.calls(child) == 0


@pytest.mark.parametrize("name", ["local", "failing"])
def test_the_command_off_stops_a_program_that_sends_nothing_too(programs: dict[str, Program], name: str) -> None:
    seconds, journals = programs[name].said("turned_off")
    assert seconds < 11.5
    assert journals == []


def test_what_is_kept_under_local_is_never_sent(programs: dict[str, Program]) -> None:
    program = programs["local"]
    assert program.said("kept") == 7
    assert len(program.journals("kept")) == 1
    for extra in ({"MLFLOW_USAGE": "on"}, {}):
        program.drain("kept", **extra)
    assert len(program.journals("kept")) == 1
    assert not program.receiver.requests
    assert program.command("preview", name="kept", MLFLOW_USAGE="on") == "Nothing is waiting.\n"
    assert "mlflow.end_run" in program.command("preview", name="kept", MLFLOW_USAGE="local")
    assert "7 calls are kept and not sent" in program.command("status", name="kept", MLFLOW_USAGE="on")


def test_local_set_after_the_import_keeps_what_follows(programs: dict[str, Program]) -> None:
    program = programs["forks"]
    assert program.said("local_in_between") == [True, 4]
    program.drain("local_in_between")
    assert program.calls("local_in_between") == 3


@pytest.mark.parametrize("name", ["none", "invalid"])
def test_without_an_endpoint_a_program_is_silent_and_nothing_is_sent_now_or_later(programs: dict[str, Program], name: str) -> None:
    program = programs[name]
    assert (program.returncode, program.stdout, program.stderr) == (0, "done\n", "")
    assert len(program.journals()) == 1
    program.drain(MLFLOW_USAGE_ENDPOINT=program.receiver.endpoint, MLFLOW_USAGE="on")
    assert not program.receiver.requests
    status = program.command("status")
    assert "local" in status.splitlines()[0]
    assert "MLFLOW_USAGE_ENDPOINT" in status
    assert ("does not start with http:// or https://" in status) is (name == "invalid")
