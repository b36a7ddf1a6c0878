"""The build that today's is compared with: commit bda311a, in an environment of its own below `.cache/`, made once."""

from __future__ import annotations

import subprocess
import sys
import tarfile
from pathlib import Path

COMMIT = "bda311a"
ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".cache" / "benchmarks" / COMMIT


def python() -> Path:
    """Return the interpreter of the baseline's environment, made of the commit's own sources and locked dependencies."""
    binary, source = PLACE / "venv" / "bin" / "python", PLACE / "source"
    if (PLACE / "complete").exists():
        return binary
    source.mkdir(parents=True, exist_ok=True)
    packed = PLACE / "source.tar"
    subprocess.run(["git", "archive", "--output", packed, COMMIT], cwd=ROOT, check=True)
    with tarfile.open(packed) as archive:
        archive.extractall(source, filter="data")
    uv = str(Path(sys.executable).with_name("uv"))
    subprocess.run([uv, "venv", "--quiet", "--clear", "--python", sys.executable, PLACE / "venv"], check=True)
    install = [uv, "pip", "install", "--quiet", "--python", str(binary)]
    subprocess.run([*install, "--require-hashes", "-r", source / ".ci" / "requirements.txt"], check=True)
    subprocess.run([*install, "--no-deps", "--no-build-isolation", source], check=True)
    (PLACE / "complete").touch()
    return binary
