"""Forks, pools, threads and crowds: calls of every process and thread are counted, and none waits for another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from promises.faults.fault_driver import made
from promises.faults.scene import Scene, Table, eventually
from support.receiver import OK, silent

HERE_FORK = """
session = begin()
def calls(number):
    for _ in range(number):
        session.hit(EVENTS[0], None)
calls(10)
"""


def played(scene: Scene, code: str, *options: str, **extra: str) -> None:
    ended = scene.play(code, *options, timeout=120, **extra)
    assert (ended.code, ended.err) == (0, ""), ended.err[-2000:]
    scene.drain()


def test_forked_children_count_for_themselves(scene: Scene, table: Table) -> None:
    code = """
children = []
for number in range(8):
    child = os.fork()
    if child == 0:
        calls(5)
        if number % 2:
            os._exit(0)
        break
    children.append(child)
else:
    for child in children:
        assert os.waitpid(child, 0)[1] == 0
    calls(3)
"""
    played(scene, HERE_FORK + code)
    table.add("os.fork, children ending both ways", 8, 10 + 8 * 5 + 3, scene.total())
    assert len({resource["session.id"] for resource, _ in scene.receiver.records()}) == 1
    assert not scene.journals()


def test_what_a_killed_parent_left_is_delivered_while_its_child_lives(scene: Scene, table: Table) -> None:
    code = """
if os.fork():
    os.kill(os.getpid(), signal.SIGKILL)
calls(5)
open("child", "w").write(str(os.getpid()))
time.sleep(30)
"""
    process = scene.start(HERE_FORK + code)
    process.wait(20)
    assert eventually((scene.place / "child").exists)
    scene.drain()
    assert scene.total() == 10  # the child's own are the living child's
    (alive,) = scene.journals()
    assert alive.exists()
    os.kill(int((scene.place / "child").read_text()), signal.SIGKILL)
    process.communicate(timeout=20)  # its end of the pipes is closed: it has ended
    scene.drain()
    table.add("parent killed while its child lives, then the child", 1, 15, scene.total())


@pytest.mark.parametrize("reply", ["OK", "silent"])
def test_a_fork_while_the_sender_is_at_work_never_hangs_and_shares_no_connection(scene: Scene, table: Table, reply: str) -> None:
    """Threads call and the sender sends without a pause while the process forks; every child sends too."""
    scene.receiver.reply = OK if reply == "OK" else silent
    code = """
import threading
over = threading.Event()
def work():
    while not over.is_set():
        calls(1)
        tally[0] += 1
        time.sleep(0)
tally = [0]
worker = threading.Thread(target=work, daemon=True)
worker.start()
while not session.sender._thread:
    pass
time.sleep(0.2)
for number in range(10):
    child = os.fork()
    if child == 0:
        inherited = [name for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")]
        inherited = [os.readlink(f"/proc/self/fd/{name}") for name in inherited]
        # Where the endpoint is silent, the sender holds a connection; where it answers, one may be just being made.
        if "FAULT_SILENT" in os.environ and any(name.startswith("socket:") for name in inherited):
            os._exit(1)
        calls(5)
        session.sender.flush(0.3)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
over.set()
worker.join()
open("tally", "w").write(str(tally[0]))
os._exit(0)
"""
    ended = scene.play(HERE_FORK + code, timeout=120, FAULT_QUICK="1", **({"FAULT_SILENT": "1"} if reply == "silent" else {}))
    assert (ended.code, ended.err) == (0, "")
    scene.receiver.reply = OK
    scene.drain()
    calls = 10 + int((scene.place / "tally").read_text()) + 10 * 5
    table.add(f"os.fork under load, endpoint {reply}", 10, calls, scene.total())


POOLS = {
    "multiprocessing fork": "multiprocessing.get_context('fork').Pool(3)",
    "multiprocessing spawn": "multiprocessing.get_context('spawn').Pool(3)",
    "multiprocessing forkserver": "multiprocessing.get_context('forkserver').Pool(3)",
    "ProcessPoolExecutor": "ProcessPoolExecutor(3, multiprocessing.get_context('fork'))",
}


@pytest.mark.parametrize("pool", [p if "fork'" in c else pytest.param(p, marks=pytest.mark.slow) for p, c in POOLS.items()])
def test_pools_of_processes_are_counted(scene: Scene, table: Table, pool: str) -> None:
    code = f"""
import multiprocessing
from concurrent.futures import ProcessPoolExecutor

session = begin()

def work(number):
    for _ in range(10):
        session.hit(EVENTS[number % 5], None)

if __name__ == "__main__":
    with {POOLS[pool]} as pool:
        list(pool.map(work, range(12)))
    work(0)
"""
    played(scene, code)
    table.add(pool, 12, 130, scene.total())


def test_a_server_that_loads_before_it_forks_counts_each_worker(scene: Scene, table: Table) -> None:
    code = """
from gunicorn.app.base import BaseApplication

session = begin()
session.hit(EVENTS[1], None)  # at load, in the master

class Server(BaseApplication):
    def load_config(self):
        for key, value in {"bind": "127.0.0.1:0", "workers": 2, "preload_app": True, "graceful_timeout": 5, "loglevel": "critical",
                           "control_socket_disable": True}.items():
            if key in self.cfg.settings:
                self.cfg.set(key, value)
        self.cfg.set("post_worker_init", lambda worker: calls())
    def load(self):
        return lambda environ, start: start("200 OK", []) and [b""]

def calls():
    for _ in range(20):
        session.hit(EVENTS[0], None)
    open(f"worker-{os.getpid()}", "w").close()

Server().run()
"""
    process = scene.start(code)
    assert eventually(lambda: len(list(scene.place.glob("worker-*"))) == 2, 20), process.communicate()
    process.terminate()
    _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    scene.drain()
    table.add("gunicorn, application preloaded, two workers", 2, 41, scene.total())


# In each round sixteen threads call while a flush seals, sends and acknowledges what they counted.
THREADS = """
import threading
sys.setswitchinterval(1e-5)
session = begin()
session.hit(EVENTS[0], None)
together = threading.Barrier(17)
def work(number):
    for turn in range({rounds}):
        together.wait()
        for step in range({calls} // {rounds}):
            session.hit(EVENTS[(number + step) % 5], None)
threads = [threading.Thread(target=work, args=(number,)) for number in range(16)]
for thread in threads:
    thread.start()
for turn in range({rounds}):
    together.wait()
    assert session.sender.flush(30)
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("calls", [2_000, pytest.param(50_000, marks=pytest.mark.slow)])
def test_sixteen_threads_are_counted_exactly_across_many_batches(scene: Scene, table: Table, calls: int) -> None:
    rounds = calls // 500
    played(scene, THREADS.format(calls=calls, rounds=rounds), FAULT_QUICK="1")
    batches = {record["log.record.uid"].rpartition("-")[0] for _, record in scene.receiver.records()}
    table.add(f"threads, 16 x {calls:,}", 1, 16 * calls + 1, scene.total(), f"{len(batches)} batches")
    assert len(batches) >= rounds // 2
    assert set(scene.arrived().values()) == {16 * calls // 5, 16 * calls // 5 + 1}  # of each event as many, and the first call


def test_asyncio_and_generators_are_counted(scene: Scene, table: Table) -> None:
    code = """
import asyncio
session = begin()

def generate():
    for _ in range(100):
        session.hit(EVENTS[0], None)
        yield

async def work():
    for _ in range(100):
        session.hit(EVENTS[1], None)
        await asyncio.sleep(0)

async def main():
    await asyncio.gather(*(work() for _ in range(10)))
    await asyncio.to_thread(lambda: list(generate()))
    list(generate())

asyncio.run(main())
"""
    played(scene, code)
    table.add("asyncio and generators", 1, 1200, scene.total())


@pytest.mark.parametrize("when", ["first", pytest.param("after the sender has begun", marks=pytest.mark.slow)])
def test_gevent_patched_late_neither_hangs_nor_loses(scene: Scene, table: Table, when: str) -> None:
    code = f"""
prepare()
session = begin()
session.hit(EVENTS[0], None)
if {when != "first"}:
    time.sleep(1.5)
import warnings
warnings.simplefilter("ignore")  # gevent's own, on being late
from gevent import monkey
monkey.patch_all()
import gevent
def work():
    for _ in range(100):
        session.hit(EVENTS[1], None)
        gevent.sleep(0)
gevent.joinall([gevent.spawn(work) for _ in range(10)])
began = time.monotonic()
import atexit
atexit._run_exitfuncs()
assert time.monotonic() - began < 2
"""
    played(scene, code)
    table.add(f"gevent patched {when}", 1, 1001, scene.total())


CROWD = """
prepare()
place, size = sys.argv[1], int(sys.argv[2])
children = []
for number in range(size):
    child = os.fork()
    if child == 0:
        made = Made(f"{place}/{number}.made")
        session = begin()
        for step in range(200):
            made.call(session, EVENTS[step % 5])
        if number % 3 == 0:
            os._exit(0)
        sys.exit()
    children.append(child)
for child in children:
    assert os.waitpid(child, 0)[1] == 0
"""


@pytest.mark.parametrize("size", [30, pytest.param(200, marks=pytest.mark.slow)])
def test_a_crowd_on_one_state_directory(scene: Scene, table: Table, size: int) -> None:
    script = scene.place / "crowd.py"
    script.write_text("import os, sys\nfrom fault_driver import EVENTS, Made, begin, prepare\n" + CROWD, encoding="utf-8")
    arguments = [sys.executable, str(script), str(scene.place), str(size)]
    ended = subprocess.run(arguments, env=scene.environment(), capture_output=True, text=True, timeout=300, check=False)
    assert (ended.returncode, ended.stderr) == (0, "")
    scene.drain()
    assert made(scene.place) == (size * 200, size * 200)
    table.add(f"{size} processes at once on one state directory", size, size * 200, scene.total())
    assert len({resource["app.installation.id"] for resource, _ in scene.receiver.records()}) == 1
    assert not scene.journals()
