"""The same faults with MLflow itself: few programs, because each takes seconds to import it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient

from promises.faults.fault_driver import made
from promises.faults.scene import Table, eventually
from support.process_stage import Stage
from support.receiver import silent

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
    "normal end": ("print('done')", 0),
    "sys.exit": ("sys.exit('the reason')", 1),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)\ntime.sleep(5)", -15),
    "SIGKILL": ("os.kill(os.getpid(), signal.SIGKILL)", -9),
    "os._exit": ("os._exit(4)", 4),
    "SIGINT": ("os.kill(os.getpid(), signal.SIGINT)\ntime.sleep(5)", -2),
    "a fork that ends by itself": ("if os.fork() == 0:\n    mlflow.set_tag('a', 1)\n    sys.exit(3)\nprint(os.wait()[1] >> 8)", 0),
    "an exception in a run": ("with mlflow.start_run():\n    mlflow.set_tag('a', 1)\n    raise ValueError('its own')", 1),
}


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
def test_an_ending_is_what_it_is_without_the_plugin(stage: Stage, table: Table, ending: str) -> None:
    code, expected = ENDINGS[ending]
    stage.run(CALLS, MLFLOW_USAGE="off")  # creates the database, which MLflow logs
    plain = stage.run(CALLS + code, MLFLOW_USAGE="off")
    ended = stage.run(CALLS + code)
    assert (ended.returncode, ended.stdout, ended.stderr) == (plain.returncode, plain.stdout, plain.stderr)
    assert ended.returncode == expected
    settled(stage, table, ending, EXPECTED + Counter({name: code.count(f"{name}(") for name in ("mlflow.set_tag", "mlflow.start_run")}))


@pytest.mark.slow
def test_a_silent_endpoint_changes_nothing_but_a_third_of_a_second(stage: Stage, table: Table) -> None:
    from support.receiver import OK

    stage.run(CALLS, MLFLOW_USAGE="off")
    stage.receiver.reply = silent
    code = CALLS + "print('done')\nopen('last', 'w').write(str(time.monotonic()))"

    def run(**extra: str) -> tuple[tuple[int, str, str], float]:
        found = stage.run(code, **extra)
        took = time.monotonic() - float((stage.place / "last").read_text())
        return (found.returncode, found.stdout, found.stderr), took

    (plain, without), (ended, took) = run(MLFLOW_USAGE="off"), run()
    assert ended == plain
    assert took - without < 1.0  # test_answers measures the third; what waits for a request waits three seconds
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


KILLED = """
import random
sys.path.insert(0, os.environ["FAULT_HERE"])
from fault_driver import Made
import mlflow
from mlflow_usage.delivery import schedule
schedule.FIRST = schedule.EVERY = 0.0
client = mlflow.MlflowClient()
run_id = client.create_run("0").info.run_id

def calls(chance, step):
    return chance.choice((
        lambda: mlflow.log_metric("a", step, step=step, run_id=run_id),
        lambda: client.set_tag(run_id, "a", step),
        lambda: mlflow.get_run(run_id),
        lambda: mlflow.get_experiment_by_name("none"),
        lambda: client.get_run("no such run"),
    ))

chance = random.Random(1)
for number in range(40):
    child = os.fork()
    if child == 0:
        made, chance, step = Made(f"{number}.made"), random.Random(number), 0
        while True:
            call, step = calls(chance, step), step + 1
            made.words[0] += 1
            try:
                call()
            except mlflow.MlflowException:
                pass
            made.words[1] += 1
    time.sleep(0.02 + chance.random() * 0.3)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_of_mlflow_s_own_work_loses_nothing(stage: Stage, table: Table) -> None:
    """Forked children have MLflow without its four seconds; the sender works without a pause."""
    store = {"MLFLOW_TRACKING_URI": str(stage.place / "mlruns"), "MLFLOW_ALLOW_FILE_STORE": "true"}
    result = stage.run(KILLED, FAULT_HERE=str(Path(__file__).parent), **store)
    assert result.returncode == 0, result.stderr
    stage.drain()
    low, high = made(stage.place)
    assert low > 40
    total = stage.receiver.calls(accepted=True).total()
    table.add("MLflow: SIGKILL at a random moment", 40, (low + 1, high + 1), total)  # and the one of the parent
    assert not list(stage.state.glob("*.journal"))


@pytest.mark.slow
def test_asyncio_and_generators_are_counted(stage: Stage, table: Table) -> None:
    code = """
import asyncio, mlflow

def generate(run_id):
    for step in range(10):
        yield mlflow.log_metric("a", step, step=step, run_id=run_id)

async def stream(run_id):
    for step in range(10):
        await asyncio.sleep(0)
        yield mlflow.MlflowClient().log_metric(run_id, "b", step, step=step)

async def work(run_id):
    mlflow.log_param(f"p{id(asyncio.current_task())}", 1)
    await asyncio.to_thread(mlflow.get_run, run_id)
    return [each async for each in stream(run_id)]

async def main(run_id):
    await asyncio.gather(*(work(run_id) for _ in range(3)))
    list(generate(run_id))
    unfinished = generate(run_id)
    next(unfinished), next(unfinished)

with mlflow.start_run() as run:
    asyncio.run(main(run.info.run_id))
"""
    result = stage.run(code)
    assert result.returncode == 0, result.stderr
    expected = Counter({"mlflow.start_run": 1, "mlflow.log_metric": 3 * 10 + 10 + 2, "mlflow.log_param": 3, "mlflow.get_run": 3})
    settled(stage, table, "asyncio and generators", expected)


@pytest.mark.slow
def test_gevent_patched_after_the_import_neither_hangs_nor_loses(stage: Stage, table: Table) -> None:
    code = """
import mlflow
run = mlflow.start_run()
time.sleep(1.5)  # the sender has begun
import warnings
warnings.simplefilter("ignore")  # gevent's own, on being late
from gevent import monkey
monkey.patch_all()
import gevent
def work():
    for step in range(10):
        mlflow.MlflowClient().log_metric(run.info.run_id, "a", step, step=step)
gevent.joinall([gevent.spawn(work) for _ in range(5)])
mlflow.end_run()
"""
    result = stage.run(code)
    assert result.returncode == 0, result.stderr
    settled(stage, table, "gevent patched late", Counter({"mlflow.start_run": 1, "mlflow.log_metric": 50, "mlflow.end_run": 1}))


@pytest.mark.slow
def test_a_reload_and_a_fresh_import_lose_nothing_to_a_kill(stage: Stage, table: Table) -> None:
    code = """
import importlib, threading
import mlflow
def calls():
    for _ in range(10):
        mlflow.search_experiments()
calls()
importlib.reload(mlflow)
calls()
for name in [name for name in sys.modules if name.partition(".")[0] == "mlflow"]:
    del sys.modules[name]
import mlflow
calls()
importlib.reload(mlflow.tracking.fluent)
calls()
os.kill(os.getpid(), signal.SIGKILL)
"""
    result = stage.run(code, MLFLOW_USAGE_ENDPOINT=stage.receiver.endpoint)
    assert (result.returncode, "Traceback" in result.stderr) == (-9, False), result.stderr
    settled(stage, table, "reload, fresh import, SIGKILL", Counter({"mlflow.search_experiments": 40}), 3)
    assert len({resource["session.id"] for resource, _ in stage.receiver.records()}) == 3


# The model writes what it does in MLflow's own process to a file; it calls MLflow, as a user's model may.
HELPERS = """
import subprocess
import mlflow
started = []
sys.addaudithook(lambda event, arguments: started.append([str(part) for part in arguments[1]]) if event == "subprocess.Popen" else None)

class Model(mlflow.pyfunc.PythonModel):
    def load_context(self, context):
        import mlflow
        mlflow.search_experiments()
        with open(os.environ["TOLD"], "a") as file:
            usage = sys.modules.get("mlflow_usage.process.running")
            file.write(f"{os.path.basename(sys.argv[0])} {usage is not None and usage.Running.session is None}\\n")

    def predict(self, context, model_input, params=None):
        return model_input

with mlflow.start_run():
    info = mlflow.pyfunc.log_model(name="m", python_model=Model())  # infers requirements in a process of its own
from mlflow.pyfunc import _mlflow_pyfunc_backend_predict as predict
open("input.json", "w").write('{"inputs": [1]}')
command = [sys.executable, predict.__file__, "--model-uri", info.model_uri, "--content-type", "json", "--input-path", "input.json"]
subprocess.run([*command, "--output-path", "output.json"], check=True)  # what an environment manager runs
assert os.path.exists("output.json")
print([os.path.basename(part) for command in started for part in command if part.endswith(".py")])
"""


@pytest.mark.slow
def test_mlflow_s_own_helper_processes_count_nothing(stage: Stage, table: Table) -> None:
    told = stage.place / "told"
    result = stage.run(HELPERS, TOLD=str(told))
    assert result.returncode == 0, result.stderr
    helpers = {"_capture_modules.py", "_mlflow_pyfunc_backend_predict.py"}
    assert helpers <= set(json.loads(result.stdout.splitlines()[-1].replace("'", '"')))
    # Each of them met the plugin and had no session.
    assert {line for line in told.read_text().splitlines() if line.split()[0] in helpers} == {f"{name} True" for name in helpers}
    settled(stage, table, "its own helper processes", Counter({"mlflow.start_run": 1, "mlflow.log_model": 1}), 3)
    assert len({resource["session.id"] for resource, _ in stage.receiver.records()}) == 1


@pytest.mark.slow
def test_a_seeded_program_computes_what_it_computes_without_the_plugin(stage: Stage) -> None:
    code = CALLS + "import random\nrandom.seed(1)\nmlflow.set_tag('a', 1)\ntime.sleep(2.5)\nprint(random.random())"
    assert stage.run(code).stdout == stage.run(code, MLFLOW_USAGE="off").stdout != ""


@pytest.mark.slow
def test_a_notebook_s_kernel_killed_in_the_middle_loses_nothing(stage: Stage, table: Table) -> None:
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
        client = BlockingKernelClient(connection_file=str(connection))
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
