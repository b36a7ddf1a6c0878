"""Programs that use a session without MLflow, the places they fail in, and the table of what was found."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from support.process_stage import Stage

HERE = Path(__file__).parent
HEAD = "import os, sys, time, signal\nfrom fault_driver import EVENTS, Made, become, begin, policy_at, prepare\n"
DROPPED = "mlflow.usage.dropped"


@dataclass
class Ended:
    """The end of a program; `exit` is the time from its last line to its end."""

    code: int
    out: str
    err: str
    exit: float


@dataclass
class Scene(Stage):
    """A stage for programs that need no MLflow."""

    def environment(self, **extra: str) -> dict[str, str]:
        return super().environment(PYTHONPATH=str(HERE), **extra)

    def start(self, code: str, *options: str, name: str = "program", **extra: str) -> subprocess.Popen[str]:
        script = self.place / f"{name}.py"
        script.write_text(HEAD + code, encoding="utf-8")
        return subprocess.Popen(
            [sys.executable, *options, str(script)],
            env=self.environment(**extra),
            cwd=self.place,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def play(self, code: str, *options: str, timeout: float = 60, **extra: str) -> Ended:
        """Run a program to its end. Its last line should write the monotonic time to the file `last`."""
        process = self.start(code, *options, **extra)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise
        ended = time.monotonic()
        last = self.place / "last"
        took = ended - float(last.read_text()) if last.exists() else 0.0
        last.unlink(missing_ok=True)
        return Ended(process.returncode, out, err, took)

    def arrived(self) -> Counter[str]:
        """Return the accepted calls, each uid once."""
        return self.receiver.calls(accepted=True)

    def total(self) -> int:
        return sum(self.arrived().values())

    def journals(self) -> list[Path]:
        return sorted(self.state.glob("*.journal"))


LAST = "\nopen('last', 'w').write(str(time.monotonic()))\n"


@contextmanager
def closed_port() -> Iterator[str]:
    """Yield an endpoint where nobody listens; the port is held, so that nobody else can take it."""
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # a receiver may follow
        holder.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{holder.getsockname()[1]}"


@contextmanager
def unanswered() -> Iterator[str]:
    """Yield an endpoint whose SYNs are dropped: its listener accepts nothing and its queue is full."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = []
        for _ in range(4):
            client = socket.socket()
            client.setblocking(False)
            with suppress(BlockingIOError):
                client.connect(listener.getsockname())
            waiting.append(client)
        time.sleep(0.1)
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            for client in waiting:
                client.close()


@contextmanager
def tunnel() -> Iterator[str]:
    """Yield a proxy that opens tunnels (CONNECT) and does nothing else."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65_536):
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def serve(client: socket.socket) -> None:
        asked = b""
        while b"\r\n\r\n" not in asked:
            asked += client.recv(4096)
        host, _, port = asked.split(b" ")[1].decode().rpartition(":")
        with client, socket.create_connection((host, int(port))) as target:
            client.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(target, client), daemon=True)
            back.start()
            pump(client, target)
            back.join(10)

    def listen() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=listen, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    """Mount a small file system; raise PermissionError where this user may not."""
    place.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", str(place)], check=False).returncode != 0:
        raise PermissionError
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


@contextmanager
def file_system_of_another_process(place: Path) -> Iterator[Path]:
    """Mount a directory that another process serves, as over a network; raise PermissionError where this user may not."""
    place.mkdir()
    process = subprocess.Popen([sys.executable, str(HERE / "user_fs.py"), str(place)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert process.stdout is not None
    if process.stdout.readline() != b"mounted\n":
        process.communicate()
        raise PermissionError
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)
        process.kill()
        process.communicate()


def eventually(condition: Callable[[], bool], seconds: float = 10) -> bool:
    """Return whether a condition becomes true in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def end(process: subprocess.Popen[str], number: int = signal.SIGKILL) -> int:
    os.kill(process.pid, number)
    process.communicate(timeout=20)
    return process.returncode


@dataclass
class Table:
    """The fault table: one row for each case."""

    rows: dict[str, tuple[int, str, str, str, str]] = field(default_factory=dict)
    exits: dict[str, tuple[float, float]] = field(default_factory=dict)

    def add(  # noqa: PLR0913  a row of six columns
        self, case: str, rounds: int, made: int | tuple[int, int], held: int, note: str = "", *, lost: int = 0
    ) -> None:
        """`made` is a number, or how many calls had ended and had begun when the processes were killed.

        `lost` is only for cases in which the design promises nothing; the table shows it.
        """
        low, high = made if isinstance(made, tuple) else (made, made)
        assert low <= held + lost <= high, f"{case}: made {low:,} to {high:,}, arrived {held:,}, lost {lost:,}"
        text = f"{low:,}" if low == high else f"{low:,} (+{high - low:,} cut short)"
        self.rows[case] = (rounds, text, f"{held:,}", f"{lost:,}", note)

    def text(self) -> str:
        """Return the document."""
        lines = [
            f"| {case} | {rounds:,} | {made} | {held} | {lost} | {note} |" for case, (rounds, made, held, lost, note) in self.rows.items()
        ]
        exits = [f"| {case} | {max(0.0, added) * 1000:.0f} | {limit * 1000:.0f} |" for case, (added, limit) in self.exits.items()]
        return "\n".join([TITLE, *lines, "", EXITS, *exits, ""])


TITLE = """# Faults, and what arrived

Written by the slow test run (`make test-all`, tests/promises/faults); do not edit. Each round is real processes, ended as the case says,
against a receiver, or the Collector and the Delta table, that behave as it says; then a later process drains, and the calls that arrived
are summed, each `log.record.uid` once. A call that a SIGKILL cut short may or may not have been counted: its process cannot know, and the
number of those is given in brackets; every call that had returned to its caller must be there. "Lost" is what the design promises
nothing for: a kill where there is no disk to count on. Most programs use the plugin's journal and sender without MLflow, "MLflow: …" ones
use MLflow; in "SIGKILL at a random moment", under fork and beside the Collector the sender works without its usual pauses.

| Case | Rounds | Calls made | Calls arrived | Lost | Note |
|---|---:|---:|---:|---:|---|"""

EXITS = """## What the end of a process costs

From the program's last line to the end of its process, against the same program without the plugin; the shortest of four runs each
(the best case, not the usual one: what a busy machine adds is left out). The test fails at 1.5 times the promise and 10 ms.

| Endpoint | Added, ms | Promised, ms |
|---|---:|---:|"""
