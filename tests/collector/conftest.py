"""One Collector for all tests that only send to it, built once into the user's cache; and an empty cache for tests that build."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from collector.wall import Wall, wall
from mlflow_usage.catalogue.build.model import Catalogue, load
from mlflow_usage.collector import build


@pytest.fixture(scope="session")
def binary() -> Path:
    return build.ensure(sys.__stderr__ or sys.stderr)


@pytest.fixture(scope="session")
def collector(binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wall]:
    assert binary.exists()
    with wall(tmp_path_factory.mktemp("collector") / "archive") as running:
        yield running


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of the test's own. Go's caches stay where they are, so that a build takes a second."""
    monkeypatch.setenv(build.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()
