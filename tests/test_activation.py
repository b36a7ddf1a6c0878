"""What happens before anything is measured: whose process it is, and what `import mlflow` is left with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import mlflow_usage
from mlflow_usage.process.helpers import SERVING, _run_as_module, _serves


@pytest.mark.parametrize(
    ("arguments", "module"),
    [
        (["-m", "mlflow.server.jobs._job_runner"], "mlflow.server.jobs._job_runner"),
        (["-mmlflow.x"], "mlflow.x"),
        (["-Im", "mlflow.x"], "mlflow.x"),
        (["-X", "dev", "-m", "mlflow.x"], "mlflow.x"),
        (["-Xdev", "-W", "error", "-m", "mlflow.x"], "mlflow.x"),
        (["-c", "import mlflow", "-m", "mlflow.x"], ""),
        (["train.py", "-m", "mlflow.x"], ""),
        (["-m"], ""),
        ([], ""),
    ],
)
def test_the_module_that_python_runs_is_read_from_its_own_arguments(arguments: list[str], module: str) -> None:
    assert _run_as_module(["python", *arguments]) == module


@pytest.mark.parametrize(
    ("arguments", "variable", "serves"),
    [
        (["python", "-m", "uvicorn", "--host", "h", "--workers", "4", "mlflow.server.fastapi_app:app"], "", True),
        (["-c", "from multiprocessing.spawn import spawn_main", "/lib/uvicorn/__main__.py", "mlflow.server.fastapi_app:app"], "", True),
        (["/bin/python", "/bin/gunicorn", "-b", "h:1", "mlflow.server.auth:create_app()"], "", True),
        (["/bin/python", "/bin/gunicorn", "-b", "h:1", "mlflow.gateway.app:create_app_from_env()"], "", True),
        (["/bin/uvicorn", "mlflow.pyfunc.scoring_server.app:app"], "", True),
        (["python", "-m", "huey.bin.huey_consumer", "mlflow.server.jobs._huey_consumer.huey_instance", "-w", "1"], "", True),
        (["python", "-m", "uvicorn", "acme:app"], SERVING[0], True),  # an application of an organisation's own, which MLflow started
        (["python", "-m", "uvicorn", "acme:app"], "", False),
        (["python", "train.py"], SERVING[0], False),
        (["/bin/mlflow", "server", "--app-name", "basic-auth"], "", False),
        (["/bin/mlflow", "server", "--uvicorn-opts", "--reload"], "", False),
        ([], "", False),
    ],
)
def test_a_server_s_processes_that_mlflow_started_are_its_own(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], variable: str, serves: bool
) -> None:
    for name in SERVING:
        monkeypatch.delenv(name, raising=False)
    if variable:
        monkeypatch.setenv(variable, "sqlite:///a.db")
    assert _serves(arguments) is serves


SERVER = """
import json, sys
import mlflow
from mlflow_usage.process.running import Running
patches = Running.patches
import mlflow.server.handlers as handlers  # loads the entry points of tracking stores for a registry of its own
import mlflow.cli
print(json.dumps([
    Running.patches is patches and patches.finder in sys.meta_path,
    "mlflow-usage" in handlers._tracking_store_registry._registry,
    sum(type(finder).__name__ == "_Unregister" for finder in sys.meta_path),
    type(mlflow.cli.server.callback).__name__,
]))
"""


def test_a_second_registry_of_mlflow_s_changes_nothing(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin", "HOME": str(tmp_path), "MLFLOW_USAGE": "local"}
    result = subprocess.run([sys.executable, "-c", SERVER], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1] == '[true, false, 0, "Wrapper"]'


PROGRAM = """
import json, sys
asked = []

class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        asked.append(name)

sys.meta_path.insert(0, Finder)
import mlflow
print(json.dumps([name for name in sys.modules if name.startswith("mlflow.tracking.") and name not in asked]))
print(json.dumps(sum(type(finder).__name__ == "_Unregister" for finder in sys.meta_path)))
"""


@pytest.mark.parametrize("mode", ["local", "off"])
def test_a_finder_of_the_host_is_asked_for_every_module(tmp_path: Path, mode: str) -> None:
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"PATH": "/usr/bin", "HOME": str(tmp_path), "MLFLOW_USAGE": mode},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.splitlines() == ["[]", "0"]


AGAIN = """
import mlflow
from mlflow_usage.process.running import Running
mlflow.end_run()
session, patches = Running.session.id, Running.patches
import mlflow.server
print(Running.session.id == session, Running.patches is patches, type(mlflow.server.get_app_client).__name__)
"""


def test_a_module_that_loads_the_entry_points_once_more_begins_no_other_session(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin", "HOME": str(tmp_path), "MLFLOW_USAGE": "local"}
    result = subprocess.run([sys.executable, "-c", AGAIN], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["True", "True", "Wrapper"]


LATER = """
import os
import mlflow
del os.environ["MLFLOW_USAGE"]
import mlflow.server
from mlflow_usage.process.running import Running
print(Running.session, Running.patches)
"""


def test_off_at_the_import_stays_off_for_it(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin", "HOME": str(tmp_path), "MLFLOW_USAGE": "off", "MLFLOW_USAGE_ENDPOINT": "none"}
    result = subprocess.run([sys.executable, "-c", LATER], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert result.stdout.split() == ["None", "None"]


def test_what_is_no_logger_provider_is_refused() -> None:
    with pytest.raises(TypeError, match="must be an OpenTelemetry LoggerProvider, not int"):
        mlflow_usage.instrument(logger_provider=5)
