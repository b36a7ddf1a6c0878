"""An installation of its own for each test, and an endpoint."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mlflow_usage.delivery import erasure
from support.cli_shell import Shell, clean
from support.receiver import Receiver


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shell:
    clean(monkeypatch)
    monkeypatch.setattr(erasure, "PAUSES", (0.0, 0.0, 0.0))
    return Shell(tmp_path / "state", monkeypatch)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as made:
        yield made
