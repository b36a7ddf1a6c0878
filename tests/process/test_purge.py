"""A purge of `sys.modules` by the prefix "mlflow", as notebooks do it: ours go with MLflow's, and what holds for the process stays."""

from __future__ import annotations

import json

import pytest

from support.process_stage import Stage

PURGE = """
import json
import mlflow, mlflow_usage
def calls(number):
    import mlflow
    for _ in range(number):
        mlflow.end_run()
def purge(prefix="mlflow"):
    for name in list(sys.modules):
        if name.startswith(prefix):
            del sys.modules[name]
"""
AFTER = """
import mlflow
import threading
calls(5)
finders = [finder for finder in sys.meta_path if type(finder).__module__.startswith("mlflow_usage")]
threads = [thread for thread in threading.enumerate() if thread.name == "mlflow-usage"]
print(json.dumps([len(finders), len(threads)]))
"""


@pytest.mark.parametrize(
    ("before", "arrived"),
    [
        ("calls(5); purge()", 10),
        ("calls(5); purge('mlflow.'); purge('mlflow_usage')", 10),
        ("purge(); import mlflow; calls(5); purge()", 10),
        ("calls(5); mlflow_usage.disable(); purge()", 0),
        ("mlflow_usage.uninstrument(); purge()", 0),
        ("calls(5); mlflow_usage.uninstrument(); purge()", 5),
        ("mlflow_usage.disable(); purge(); import mlflow_usage; mlflow_usage.enable()", 5),
        ("mlflow_usage.uninstrument(); purge(); import mlflow_usage; mlflow_usage.instrument()", 5),
    ],
)
def test_every_call_counts_once_and_a_program_s_wish_holds(stage: Stage, before: str, arrived: int) -> None:
    result = stage.run(f"{PURGE}{before}\n{AFTER}")
    assert result.stderr.count("\n") == 0, result.stderr
    finders, threads = json.loads(result.stdout.splitlines()[-1])
    assert finders <= 1
    assert threads <= 1
    stage.drain()
    assert stage.receiver.calls().get("mlflow.end_run", 0) == arrived
    assert not [name for name in stage.files() if name.endswith(".journal")]


PIPELINE = """
from opentelemetry.sdk._logs import LoggerProvider
from opentelemetry.sdk._logs.export import InMemoryLogRecordExporter, SimpleLogRecordProcessor
memory, provider = InMemoryLogRecordExporter(), LoggerProvider()
provider.add_log_record_processor(SimpleLogRecordProcessor(memory))
mlflow_usage.instrument(logger_provider=provider)
calls(5)
purge()
import mlflow
calls(5)
print(json.dumps(len(memory.get_finished_logs())))
"""


def test_a_program_s_own_pipeline_goes_on_and_gets_each_call_once(stage: Stage) -> None:
    result = stage.run(PURGE + PIPELINE)
    assert result.stdout.splitlines()[-1:] == ["10"], result.stderr
    stage.drain()
    assert stage.receiver.calls() == {}
