"""`builtin = "off"`: under that policy MLflow's own telemetry sends no request; without it, the same program sends some."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

from mlflow_usage.instrumentation import builtin
from support import answering, governed
from support.environments import environment, released
from support.process_stage import FOREIGN

# Only MLflow's constant addresses are replaced. The program waits for its requests as a person's program would.
PROGRAM = """
import json, os, sys, threading, time, wrapt
def elsewhere(constant):
    constant.CONFIG_URL = os.environ["THERE"]
    constant.BATCH_SIZE = 1
wrapt.register_post_import_hook(elsewhere, "mlflow.telemetry.constant")
before = dict(os.environ)
import mlflow
from mlflow.telemetry import get_telemetry_client
from mlflow.telemetry.utils import is_telemetry_disabled
with mlflow.start_run():
    mlflow.log_param("a", 1)
mlflow.create_experiment("another")
if not is_telemetry_disabled():
    client = get_telemetry_client()
    for _ in range(100):
        if os.path.exists("arrived"):
            break
        time.sleep(0.1)
        if client and client.config:
            client.flush()
else:
    time.sleep(2)
print(json.dumps({
    "version": mlflow.__version__,
    "client": get_telemetry_client() is not None,
    "threads": sorted(thread.name for thread in threading.enumerate() if "elemetry" in thread.name),
    "environment": sorted(key for key in os.environ if os.environ[key] != before.get(key) and "TELEMETRY" in key),
    "usage": "mlflow_usage.process.session" in sys.modules,
}))
"""
HELPER = """
import atexit, os, sys
def told():
    utils = sys.modules.get("mlflow.telemetry.utils")
    with open(os.environ["TOLD"], "a") as file:
        file.write(f"{utils and utils.is_telemetry_disabled()} {'mlflow_usage.process.session' in sys.modules}\\n")
atexit.register(told)
"""
POLICIES = {
    "none": None,
    "builtin": 'builtin = "off"\nendpoint = "none"\n',
    "all off": 'builtin = "off"\nmode = "off"\n',
    "broken": 'builtin = "off"\nmode = "quiet"\n',
}
RELEASES = ("installed", *(pytest.param(name, marks=pytest.mark.slow) for name in ("3.2", "3.9", "newest")))


def python_of(release: str) -> Path | None:
    if release == "installed":
        return None
    return environment("mlflow-skinny==3.2.*") if release == "3.2" else released(release)


class Listener:
    """A stand-in for the addresses that MLflow's telemetry asks and sends to."""

    def __init__(self, place: Path) -> None:
        self.requests: list[str] = []
        listener = self

        class Handler(answering.Handler):
            def do_GET(self) -> None:
                listener.requests.append(f"GET {self.path}")
                version = self.path.rsplit("/", 1)[1].removesuffix(".json")
                self.answer(json.dumps({"mlflow_version": version, "ingestion_url": f"{listener.url}/ingest"}).encode())

            def do_POST(self) -> None:
                listener.requests.append(f"POST {self.path}")
                self.body()
                (place / "arrived").touch()
                self.answer(b"{}")

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()


@pytest.fixture
def listener(tmp_path: Path) -> Iterator[Listener]:
    made = Listener(tmp_path)
    yield made
    made.server.shutdown()
    made.server.server_close()


def surroundings(place: Path, listener: Listener) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith(("MLFLOW_", "OTEL_"))}
    own = {
        "HOME": str(place),
        "MLFLOW_TRACKING_URI": str(place / "mlruns"),
        "MLFLOW_ALLOW_FILE_STORE": "true",
        "MLFLOW_USAGE_ENDPOINT": "none",
        "THERE": listener.url,
    }
    return {**kept, **own}


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("name", POLICIES)
def test_a_policy_silences_mlflows_own_telemetry(tmp_path: Path, listener: Listener, release: str, name: str) -> None:
    python = governed.environment(tmp_path / "env", POLICIES[name], python_of(release))
    (tmp_path / "program.py").write_text(PROGRAM)
    result = subprocess.run(
        [python, "program.py"], env=surroundings(tmp_path, listener), cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
    )
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout.splitlines()[-1])
    assert release in found["version"] or not release[0].isdigit()
    assert found["usage"] is (name in {"none", "builtin"})
    if name == "none":
        assert {request.split()[0] for request in listener.requests} == {"GET", "POST"}
        assert found["client"]
        return
    assert listener.requests == []
    assert (found["client"], found["threads"], found["environment"]) == (False, [], [])
    assert not (tmp_path / ".config" / "mlflow").exists()
    assert "elemetry" not in result.stderr


def test_the_processes_that_mlflow_starts_for_itself_are_silenced_too(tmp_path: Path, listener: Listener) -> None:
    told = tmp_path / "told"
    python = governed.environment(tmp_path / "env", POLICIES["builtin"])
    next((tmp_path / "env").glob("lib/python*/site-packages")).joinpath("sitecustomize.py").write_text(HELPER)
    environ = {**surroundings(tmp_path, listener), "TOLD": str(told)}
    subprocess.run([python, "-m", "mlflow.utils.uri"], env=environ, cwd=tmp_path, capture_output=True, timeout=120, check=True)
    assert told.read_text() == "True False\n"


def test_a_mlflow_of_other_insides_is_left_as_it_is() -> None:
    module = ModuleType(builtin.CLIENT)
    module.get_telemetry_client = 7  # type: ignore[attr-defined]
    before = dict(vars(module))
    builtin._imported(module)
    assert vars(module) == before


def test_silencing_imports_nothing_of_mlflow() -> None:
    look = "print([name for name in sys.modules if name.startswith('mlflow.')])"
    code = f"import sys; from mlflow_usage.instrumentation import builtin; builtin.silence(); {look}"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_a_client_that_had_started_is_stopped() -> None:
    module = ModuleType(builtin.CLIENT)
    code = """
class TelemetryClient:
    _is_stopped, config = False, object()
    def add_record(self, record): sent.append(record)
sent = []
_MLFLOW_TELEMETRY_CLIENT = client = TelemetryClient()
def get_telemetry_client(): return _MLFLOW_TELEMETRY_CLIENT
alias = get_telemetry_client
"""
    exec(code, vars(module))
    builtin._imported(module)
    client = vars(module)["client"]
    client.add_record("x")
    assert (client._is_stopped, client.config, vars(module)["sent"], vars(module)["alias"]()) == (True, None, [], None)
