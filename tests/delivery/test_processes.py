"""Every recorded call arrives once, however the process ends."""

from __future__ import annotations

import subprocess
import sys

import pytest

from support.process_stage import Stage
from support.receiver import OK

CALLS = """
import mlflow
mlflow.set_experiment("x")
with mlflow.start_run():
    for step in range(20):
        mlflow.log_metric("loss", step, step=step, synchronous=False)
    mlflow.log_param("a", 1)
"""
EXPECTED = {"mlflow.set_experiment": 1, "mlflow.start_run": 1, "mlflow.log_metric": 20, "mlflow.log_param": 1}

ENDINGS = {
    "normal": ("", 0),
    "sys.exit": ("sys.exit(3)", 3),
    "exception": ("raise ValueError('the program\\'s own')", 1),
    "os._exit": ("os._exit(4)", 4),
    "SIGKILL": ("os.kill(os.getpid(), signal.SIGKILL)", -9),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)", -15),
}


@pytest.mark.parametrize("ending", ENDINGS)
def test_every_call_arrives_once_and_the_exit_code_is_the_program_s(stage: Stage, ending: str) -> None:
    code, expected = ENDINGS[ending]
    result = stage.run(CALLS + code)
    assert result.returncode == expected, result.stderr
    stage.drain()
    assert stage.receiver.calls() == EXPECTED
    assert not [name for name in stage.files() if name.endswith((".journal", ".lock"))]


def test_forked_and_spawned_children_are_counted_too(stage: Stage) -> None:
    code = """
import multiprocessing, mlflow

def work(run_id):
    client = mlflow.MlflowClient()
    for step in range(10):
        client.log_metric(run_id, "loss", step, step=step)

if __name__ == "__main__":
    with mlflow.start_run() as run:
        for method in ("fork", "spawn"):
            child = multiprocessing.get_context(method).Process(target=work, args=(run.info.run_id,))
            child.start()
            child.join()
            assert child.exitcode == 0
        work(run.info.run_id)
"""
    assert stage.run(code).returncode == 0
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.start_run": 1, "mlflow.log_metric": 30}
    sessions = {resource["session.id"] for resource, _ in stage.receiver.records()}
    assert len(sessions) == 2  # the forked child keeps its parent's, the spawned one imported MLflow again


def test_a_plain_import_delivers_what_a_dead_process_left(stage: Stage) -> None:
    stage.run(CALLS + "os.kill(os.getpid(), signal.SIGKILL)", MLFLOW_USAGE_ENDPOINT="http://127.0.0.1:9")
    assert not stage.receiver.requests
    stage.run("import mlflow\ntime.sleep(3)", MLFLOW_USAGE_ENDPOINT="http://127.0.0.1:9")
    assert [name for name in stage.files() if name.endswith(".journal")]
    stage.run(CALLS + "os.kill(os.getpid(), signal.SIGKILL)")
    stage.run("import mlflow\ntime.sleep(3)")
    assert stage.receiver.calls() == EXPECTED


def test_a_closed_port_is_silent_and_loses_nothing(stage: Stage) -> None:
    result = stage.run(CALLS + "time.sleep(1.6)\nprint('done')", MLFLOW_USAGE_ENDPOINT="http://127.0.0.1:9")
    plain = stage.run(CALLS + "print('done')", MLFLOW_USAGE="off")
    assert (result.returncode, result.stdout) == (plain.returncode, plain.stdout) == (0, "done\n")
    assert without_times(result.stderr) == without_times(plain.stderr)
    assert [name for name in stage.files() if name.endswith(".journal")]


def without_times(text: str) -> list[str]:
    """Return a program's lines without MLflow's notes on creating its database, which only the first program of a place writes."""
    return [line for line in text.splitlines() if "INFO" not in line]


def test_a_reload_begins_another_session(stage: Stage) -> None:
    code = """
import importlib, mlflow
mlflow.start_run(); mlflow.end_run()
importlib.reload(mlflow)
mlflow.start_run(); mlflow.end_run()
for name in [name for name in sys.modules if name == "mlflow" or name.startswith("mlflow.")]:
    del sys.modules[name]
import mlflow
mlflow.start_run(); mlflow.end_run()
"""
    result = stage.run(code)
    assert result.returncode == 0, result.stderr
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.start_run": 3, "mlflow.end_run": 3}
    assert len({resource["session.id"] for resource, _ in stage.receiver.records()}) == 3


def test_records_that_mlflow_s_own_helper_processes_would_make_do_not_exist(stage: Stage) -> None:
    code = """
import mlflow, mlflow.pyfunc
class Model(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input
with mlflow.start_run():
    mlflow.pyfunc.log_model(name="m", python_model=Model())  # infers requirements in a process of its own
"""
    result = stage.run(code)
    assert result.returncode == 0, result.stderr
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.start_run": 1, "mlflow.log_model": 1}
    assert len({resource["session.id"] for resource, _ in stage.receiver.records()}) == 1


PIPELINE = """
import mlflow, mlflow_usage
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor

mlflow.start_run(); mlflow.end_run()
memory, provider = InMemoryLogRecordExporter(), LoggerProvider()
provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
mlflow_usage.instrument(logger_provider=provider)
mlflow.start_run(); mlflow.log_metric("a", 1); mlflow.end_run()
mlflow_usage.uninstrument()
mlflow.start_run(); mlflow.end_run()
mlflow_usage.enable()
mlflow.start_run(); mlflow.end_run()
left = [name for name, value in vars(mlflow).items() if type(value).__name__ == "Wrapper"]
print([data.log_record.event_name for data in memory.get_finished_logs()], left)
"""


def test_a_program_s_own_pipeline_takes_over_and_uninstrument_puts_everything_back(stage: Stage) -> None:
    result = stage.run(PIPELINE)
    assert result.stdout.splitlines()[-1] == "['mlflow.start_run', 'mlflow.log_metric', 'mlflow.end_run'] []", result.stderr
    stage.drain()
    assert stage.receiver.calls() == {"mlflow.start_run": 1, "mlflow.end_run": 1}


def test_nothing_leaves_after_disable_whoever_uninstrumented_before(stage: Stage) -> None:
    stage.receiver.reply = (503, {}, b"")
    code = """
import mlflow, mlflow_usage
mlflow.start_run(); mlflow.end_run()
mlflow_usage.flush()
mlflow_usage.uninstrument()
mlflow_usage.disable()
print("disabled", flush=True)
"""
    assert stage.run(code).stdout == "disabled\n"
    sent = len(stage.receiver.requests)
    stage.receiver.reply = OK
    stage.drain()
    assert len(stage.receiver.requests) == sent
    assert not [name for name in stage.files() if name.endswith(".journal")]


def test_off_reaches_what_a_killed_process_left_even_when_it_is_on_again(stage: Stage) -> None:
    code = """
import subprocess, mlflow
mlflow.start_run()
subprocess.run([sys.executable, "-m", "mlflow_usage", "off"], check=True, stdout=subprocess.DEVNULL)
os.kill(os.getpid(), signal.SIGKILL)
"""
    assert stage.run(code, MLFLOW_USAGE_ENDPOINT="http://127.0.0.1:9").returncode == -9
    subprocess.run([sys.executable, "-m", "mlflow_usage", "on"], env=stage.environment(), check=True, stdout=subprocess.DEVNULL)
    stage.drain()
    assert not stage.receiver.requests
    assert not [name for name in stage.files() if name.endswith(".journal")]
