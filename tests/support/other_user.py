"""Other users of this machine, for tests that run as root: a place that they can enter, and a way to become one of them.

A checkout, its interpreter and the temporary directory may all lie in directories that only their owner may enter. So a test must put
what another user is to reach into `public_place`, and the package is imported before the user changes.
"""

from __future__ import annotations

import importlib
import os
import pkgutil
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

import mlflow_usage

NOBODY: Final = 65_534
OPERATORS: Final = tuple(f"mlflow_usage.{part}" for part in ("catalogue.build", "collector", "site", "warehouse", "__main__"))
IS_ROOT: Final = hasattr(os, "geteuid") and os.geteuid() == 0
needs_root = pytest.mark.skipif(not IS_ROOT, reason="needs root, to become another user")


@pytest.fixture
def public_place() -> Iterator[Path]:
    """An empty directory that belongs to this user and that every user of the machine can enter."""
    places = [Path(place).resolve() for place in (tempfile.gettempdir(), "/tmp", "/var/tmp")]
    parent = next((place for place in places if place.is_dir() and enterable(place) and os.access(place, os.W_OK)), None)
    if parent is None:
        pytest.fail(f"no temporary directory that every user can enter: {', '.join(map(str, places))}")
    place = Path(tempfile.mkdtemp(prefix="mlflow-usage-test-", dir=parent))
    try:
        place.chmod(0o755)
        yield place
    finally:
        shutil.rmtree(place)


def enterable(place: Path) -> bool:
    """Return whether every user can enter a directory, and none can put another in its place or in that of one above it."""
    modes = [step.stat().st_mode for step in (place, *place.parents)]
    return all(mode & stat.S_IXOTH and (not mode & stat.S_IWOTH or mode & stat.S_ISVTX) for mode in modes)


@contextmanager
def as_user(user: int = NOBODY) -> Iterator[None]:
    """Be another user for a while."""
    import_all()
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)


def import_all() -> None:
    """Import everything that a user's process may load of the package."""
    for module in pkgutil.walk_packages(mlflow_usage.__path__, "mlflow_usage."):
        if not module.name.startswith(OPERATORS):
            importlib.import_module(module.name)
