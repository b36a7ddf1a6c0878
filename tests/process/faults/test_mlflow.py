"""The same with MLflow itself: a few programs, because each takes seconds to import it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest

from process.faults.scene import Table, eventually
from process_stage import Stage
from receiver import silent

CALLS = """
import mlflow
mlflow.set_experiment("x")
with mlflow.start_run():
    for step in range(20):
        mlflow.log_metric("loss", step, step=step)
    mlflow.log_param("a", 1)
"""
EXPECTED = Counter({"mlflow.set_experiment": 1, "mlflow.start_run": 1, "mlflow.log_metric": 20, "mlflow.log_param": 1})
TOTAL = EXPECTED.total()


def settled(stage: Stage, table: Table, case: str, expected: Counter[str], rounds: int = 1) -> None:
    stage.drain()
    assert stage.receiver.calls(accepted=True) == expected
    table.add(f"MLflow: {case}", rounds, expected.total(), sum(stage.receiver.calls(accepted=True).values()))


@pytest.mark.slow
def test_mlflow_with_wrapt_in_pure_python(stage: Stage, table: Table) -> None:
    result = stage.run(CALLS, WRAPT_DISABLE_EXTENSIONS="1")
    assert result.returncode == 0, result.stderr
    settled(stage, table, "wrapt without its C extension", EXPECTED)


ENDINGS = {
    "SIGINT": ("os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)", -2),
    "a fork that ends by itself": ("if os.fork() == 0:\n    mlflow.set_tag('a', 1)\n    sys.exit(3)\nprint(os.wait()[1] >> 8)", 0),
    "an exception in a run": ("with mlflow.start_run():\n    mlflow.set_tag('a', 1)\n    raise ValueError('its own')", 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending_is_what_it_is_without_the_plugin(stage: Stage, table: Table, ending: str) -> None:
    code, expected = ENDINGS[ending]
    stage.run(CALLS, MLFLOW_USAGE="off")  # makes the database, which MLflow tells about
    plain = stage.run(CALLS + code, MLFLOW_USAGE="off")
    ended = stage.run(CALLS + code)
    assert (ended.returncode, ended.stdout, ended.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert ended.returncode == expected
    more = {} if ending == "SIGINT" else {"mlflow.set_tag": 1}
    settled(stage, table, ending, EXPECTED + Counter(more) + Counter({"mlflow.start_run": 1} if "exception" in ending else {}))


@pytest.mark.slow
def test_a_silent_endpoint_changes_nothing_but_a_third_of_a_second(stage: Stage, table: Table) -> None:
    from receiver import OK

    stage.run(CALLS, MLFLOW_USAGE="off")
    stage.receiver.reply = silent
    plain = stage.run(CALLS + "print('done')", MLFLOW_USAGE="off")
    ended = stage.run(CALLS + "print('done')")
    assert (ended.returncode, ended.stdout, ended.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    stage.receiver.reply = OK
    settled(stage, table, "silent endpoint", EXPECTED)


@pytest.mark.slow
def test_threads_of_a_program_are_counted(stage: Stage, table: Table) -> None:
    code = """
import threading, mlflow
with mlflow.start_run() as run:
    def work():
        client = mlflow.MlflowClient()
        for step in range(25):
            client.log_metric(run.info.run_id, "loss", step, step=step)
    threads = [threading.Thread(target=work) for _ in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
"""
    result = stage.run(code)
    assert result.returncode == 0, result.stderr
    settled(stage, table, "8 threads", Counter({"mlflow.start_run": 1, "mlflow.log_metric": 200}))


@pytest.mark.slow
def test_a_pool_that_spawns_is_counted(stage: Stage, table: Table) -> None:
    code = """
import multiprocessing, mlflow
from concurrent.futures import ProcessPoolExecutor

def work(run_id):
    mlflow.MlflowClient().log_metric(run_id, "loss", 1)

if __name__ == "__main__":
    with mlflow.start_run() as run, ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        list(pool.map(work, [run.info.run_id] * 10))
"""
    result = stage.run(code)
    assert result.returncode == 0, result.stderr
    settled(stage, table, "ProcessPoolExecutor, spawn", Counter({"mlflow.start_run": 1, "mlflow.log_metric": 10}))


@pytest.mark.slow
def test_a_seeded_program_computes_what_it_computes_without_the_plugin(stage: Stage) -> None:
    code = CALLS + "import random\nrandom.seed(1)\nmlflow.set_tag('a', 1)\ntime.sleep(2.5)\nprint(random.random())"
    assert stage.run(code).stdout == stage.run(code, MLFLOW_USAGE="off").stdout != ""


@pytest.mark.slow
def test_a_notebook_s_kernel_killed_in_the_middle_loses_nothing(stage: Stage, table: Table) -> None:
    pytest.importorskip("ipykernel")
    client_module = pytest.importorskip("jupyter_client")
    connection = stage.place / "kernel.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "ipykernel_launcher", "-f", str(connection)],
        env=stage.environment(),
        cwd=stage.place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert eventually(lambda: connection.exists() and connection.stat().st_size > 0, 30)
        client = client_module.BlockingKernelClient(connection_file=str(connection))
        client.load_connection_file()
        client.start_channels()
        client.wait_for_ready(timeout=30)
        reply = client.execute_interactive(CALLS, timeout=120, output_hook=lambda _: None)
        assert reply["content"]["status"] == "ok", json.dumps(reply["content"], default=str)
        client.stop_channels()
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    settled(stage, table, "a notebook's kernel killed", EXPECTED)
