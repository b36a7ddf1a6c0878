"""Runs the Collector: start, wait until it is healthy, stop.

Decides when a start counts as failed and which single line says why. Must never end a process that it did not start, and never
report an endpoint that does not answer yet.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Final, TextIO

from mlflow_usage.collector import build
from mlflow_usage.collector.configuration import PREFIX, CollectorError, files, flags

STARTING: Final = 30.0  # seconds until it must be healthy
STOPPING: Final = 15.0  # seconds that it has to finish what it is doing
IN_USE: Final = re.compile(r"listen tcp4? (\S+): bind: address already in use")
FREE: Final = "127.0.0.1:0"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one Collector listens and where it writes. A port of 0 is replaced by a free one."""

    otlp: str = FREE
    health: str = FREE
    metrics: str = FREE
    archive: Path | None = None
    gateway: str | None = None
    queue: Path | None = None

    def resolved(self) -> Place:
        """The same, with a free port for each 0; all are held at once, so that they differ."""
        holders: list[socket.socket] = []
        try:
            addresses = [_resolve(address, holders) for address in (self.otlp, self.health, self.metrics)]
        finally:
            for holder in holders:
                holder.close()
        return Place(*addresses, archive=self.archive, gateway=self.gateway, queue=self.queue)

    def variables(self) -> dict[str, str]:
        """The variables that the configuration's files read."""
        host, _, port = self.metrics.rpartition(":")
        values = {
            "OTLP_HTTP_ENDPOINT": self.otlp,
            "HEALTH_ENDPOINT": self.health,
            "METRICS_HOST": host,
            "METRICS_PORT": port,
            "ARCHIVE_DIR": self.archive,
            "GATEWAY_ENDPOINT": self.gateway,
            "QUEUE_DIR": self.queue,
        }
        return {PREFIX + name: str(value) for name, value in values.items() if value is not None}


def _resolve(address: str, holders: list[socket.socket]) -> str:
    host, _, port = address.rpartition(":")
    if port != "0":
        return address
    holder = socket.create_server((host, 0))
    holders.append(holder)
    return f"{host}:{holder.getsockname()[1]}"


class Collector:
    """A running Collector."""

    def __init__(self, process: subprocess.Popen[str], place: Place, echo: TextIO | None) -> None:
        """Follow `process`, whose output is repeated on `echo`."""
        self.process, self.place = process, place
        self.tail: deque[str] = deque(maxlen=200)
        self._reader = threading.Thread(target=self._follow, args=(echo,), daemon=True)
        self._reader.start()

    @property
    def endpoint(self) -> str:
        """The base URL for OTLP/HTTP clients."""
        return f"http://{self.place.otlp}"

    @property
    def metrics(self) -> str:
        """The URL of its own metrics, in Prometheus' format."""
        return f"http://{self.place.metrics}/metrics"

    def _follow(self, echo: TextIO | None) -> None:
        for line in self.process.stdout or ():
            self.tail.append(line.rstrip())
            if echo is not None:
                echo.write(line)
                echo.flush()

    def ended(self) -> CollectorError:
        """Why the process is gone, in one line."""
        code = self.process.wait()
        self._reader.join(2)
        for line in self.tail:
            if match := IN_USE.search(line):
                return CollectorError(f"{match[1]} is in use: choose another port, or stop what listens there")
        reasons = [line.removeprefix("Error: ") for line in self.tail if line.startswith("Error: ")]
        last = reasons[-1] if reasons else (self.tail[-1] if self.tail else "it said nothing")
        return CollectorError(f"the Collector ended with exit code {code}: {last}")

    def wait_healthy(self) -> None:
        """Return when it accepts records.

        Raises:
            CollectorError: it ended, or is not healthy in time.
        """
        deadline = time.monotonic() + STARTING
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise self.ended()
            if _answers(self.place.health):
                return
            time.sleep(0.05)
        msg = f"the Collector is not healthy after {STARTING:.0f} s; its last line: {self.tail[-1] if self.tail else 'none'}"
        raise CollectorError(msg)

    def stop(self) -> None:
        """Let it finish what it is doing, then end it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOPPING)
            except subprocess.TimeoutExpired:
                self.process.kill()
        self.process.wait()
        self._reader.join(2)


def _answers(address: str) -> bool:
    host, _, port = address.rpartition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=1)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


@contextmanager
def start(
    sinks: Iterable[str] = ("archive",),
    *,
    place: Place | None = None,
    overlays: Iterable[Path] = (),
    binary: Path | None = None,
    environ: Mapping[str, str] | None = None,
    echo: TextIO | None = None,
) -> Iterator[Collector]:
    """Run a Collector for the duration of the block: healthy when it begins, ended when it is left.

    Without a `place` it listens on free loopback ports. `binary` is another build of the Collector than ours.

    Raises:
        CollectorError: it cannot be built or started; the message is one line.
    """
    place = (place or Place()).resolved()
    command = [str(binary or build.ensure(sys.stderr)), *flags(files(sinks, overlays))]
    collector = Collector(_spawn(command, {**(environ or os.environ), **place.variables()}), place, echo)
    try:
        collector.wait_healthy()
        yield collector
    finally:
        collector.stop()


def _spawn(command: list[str], environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """In a session of its own: a terminal's Ctrl-C reaches it once, through us."""
    try:
        return subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        msg = f"{command[0]} cannot be run: {error.strerror or error}"
        raise CollectorError(msg) from error


def serve(collector: Collector) -> None:
    """Wait until the Collector ends; SIGTERM and SIGINT are passed on to it.

    Raises:
        CollectorError: it ended by itself.
    """
    asked = threading.Event()

    def forward(_number: int, _frame: FrameType | None) -> None:
        asked.set()
        collector.process.terminate()

    previous = {number: signal.signal(number, forward) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        collector.process.wait()
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
    if not asked.is_set():
        raise collector.ended()


def validate(
    sinks: Iterable[str], *, place: Place | None = None, overlays: Iterable[Path] = (), binary: Path | None = None
) -> list[Path]:
    """Let the Collector check a combination without starting it; returns the files.

    Raises:
        CollectorError: it refuses them; the message is its own, on one line.
    """
    paths = files(sinks, overlays)
    command = [str(binary or build.ensure(sys.stderr)), "validate", *flags(paths)]
    process = _spawn(command, {**os.environ, **(place or Place()).variables()})
    output, _ = process.communicate()
    if process.returncode != 0:
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        raise CollectorError("the configuration is refused: " + "; ".join(lines).removeprefix("Error: "))
    return paths
