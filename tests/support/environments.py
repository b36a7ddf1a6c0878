"""Environments of other versions, each made once by uv and kept below `.cache/environments` of this checkout.

Slow tests only: `make test` has one version of everything, the one that is installed. A release's name is a key of MLFLOWS.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from support.repository import ROOT

UV: Final = shutil.which("uv", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}")

# MLflow 2.22 and 3.0 do not start a database store with SQLAlchemy 2.1.
MLFLOWS: Final = {
    "2.22": ("mlflow==2.22.*", "sqlalchemy<2.1", "setuptools<81"),
    "3.0": ("mlflow==3.0.*", "sqlalchemy<2.1"),
    "3.9": ("mlflow==3.9.*", "sqlalchemy<2.1"),
    "newest": ("mlflow",),
    "skinny": ("mlflow-skinny", "sqlalchemy", "alembic", "pandas"),
    "tracing": ("mlflow-tracing",),
}
# With `alone="mlflow"`: the newest release, even while its dependencies are not released and it cannot be resolved; and small
# libraries that its gateway and agent server need to be imported.
NEWEST_FILE: Final = ("mlflow", "watchfiles", "httpx")


def environment(*requirements: str, plugin: bool = True, alone: str = "") -> Path:
    """Return the Python of an environment with `requirements`, and with this checkout's plugin unless `plugin` is false.

    `alone`: a newer release of one of them, installed last and without its dependencies, which may not be released yet.
    """
    assert UV is not None, "uv is installed by `make test`"
    own = ("-e", str(ROOT)) if plugin else ()
    parts = (sys.version, *own, (ROOT / "pyproject.toml").read_text(), *requirements, *filter(None, [alone]))
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
    place = ROOT / ".cache" / "environments" / key
    place.parent.mkdir(parents=True, exist_ok=True)
    python = place / "bin" / "python"
    with (place.parent / f"{key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (place / ".complete").exists():
            shutil.rmtree(place, ignore_errors=True)
            subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, str(place)], check=True)
            subprocess.run([UV, "pip", "install", "--quiet", "--python", str(python), *own, *requirements], check=True)
            if alone:
                subprocess.run([UV, "pip", "install", "--quiet", "--upgrade", "--no-deps", "--python", str(python), alone], check=True)
            (place / ".complete").touch()
    return python


def released(release: str, *more: str, plugin: bool = True) -> Path:
    """Return the Python of an environment with one release of MLflow."""
    return environment(*MLFLOWS[release], *more, plugin=plugin)
