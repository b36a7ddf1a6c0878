"""However a process ends, its calls arrive once, and it ends as it would without the plugin."""

from __future__ import annotations

import random
import signal
import sys

import pytest

from promises.faults.fault_driver import made
from promises.faults.scene import DROPPED, Scene, Table, end, eventually

CALLS = """
session = begin()
for number in range(1000):
    session.hit(EVENTS[number % 5], "FileStore")
sys.stdout.write("a line")
"""
ENDINGS = {
    "normal": ("", 0),
    "sys.exit": ("sys.exit(3)", 3),
    "sys.exit with a text": ("sys.exit('the reason')", 1),
    "exception": ("raise ValueError('its own')", 1),
    "SystemExit in a thread": ("import threading; t = threading.Thread(target=sys.exit, args=(9,)); t.start(); t.join()", 0),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)", -15),
    "SIGTERM handled": ("signal.signal(signal.SIGTERM, lambda *_: sys.exit(5)); os.kill(os.getpid(), signal.SIGTERM)", 5),
    "SIGINT": ("os.kill(os.getpid(), signal.SIGINT); time.sleep(1)", -2),
    "SIGABRT": ("os.abort()", -6),
    "SIGKILL": ("os.kill(os.getpid(), signal.SIGKILL)", -9),
    "os._exit": ("os._exit(4)", 4),
    "exec": ("os.execv(sys.executable, [sys.executable, '-c', 'raise SystemExit(7)'])", 7),
}


IN_SHORT = {"normal", "sys.exit", "exception", "SIGTERM", "SIGINT", "SIGKILL", "os._exit"}


@pytest.mark.parametrize("ending", [each if each in IN_SHORT else pytest.param(each, marks=pytest.mark.slow) for each in ENDINGS])
def test_a_process_ends_as_without_the_plugin_and_its_calls_arrive(scene: Scene, table: Table, ending: str) -> None:
    code, expected = ENDINGS[ending]
    plain = scene.play(CALLS + code, FAULT_WITHOUT="1")
    ended = scene.play(CALLS + code)
    assert (ended.code, ended.out, ended.err) == (plain.code, plain.out, plain.err)
    assert ended.code == expected
    scene.drain()
    table.add(f"ending: {ending}", 1, 1000, scene.total())
    assert not scene.journals()


def test_ctrl_c_while_the_last_flush_waits_ends_it_and_says_nothing(scene: Scene) -> None:
    from support.receiver import silent

    scene.receiver.reply = silent
    process = scene.start(CALLS)
    assert eventually(lambda: bool(scene.receiver.requests))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "a line", "")


def test_a_handler_that_raises_while_the_last_flush_waits_says_nothing(scene: Scene) -> None:
    from support.receiver import silent

    scene.receiver.reply = silent
    process = scene.start("signal.signal(signal.SIGTERM, lambda *_: sys.exit(5))\n" + CALLS)
    assert eventually(lambda: bool(scene.receiver.requests))
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (0, "a line", "")


def test_calls_after_our_exit_handler_are_delivered_by_a_later_process(scene: Scene, table: Table) -> None:
    code = "import atexit\natexit.register(lambda: [session.hit(EVENTS[0], None) for _ in range(7)])\n" + CALLS
    assert scene.play(code).code == 0
    scene.drain()
    table.add("calls from exit handlers that run after ours", 1, 1007, scene.total())


KILLED = """
import random
prepare()
rounds, seed, place = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
chance = random.Random(seed)
for number in range(rounds):
    child = os.fork()
    if child == 0:
        made, chance = Made(f"{place}/{seed}-{number}.made"), random.Random(number)
        session = begin()
        while True:
            # Many kinds, so that journals fill up and are followed by larger ones, too.
            kind = chance.randrange(5 if chance.random() < 0.9 else 400)
            made.call(session, EVENTS[kind % 5], None if kind < 5 else f"store_{kind}")
    time.sleep(chance.choice((0.002, 0.01, 0.03, 0.08)) * chance.random() * 2)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
"""


def killed(scene: Scene, rounds: int, seed: int) -> None:
    """Kill one process after another at random moments while its sender works without a pause."""
    import subprocess

    script = scene.place / "killed.py"
    script.write_text("import os, sys, time, signal\nfrom fault_driver import EVENTS, Made, begin, prepare\n" + KILLED, encoding="utf-8")
    subprocess.run(
        [sys.executable, str(script), str(rounds), str(seed), str(scene.place)],
        env=scene.environment(FAULT_QUICK="1"),
        check=True,
        timeout=600,
    )


def test_a_kill_at_any_moment_loses_nothing_and_repeats_nothing(scene: Scene, table: Table) -> None:
    killed(scene, 12, 1)
    scene.drain()
    table.add("SIGKILL at a random moment", 12, made(scene.place), scene.total())


@pytest.mark.slow
@pytest.mark.parametrize("endpoint", ["up", "unreliable"])
def test_hundreds_of_kills_lose_nothing_and_repeat_nothing(scene: Scene, table: Table, endpoint: str) -> None:
    from support.receiver import OK, cut_off, reset

    if endpoint == "unreliable":
        chance = random.Random(7)
        answers = [OK, OK, cut_off, reset, (503, {"Retry-After": "0"}, b""), (302, {"Location": "http://127.0.0.1:1/"}, b"")]
        scene.receiver.reply = lambda _: chance.choice(answers)
    rounds = 400
    for seed in range(4):
        killed(scene, rounds // 4, seed)
        scene.receiver.reply, reply = OK, scene.receiver.reply
        scene.drain()
        scene.receiver.reply = reply
    note = f"{scene.arrived()[DROPPED]:,} of them as mlflow.usage.dropped"
    table.add(f"SIGKILL at a random moment, endpoint {endpoint}", rounds, made(scene.place), scene.total(), note)
    assert not scene.journals()


def test_a_process_killed_while_its_request_is_unanswered_counts_once(scene: Scene, table: Table) -> None:
    from support.receiver import OK, silent

    scene.receiver.reply = silent
    process = scene.start(CALLS + "time.sleep(60)", FAULT_QUICK="1")
    assert eventually(lambda: bool(scene.receiver.requests))
    assert end(process) == -9
    scene.receiver.reply = OK
    scene.drain()
    table.add("SIGKILL while a request is unanswered", 1, 1000, scene.total())
    uids = [{record["log.record.uid"] for _, record in scene.receiver.records(accepted=accepted)} for accepted in (False, True)]
    assert uids[0] == uids[1]  # the unanswered request and the later one carry the same
