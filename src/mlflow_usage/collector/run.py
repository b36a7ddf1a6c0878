"""The Collector as a process: started, waited for until it is healthy, stopped.

Decides when a start counts as failed, and which single line says why. It must never end a process that it did not start, or announce an
endpoint that does not answer yet.
"""

from __future__ import annotations

import http.client
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Final, TextIO

from mlflow_usage.collector import build
from mlflow_usage.collector.configuration import CollectorError
from mlflow_usage.collector.deployment import Deployment

STARTING: Final = 30.0  # seconds until it must be healthy
STOPPING: Final = 15.0  # seconds in which it may finish its work
NOISE: Final = " decoding failed due to the following error(s):"
IN_USE: Final = re.compile(r"listen tcp4? (\S+): bind: address already in use")


class Collector:
    """A running Collector."""

    def __init__(self, process: subprocess.Popen[str], deployment: Deployment, echo: TextIO | None) -> None:
        """Follow `process`, and repeat its output on `echo`."""
        self.process, self.deployment = process, deployment
        self.tail: deque[str] = deque(maxlen=200)
        self._reader = threading.Thread(target=self._follow, args=(echo,), daemon=True)
        self._reader.start()

    @property
    def endpoint(self) -> str:
        """Return the base URL for OTLP/HTTP clients."""
        return f"http://{self.deployment.otlp}"

    @property
    def metrics(self) -> str:
        """Return the URL of its own metrics, in Prometheus' format."""
        return f"http://{self.deployment.metrics}/metrics"

    def _follow(self, echo: TextIO | None) -> None:
        assert self.process.stdout is not None  # noqa: S101  it was started with a pipe
        with self.process.stdout as lines:
            for line in lines:
                self.tail.append(line.rstrip())
                if echo is not None:
                    echo.write(line)
                    echo.flush()

    def ended(self) -> CollectorError:
        """Wait until the process has ended, and return an error that says why in one line."""
        code = self.process.wait()
        self._reader.join(2)
        for line in self.tail:
            if match := IN_USE.search(line):
                return CollectorError(f"{match[1]} is in use: choose another port, or stop what listens there")
        reasons = [line.removeprefix("Error: ") for line in self.tail if line.startswith("Error: ")]
        last = reasons[-1] if reasons else (self.tail[-1] if self.tail else "it printed nothing")
        return CollectorError(f"the Collector ended with exit code {code}: {last}")

    def wait_healthy(self) -> None:
        """Wait until it accepts records.

        Raises:
            CollectorError: it ended, or is not healthy in time.
        """
        deadline = time.monotonic() + STARTING
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise self.ended()
            if _answers(self.deployment.health):
                return
            time.sleep(0.05)
        raise CollectorError(
            f"the Collector is not healthy after {STARTING:.0f} s; its last line: {self.tail[-1] if self.tail else 'none'}"
        )

    def stop(self) -> None:
        """Let it finish its work, then end it."""
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(STOPPING)
            except subprocess.TimeoutExpired:
                pass
            finally:  # a second signal cuts the wait short; the process ends all the same
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
def start(deployment: Deployment, *, echo: TextIO | None = None) -> Iterator[Collector]:
    """Run a Collector during the block: it is healthy when the block begins, and ended after it.

    Raises:
        CollectorError: it cannot be built or started; the message is one line.
    """
    deployment = deployment.resolved()
    collector = Collector(_spawn(deployment), deployment, echo)
    try:
        collector.wait_healthy()
        yield collector
    finally:
        collector.stop()


def serve(deployment: Deployment, ready: Callable[[Collector], None]) -> None:
    """Run a Collector until it ends, or until SIGTERM or SIGINT asks this process to end; its output goes to stderr.

    Raises:
        CollectorError: it cannot be started, or ended by itself.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        raise EndRequested

    previous = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        with start(deployment, echo=sys.stderr) as collector:
            ready(collector)
            raise collector.ended()
    except EndRequested:
        return
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


class EndRequested(BaseException):
    """SIGTERM or SIGINT asked this process to end."""


def validate(deployment: Deployment) -> list[Path]:
    """Let the Collector check a combination of files without starting, and return the files.

    Raises:
        CollectorError: it rejects them; the message is its own, on one line.
    """
    process = _spawn(deployment, "validate")
    output, _ = process.communicate()
    if process.returncode != 0:
        lines = [line.replace(NOISE, "").strip() for line in output.splitlines()]
        raise CollectorError("the configuration is invalid: " + " ".join(filter(None, lines)).removeprefix("Error: "))
    return deployment.files()


def _spawn(deployment: Deployment, *subcommand: str) -> subprocess.Popen[str]:
    """Start it in a session of its own: a terminal's Ctrl-C then reaches it once, through this process."""
    arguments = [*subcommand, *deployment.flags()]
    binary = deployment.binary or build.ensure(sys.stderr)
    try:
        return subprocess.Popen(  # noqa: S603  our build, or the one that the operator named
            [binary, *arguments],
            env={**os.environ, **deployment.variables()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise CollectorError(f"{binary} cannot be run: {error.strerror or error}") from error
