"""The same behaviour on every supported version of MLflow, OpenTelemetry and wrapt.

Each row has its own environment. Slow: `make test-all`.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from mlflow_usage.journal.layout import SIZES
from support.environments import MLFLOWS, environment, released
from support.process_stage import FOREIGN, Stage
from support.receiver import Receiver
from support.repository import ROOT

SDKS = {
    "opentelemetry 1.39.1": ("opentelemetry-sdk==1.39.1", "opentelemetry-exporter-otlp-proto-http==1.39.1"),
    "opentelemetry 1.41": ("opentelemetry-sdk==1.41.*", "opentelemetry-exporter-otlp-proto-http==1.41.*"),
    "opentelemetry 1.43": ("opentelemetry-sdk==1.43.*", "opentelemetry-exporter-otlp-proto-http==1.43.*"),
    "opentelemetry 1.44": ("opentelemetry-sdk==1.44.*", "opentelemetry-exporter-otlp-proto-http==1.44.*"),
    "wrapt 1.16": ("wrapt==1.16.*",),
    "wrapt newest": ("wrapt",),
}
PROGRAM = """
import mlflow
from mlflow import MlflowClient, log_metric

mlflow.set_experiment("a")
with mlflow.start_run() as run:
    for step in range(5):
        log_metric("a", step, step=step)
    mlflow.log_param("b", 2)
client = MlflowClient()
client.get_run(run.info.run_id)
client.search_experiments()
mlflow.search_runs(output_format="list")
"""
CALLS = {
    "mlflow.set_experiment": 1,
    "mlflow.start_run": 1,
    "mlflow.log_metric": 5,
    "mlflow.log_param": 1,
    "mlflow.get_run": 1,
    "mlflow.search_experiments": 1,
    "mlflow.search_runs": 1,
}


# mlflow-tracing has only what traces; the server that it would ask does not exist, and a call that raises counts like any other.
TRACING = """
import contextlib
import mlflow
from mlflow import log_feedback  # its module is being imported when the plugin is

@mlflow.trace
def answer(question):
    with mlflow.start_span("inner") as span:
        span.set_inputs({"question": question})
    return "42"

for _ in range(3):
    answer("?")
mlflow.update_current_trace(tags={"a": "b"})
for call in (
    lambda: mlflow.get_trace("none"),
    lambda: log_feedback(trace_id="none", name="good", value=True),
    lambda: mlflow.log_expectation(trace_id="none", name="good", value=True),
    lambda: mlflow.search_traces(locations=["0"]),
    lambda: mlflow.set_experiment("a"),
):
    with contextlib.suppress(Exception):
        call()
"""
TRACED = {
    "mlflow.trace": 1,
    "mlflow.start_span": 3,
    **dict.fromkeys(("mlflow.update_current_trace", "mlflow.get_trace", "mlflow.log_feedback", "mlflow.log_expectation"), 1),
    **dict.fromkeys(("mlflow.search_traces", "mlflow.set_experiment"), 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("release", [release for release in MLFLOWS if release != "tracing"])
def test_a_program_s_calls_arrive_once_on_every_mlflow(tmp_path: Path, release: str) -> None:
    python = released(release)
    with Receiver() as receiver:
        environ = Stage(tmp_path, receiver).environment()
        for code in (PROGRAM, "import mlflow, time; time.sleep(2.5)"):
            subprocess.run([str(python), "-c", code], env=environ, cwd=tmp_path, check=True, capture_output=True)
        assert receiver.calls() == CALLS
        assert {record["mlflow.usage.store"] for _, record in receiver.records() if "mlflow.usage.store" in record} == {"SqlAlchemyStore"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "release", [release for release in MLFLOWS if release not in {"tracing", "newest"}]
)  # tests/instrumentation/test_commands.py has the newest
def test_a_command_arrives_once_on_every_mlflow(tmp_path: Path, release: str) -> None:
    python = released(release)
    with Receiver() as receiver:
        environ = Stage(tmp_path, receiver).environment()
        for arguments in (["experiments", "search"], ["models", "--help"], ["runs", "list", "--experiment-id", "0"]):
            command = [str(python), "-m", "mlflow", *arguments]
            subprocess.run(command, env=environ, cwd=tmp_path, check=True, capture_output=True)
        subprocess.run([str(python), "-c", "import mlflow, time; time.sleep(2.5)"], env=environ, cwd=tmp_path, check=True)
        assert receiver.calls() == {"mlflow.cli.experiments.search": 1, "mlflow.cli.runs.list": 1}


@pytest.mark.slow
def test_a_program_s_calls_arrive_once_on_mlflow_tracing(tmp_path: Path) -> None:
    python = released("tracing")
    with Receiver() as receiver:
        nowhere = {"MLFLOW_TRACKING_URI": "http://127.0.0.1:9", "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0"}
        environ = Stage(tmp_path, receiver, nowhere).environment()
        for code in (TRACING, "import mlflow, time; time.sleep(2.5)"):
            subprocess.run([str(python), "-c", code], env=environ, cwd=tmp_path, check=True, capture_output=True)
        assert receiver.calls() == TRACED
        assert {record["mlflow.usage.store"] for _, record in receiver.records()} == {"RestStore"}


def passing(python: Path, *arguments: str) -> None:
    """Run some of these tests with another Python."""
    result = subprocess.run(
        [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments],
        env={key: value for key, value in os.environ.items() if key not in FOREIGN and not key.startswith("MLFLOW_USAGE")},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-4000:]


@pytest.mark.slow
@pytest.mark.parametrize("release", SDKS)
def test_the_client_s_own_tests_pass_on_every_library(tmp_path: Path, release: str) -> None:
    python = environment("mlflow-skinny", "sqlalchemy", "alembic", "pytest", "hypothesis", *SDKS[release])
    apart = [f"tests/promises/faults/test_{name}.py" for name in ("host", "apart", "imports")]  # what must not happen to the host
    passing(python, "-m", "not slow", "tests/journal", "tests/delivery", "--ignore", "tests/delivery/test_processes.py", *apart)
    with Receiver() as receiver:
        environ = Stage(tmp_path, receiver).environment()
        subprocess.run([str(python), "-c", PROGRAM], env=environ, cwd=tmp_path, check=True, capture_output=True)
        subprocess.run([str(python), "-c", "import mlflow, time; time.sleep(2.5)"], env=environ, cwd=tmp_path, check=True)
        assert receiver.calls() == CALLS
    assert not [path for path in (tmp_path / "state").glob("*.journal") if path.stat().st_size in SIZES]


@pytest.mark.slow
@pytest.mark.parametrize("release", [release for release in SDKS if release.startswith("wrapt")])
def test_what_is_wrapped_behaves_the_same_on_every_wrapt(release: str) -> None:
    python = released("newest", "pytest", "hypothesis", *SDKS[release])
    of_mlflow = [f"--ignore=tests/instrumentation/test_{name}.py" for name in ("builtin", "commands")]  # whole programs, on the newest
    passing(python, "tests/instrumentation", *of_mlflow)
