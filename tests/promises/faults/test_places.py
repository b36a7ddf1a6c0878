"""Full, read-only, foreign and missing disks, garbage in every file, jumping clocks: the program never notices any of them."""

from __future__ import annotations

import contextlib
import os
import random
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow_usage.catalogue.tables import REVISION
from mlflow_usage.consent.endpoint import Endpoint, stamp
from mlflow_usage.version import VERSION
from promises.faults.scene import DROPPED, Ended, Scene, Table, closed_port, file_system_of_another_process, small_disk
from support.other_user import needs_root
from support.receiver import OK, Receiver

CALLS = """
session = begin()
for number in range(500):
    session.hit(EVENTS[number % 5], "FileStore")
"""


def quiet(ended: Ended, code: int = 0) -> None:
    assert (ended.code, ended.err) == (code, "")


@pytest.fixture
def disk(scene: Scene) -> Iterator[Path]:
    try:
        with small_disk(scene.place / "disk", "256k") as place:
            scene.environ["MLFLOW_USAGE_DIR"] = str(place / "state")
            yield place
    except PermissionError:
        pytest.skip("this user may not mount a small file system")


def fill(place: Path) -> None:
    with (place / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(bytes(4096))


def test_a_full_disk_costs_nothing_but_what_a_kill_takes(scene: Scene, table: Table, disk: Path) -> None:
    (disk / "state").mkdir(mode=0o700)
    fill(disk)
    quiet(scene.play(CALLS))
    table.add("full disk from the start, normal end", 1, 500, scene.total(), "counted in memory")
    quiet(scene.play(CALLS + "os.kill(os.getpid(), signal.SIGKILL)"), -9)
    arrived = scene.total() - 500
    table.add("full disk from the start, SIGKILL", 1, 500, arrived, "nothing is promised: counted in memory", lost=500)


FILL = """try:
    with open(os.environ["MLFLOW_USAGE_DIR"] + "/../filler", "wb", buffering=0) as file:
        while True:
            file.write(bytes(512))
except OSError:
    pass
"""


def test_a_disk_that_fills_up_while_calls_are_counted_never_kills(scene: Scene, table: Table, disk: Path) -> None:
    code = f"""
session = begin()
session.hit(EVENTS[0], None)
{FILL}for number in range(3000):
    session.hit(EVENTS[number % 5], f"store_{{number % 200}}")  # new kinds: the journal is full, and no larger one can be made
os.kill(os.getpid(), signal.SIGKILL)
"""
    quiet(scene.play(code), -9)
    (disk / "filler").unlink()
    scene.drain()
    arrived = scene.total()
    note = "no SIGBUS; 200 kinds do not fit the one journal there was room for, the others were counted in memory"
    table.add("disk fills up, then SIGKILL", 1, 3001, arrived, note, lost=3001 - arrived)
    assert arrived >= 30


@pytest.mark.parametrize("end", ["SIGKILL", "normal end"])
def test_a_disk_that_fills_up_takes_nothing_from_a_journal_that_is_there(scene: Scene, table: Table, disk: Path, end: str) -> None:
    """The journal's blocks were written before it was mapped: its kinds are counted through a full disk and a kill."""
    code = f"""
session = begin()
for event in EVENTS:
    session.hit(event, None)
time.sleep(0.1)
{FILL}for number in range(3000):
    session.hit(EVENTS[number % 5], None)
"""
    with closed_port() as endpoint:
        scene.environ["MLFLOW_USAGE_ENDPOINT"] = endpoint
        quiet(scene.play(code + ("os.kill(os.getpid(), signal.SIGKILL)" if end == "SIGKILL" else "")), -9 if end == "SIGKILL" else 0)
    assert (disk / "filler").stat().st_size > 100_000
    with Receiver(port=int(endpoint.rpartition(":")[2])) as receiver:
        scene.drain()  # with no room for another byte
        table.add(f"disk fills up under a journal, {end}", 1, 3005, receiver.calls(accepted=True).total())
    assert not scene.journals()


def test_a_read_only_disk_is_as_good_as_none(scene: Scene, table: Table, disk: Path) -> None:
    quiet(scene.play(CALLS + "os._exit(0)"))
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    quiet(scene.play(CALLS))
    assert scene.total() == 500  # its own, from memory; the other's journal cannot be adopted
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    scene.drain()
    table.add("read-only disk, then writable again", 2, 1000, scene.total())


def test_a_network_file_system_is_not_mapped(scene: Scene, table: Table) -> None:
    try:
        with file_system_of_another_process(scene.place / "far") as place:
            scene.environ["MLFLOW_USAGE_DIR"] = str(place / "state")
            quiet(scene.play(CALLS))
            assert sorted(path.name for path in (place / "state").iterdir()) == ["installation", f"notice-{REVISION}", "sent.jsonl"]
            quiet(scene.play(CALLS + "assert '/far/' not in open('/proc/self/maps').read()"))
    except PermissionError:
        pytest.skip("this user may not mount a file system")
    table.add("network file system (FUSE)", 2, 1000, scene.total(), "counted in memory")
    assert len({resource["app.installation.id"] for resource, _ in scene.receiver.records()}) == 1


@needs_root
def test_without_a_home_calls_are_counted_in_memory(scene: Scene, table: Table) -> None:
    environment = {"HOME": "", "MLFLOW_USAGE_DIR": "", "XDG_STATE_HOME": ""}
    ended = scene.play("become(54321)\n" + CALLS, **environment)
    quiet(ended)
    table.add("no home directory", 1, 500, scene.total(), "counted in memory")


@pytest.mark.parametrize("kind", ["file", "link", "writable by others", "unreadable parent"])
def test_an_odd_state_directory_is_not_used(scene: Scene, table: Table, kind: str) -> None:
    if kind == "file":
        scene.state.write_text("mine")
    elif kind == "link":
        (scene.place / "elsewhere").mkdir()
        scene.state.symlink_to(scene.place / "elsewhere")
    elif kind == "writable by others":
        scene.state.mkdir()
        scene.state.chmod(0o777)
    else:
        scene.environ["MLFLOW_USAGE_DIR"] = "/proc/1/nothing/state"
    quiet(scene.play(CALLS))
    table.add(f"state directory: {kind}", 1, 500, scene.total(), "counted in memory")


# Every file that an installation can have besides its settings, by the name under which it is looked for.
NAMES = ("installation", "notice-{revision}", "sent.jsonl", "sent.1.jsonl", "0.journal", "1.lock", "stopped-{stamp}-{version}")


def names(scene: Scene) -> list[str]:
    """Return the names, with one journal that has its lock."""
    given = stamp(Endpoint(f"{scene.receiver.endpoint}/v1/logs"))
    found = [name.format(revision=REVISION, stamp=given, version=VERSION) for name in NAMES]
    return [*found, "2.journal", "2.lock"]


def rubbish(chance: random.Random) -> bytes:
    return chance.choice([b"", b"\0" * 4096, chance.randbytes(100), chance.randbytes(4096), chance.randbytes(40_000), b"{" * 5000])


@pytest.mark.parametrize("rounds", [4, pytest.param(60, marks=pytest.mark.slow)])
def test_garbage_in_every_state_file_stops_nothing(scene: Scene, table: Table, rounds: int) -> None:
    chance = random.Random(3)
    scene.state.mkdir(mode=0o700)
    for _ in range(rounds):
        for name in names(scene):
            path = scene.state / name
            if path.is_dir():
                path.rmdir()
            path.unlink(missing_ok=True)
            if chance.random() < 0.15:
                path.mkdir()
            elif chance.random() < 0.1:
                os.mkfifo(path)
            else:
                path.write_bytes(rubbish(chance))
            if name.startswith("stopped-") and path.exists():
                os.utime(path, (0, chance.choice((0, 2**33))))  # long ago, or in the future: one of today is a 410, whatever its file holds
        quiet(scene.play(CALLS, timeout=20))
    table.add("garbage in every state file", rounds, rounds * 500, scene.total())


def test_the_names_are_those_of_the_files_that_are_made(scene: Scene) -> None:
    """Every one of them: the test above tries only the files that it knows."""
    made: set[str] = set()
    for reply in ((410, {}, b""), OK):
        scene.receiver.reply = reply
        quiet(scene.play(CALLS + "session.sender.flush(5)\nos._exit(0)"))
        made |= {path.name for path in scene.state.iterdir() if path.suffix not in {".journal", ".lock"}}
        for stopped in scene.state.glob("stopped-*"):
            stopped.unlink()
        (scene.state / "sent.jsonl").write_bytes(b"{}\n" * 200_000)  # the next line rotates it
    assert made == {name for name in names(scene) if not name.endswith((".journal", ".lock"))}


@pytest.mark.parametrize("rounds", [4, pytest.param(30, marks=pytest.mark.slow)])
def test_garbage_in_the_settings_or_a_policy_is_off_and_says_nothing(scene: Scene, rounds: int) -> None:
    """A file that cannot be understood: nothing is recorded, nothing that waits is sent, and the program never notices."""
    chance = random.Random(4)
    policy = "policy_at('{}', os.environ['MLFLOW_USAGE_DIR'] + '/policy.toml')\n"
    quiet(scene.play(CALLS + "os._exit(0)"))
    for number in range(rounds):
        kind = ("settings", "machine", "environment")[number % 3]
        path = scene.state / ("settings.toml" if kind == "settings" else "policy.toml")
        path.write_bytes(
            chance.choice([chance.randbytes(100), chance.randbytes(40_000), b"{" * 5000, b"[" * 50_000, b"mode = ", b"\0" * 4096])
        )
        path.chmod(0o600)
        code = "prepare()\n" + (policy.format(kind) if kind != "settings" else "")
        ended = scene.play(code + "from mlflow_usage.consent.decision import current\nprint(current().mode.value, current().source)")
        quiet(ended)
        assert ended.out.startswith(f"off {kind}"), ended.out
        # A program that runs while the file appears.
        path.rename(scene.place / "later")
        code += CALLS + f"os.rename({str(scene.place / 'later')!r}, {str(path)!r})\nsession.sender.flush(5)\n"
        quiet(scene.play(code + "session.hit(EVENTS[0], None)\ntime.sleep(0.1)"))
        assert not scene.journals()
        path.unlink()
    assert not scene.receiver.requests


@pytest.mark.parametrize("rounds", [300, pytest.param(5000, marks=pytest.mark.slow)])
def test_a_damaged_journal_neither_stops_delivery_nor_sends_what_it_should_not(scene: Scene, table: Table, rounds: int) -> None:
    """Sound journals among damaged ones: one process settles all of them, and the sound ones arrive."""
    quiet(scene.play(CALLS + "os._exit(0)"))
    (pattern,) = scene.journals()
    content, chance = pattern.read_bytes(), random.Random(rounds)
    pattern.unlink()
    sound = 0
    for number in range(rounds):
        damaged = bytearray(content)
        for _ in range(chance.choice((1, 1, 2, 8, 64))):
            start = chance.choice((0, 0, 80, 192, 1000)) + chance.randrange(200)
            piece = chance.choice([b"\xff" * 8, b"\0" * 8, chance.randbytes(8), chance.randbytes(1)])
            damaged[start : start + len(piece)] = piece
        (scene.state / f"d{number}.journal").write_bytes(damaged[:4096])
        (scene.state / f"d{number}.journal").chmod(0o600)
        if number % 100 == 50:
            quiet(scene.play(CALLS.replace("FileStore", "RestStore") + "os._exit(0)"))
            sound += 1
        if number % 200 == 199:
            scene.drain()
    scene.drain()
    assert not scene.journals()
    records = [record for _, record in scene.receiver.records(accepted=True)]
    assert all(1 <= record["mlflow.usage.count"] <= 10_000_000 for record in records)
    arrived = sum(record["mlflow.usage.count"] for record in records if record.get("mlflow.usage.store") == "RestStore")
    table.add(f"sound journals among {rounds:,} with overwritten bytes", sound, sound * 500, arrived, "calls of the sound ones only")


def test_what_waits_longer_than_a_week_is_told_as_dropped(scene: Scene, table: Table) -> None:
    days = (0, 1, 6.8, 7.2)
    for back in days:
        aged = CALLS.replace("begin()", f"begin(); session.recorder._clock = lambda: time.time() - {back} * 86_400")
        quiet(scene.play(aged + "os._exit(0)"))
    for back, path in zip(days, sorted(scene.journals(), key=lambda path: path.stat().st_mtime), strict=True):
        then = time.time() - back * 86_400
        os.utime(path, (then, then))
    scene.drain()
    assert scene.arrived()[DROPPED] == 500
    table.add("endpoint away for a week, processes dead", 4, 2000, scene.total(), "500 of them as mlflow.usage.dropped, age")


@pytest.mark.parametrize("end", ["killed then", "alive when it is back"])
def test_a_process_that_runs_through_a_week_s_outage_loses_nothing(scene: Scene, table: Table, end: str) -> None:
    """The clock of the journal and the sender jumps an hour at each attempt, and is right at the end."""
    code = """
prepare()
now = [time.time() - 173 * 3600]
session = begin()
session.recorder._clock = lambda: now[0]
courier = session._courier()
courier._clock = lambda: now[0]
with courier.silenced():
    for hour in range(24 * 7 + 5):
        for number in range(100):
            session.hit(EVENTS[number % 5], None)
        now[0] += 3600
        assert courier.flush() >= 10
    print("a week", flush=True)
    if "FAULT_KILLED" not in os.environ:
        sys.stdin.readline()
        assert courier.flush() is None
os.kill(os.getpid(), signal.SIGKILL)
"""
    with closed_port() as endpoint:
        scene.environ["MLFLOW_USAGE_ENDPOINT"] = endpoint
        process = scene.start(code, **({"FAULT_KILLED": "1"} if end == "killed then" else {}))
        assert process.stdout is not None
        assert process.stdout.readline() == "a week\n"
        assert sum(path.stat().st_size for path in scene.journals()) == 4096
    with Receiver(port=int(endpoint.rpartition(":")[2])) as receiver:
        _, err = process.communicate("it is back\n", timeout=30)
        assert (process.returncode, err) == (-9, "")
        scene.drain()
        arrived, told = receiver.calls(accepted=True).total(), receiver.calls(accepted=True)[DROPPED]
    table.add(f"endpoint away for a week (clock faked), process {end}", 1, 173 * 100, arrived, "in one journal of 4 KiB")
    assert (told, scene.journals()) == (0, [])


@pytest.mark.parametrize("jump", [-3 * 86_400, -40 * 365 * 86_400, 40 * 365 * 86_400])
def test_a_clock_that_jumps_loses_nothing(scene: Scene, table: Table, jump: int) -> None:
    quiet(scene.play(CALLS + "os._exit(0)"))
    code = f"""
prepare()
real = time.time
jump = 0
time.time = lambda: max(0.0, real() + jump)
session = begin()
session.recorder._clock = time.time
session.hit(EVENTS[0], None)
courier = session._courier()
courier._clock = time.time
jump = {jump}
session.hit(EVENTS[1], None)
assert courier.flush() is None
session.hit(EVENTS[1], None)
assert courier.flush() is None
os._exit(0)
"""
    quiet(scene.play(code))
    scene.drain()
    told = scene.arrived()[DROPPED]
    table.add(f"clock jumps by {jump // 86_400:+,} days", 2, 503, scene.total(), f"{told} of them as mlflow.usage.dropped" if told else "")


def test_off_set_after_the_import_deletes_what_waits_and_nothing_leaves(scene: Scene) -> None:
    code = """
session = begin()
for number in range(500):
    session.hit(EVENTS[number % 5], None)
{before}
os.environ["DO_NOT_TRACK"] = "1"
{after}
"""
    cases = [("", ""), ("", "session.sender.flush(5)"), ("session.sender.flush(5)", "")]
    for number, (before, after) in enumerate(cases):
        with closed_port() as endpoint:
            extra = {"MLFLOW_USAGE_ENDPOINT": endpoint} if number == 2 else {}
            quiet(scene.play(code.format(before=before, after=after), **extra))
        assert not scene.journals(), number
    scene.drain()
    assert not scene.receiver.requests


def test_off_in_the_middle_of_a_long_delivery_stops_it(scene: Scene) -> None:
    for _ in range(5):
        quiet(scene.play(CALLS + "os._exit(0)"))

    def slow(_: object) -> object:
        time.sleep(0.3)
        return (200, {"Content-Type": "application/x-protobuf"}, b"")

    scene.receiver.reply = slow  # type: ignore[assignment]
    code = """
session = begin()
session.hit(EVENTS[0], None)
import threading
threading.Thread(target=session.sender.flush, args=(10,)).start()
time.sleep(0.5)
os.environ["DO_NOT_TRACK"] = "1"
assert not session.recheck()
time.sleep(1.5)
"""
    quiet(scene.play(code))
    assert len(scene.receiver.requests) <= 3  # those that had left
    assert len(scene.journals()) >= 3
