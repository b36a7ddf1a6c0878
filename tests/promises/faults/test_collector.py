"""The real Collector, killed under load, and the Delta table behind it."""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

import pytest

from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.collector.run import Collector, start
from promises.faults.fault_driver import made
from promises.faults.scene import HEAD, Scene, Table

LOAD = """
import random
place, number, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
prepare()
from mlflow_usage.delivery import courier
courier.BACK_OFF = (0.1, 0.3)  # what the sender does in minutes, in seconds
chance, until = random.Random(number), time.monotonic() + seconds
while time.monotonic() < until:
    child = os.fork()
    if child == 0:
        made = Made(f"{place}/{number}-{os.getpid()}-{chance.randrange(10**9)}.made")
        session, end = begin(), min(until, time.monotonic() + chance.random() * 1.5)
        while time.monotonic() < end:
            made.call(session, chance.choice(EVENTS), "FileStore")
            time.sleep(0.0005)
        if chance.random() < 0.3:
            os.kill(os.getpid(), signal.SIGKILL)
        sys.exit()
    chance.random()
    os.waitpid(child, 0)
"""


def counted(target: Path) -> Counter[str]:
    from deltalake import DeltaTable

    rows = DeltaTable(str(target)).to_pyarrow_table(columns=["event_name", "count"])
    found: Counter[str] = Counter()
    for event, calls in zip(rows["event_name"].to_pylist(), rows["count"].to_pylist(), strict=True):
        found[event] += calls
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("seconds", "kills"), [(60, 30)])
def test_a_collector_killed_under_load_loses_nothing_and_repeats_nothing(scene: Scene, table: Table, seconds: int, kills: int) -> None:
    from mlflow_usage.warehouse.load import Loader

    archive, target = scene.place / "archive", scene.place / "table"
    deployment = Deployment(settings={"archive": archive}).resolved()
    scene.environ["MLFLOW_USAGE_ENDPOINT"] = f"http://{deployment.otlp}"
    script = scene.place / "load.py"
    script.write_text(HEAD + LOAD, encoding="utf-8")
    environment = scene.environment(FAULT_QUICK="1")
    programs = [
        subprocess.Popen([sys.executable, str(script), str(scene.place), str(number), str(seconds)], env=environment) for number in range(3)
    ]
    chance, until = random.Random(kills), time.monotonic() + seconds
    killed = 0
    with ExitStack() as stack:
        stack.callback(lambda: [program.kill() for program in programs])
        while time.monotonic() < until:
            with start(deployment) as collector:
                time.sleep(0.2 + chance.random() * seconds / kills)
                kill(collector)
                killed += 1
        assert [program.wait(60) for program in programs] == [0, 0, 0]
    with start(deployment):
        scene.drain()
    assert not scene.journals()
    Loader(archive, str(target)).load()
    held = counted(target)
    table.add(f"real Collector killed under load, {seconds} s, Delta table", killed, made(scene.place), sum(held.values()))
    assert killed > 1


def kill(collector: Collector) -> None:
    collector.process.send_signal(signal.SIGKILL)
    collector.process.wait(10)


def test_a_collector_that_stops_at_night_gets_everything_in_the_morning(scene: Scene, table: Table) -> None:
    from mlflow_usage.warehouse.load import Loader

    archive, target = scene.place / "archive", scene.place / "table"
    deployment = Deployment(settings={"archive": archive}).resolved()
    scene.environ["MLFLOW_USAGE_ENDPOINT"] = f"http://{deployment.otlp}"
    code = "session = begin()\nfor number in range(400): session.hit(EVENTS[number % 5], 'FileStore')\n"
    for _ in range(3):
        assert scene.play(code).err == ""
    with start(deployment):
        scene.drain()
        assert scene.play(code).code == 0
        scene.drain()
    Loader(archive, str(target)).load()
    table.add("real Collector away, then back, Delta table", 4, 1600, sum(counted(target).values()))
