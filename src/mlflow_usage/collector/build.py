"""The Collector, built once from `collector-config/source` into the user's cache.

Decides whether a built Collector can be used again: it can while the sources are the same. It must never leave half a binary under its
final name, run two builds of the same sources at once, or download anything that go.sum does not pin.
"""

from __future__ import annotations

import hashlib
import os
import platform
import subprocess
import threading
import time
from pathlib import Path
from typing import IO, Final, TextIO

import platformdirs

from mlflow_usage.collector import toolchain
from mlflow_usage.collector.configuration import CollectorError, directory
from mlflow_usage.collector.lock import exclusive
from mlflow_usage.collector.progress import ProgressLine

CACHE_VARIABLE: Final = "MLFLOW_USAGE_CACHE_DIR"
FLAGS: Final = ("-v", "-trimpath", "-mod=readonly", "-buildvcs=false", "-tags", "grpcnotrace", "-ldflags", "-s -w")
# These make the binary the same wherever it is built: no C compiler, no workspace, no toolchain but the chosen one, no other target.
PINNED: Final = {"CGO_ENABLED": "0", "GOWORK": "off", "GOTOOLCHAIN": "local"}
UNSET: Final = ("GOOS", "GOARCH", "GOEXPERIMENT")
NAME: Final = "otelcol.exe" if os.name == "nt" else "otelcol"


def cache() -> Path:
    """Return the directory of the built Collectors."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen or platformdirs.user_cache_dir("mlflow-usage")).expanduser() / "collector"


def key(source: Path) -> str:
    """Return the identity of a build: a digest of the sources and the kind of machine."""
    digest = hashlib.sha256(f"{platform.system()}-{platform.machine()}".encode())
    for path in sorted(source.iterdir()):
        content = path.read_bytes()
        digest.update(f"\0{path.name}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()[:16]


def ensure(out: TextIO, *, source: Path | None = None) -> Path:
    """Return the built Collector; build it where it is missing, with progress on `out`.

    Raises:
        CollectorError: it cannot be built.
    """
    source = source or directory() / "source"
    home = cache() / key(source)
    binary = home / NAME
    if binary.exists():
        return binary
    try:
        home.mkdir(parents=True, exist_ok=True)
        with exclusive(home / "lock", waiting=lambda: print("Waiting for another build of the Collector …", file=out, flush=True)):
            if not binary.exists():
                _build(source, binary, out)
    except OSError as error:
        raise CollectorError(
            f"the Collector cannot be built in {home}: {error.strerror or error}; choose another place with {CACHE_VARIABLE}"
        ) from error
    return binary


def _build(source: Path, binary: Path, out: TextIO) -> None:
    go = toolchain.find(source)
    log = binary.with_name("build.log")
    fresh = binary.with_name(f"{binary.name}.{os.getpid()}")
    print(f"Building the Collector once, with {go}: two to six minutes, seconds where Go's own cache is warm.", file=out, flush=True)
    environment = {k: v for k, v in os.environ.items() if k not in UNSET} | PINNED
    began = time.monotonic()
    try:
        with log.open("wb") as record:
            code = _compile([str(go), "build", *FLAGS, "-o", str(fresh), "."], source, environment, record, out)
        if code != 0:
            raise CollectorError(f"the Collector's build failed: {_last_line(log)}; the whole log is {log}")
        fresh.replace(binary)
    finally:
        fresh.unlink(missing_ok=True)
    print(f"Built {binary} ({binary.stat().st_size / 1e6:.0f} MB) in {_clock(time.monotonic() - began)}.", file=out, flush=True)


def _compile(command: list[str], source: Path, environment: dict[str, str], record: IO[bytes], out: TextIO) -> int:
    process = subprocess.Popen(  # noqa: S603  `go build` with fixed flags
        command, cwd=source, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    progress = Progress(out)
    reader = threading.Thread(target=_follow, args=(process, record, progress), daemon=True)
    reader.start()
    try:
        while reader.is_alive():
            reader.join(1)
            progress.show()
        return process.wait()
    finally:
        process.kill()
        process.wait()
        reader.join()
        progress.line.close()


def _follow(process: subprocess.Popen[bytes], record: IO[bytes], progress: Progress) -> None:
    assert process.stdout is not None  # noqa: S101  it was started with a pipe
    with process.stdout as lines:
        for line in lines:
            record.write(line)
            progress.count(line)


class Progress:
    """How far a build has come, by the lines of `go build -v`."""

    def __init__(self, out: TextIO) -> None:
        """Begin now, and show it on `out`."""
        self.line, self.began = ProgressLine(out), time.monotonic()
        self.modules = self.packages = 0

    def count(self, line: bytes) -> None:
        """Count a line of `go build -v`."""
        if line.startswith(b"go: downloading "):
            self.modules += 1
        else:
            self.packages += 1

    def show(self) -> None:
        """Show how far it has come."""
        clock = _clock(time.monotonic() - self.began)
        self.line.show(f"  {clock}  {self.modules} modules downloaded, {self.packages} of up to 1,000 packages compiled")


def _last_line(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(encoding="utf-8", errors="replace").splitlines() if line.strip()]
    return lines[-1] if lines else "no output"


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
