from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from delivery.exchange import Exchange
from support.receiver import Receiver


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    with Receiver() as receiver:
        yield Exchange(tmp_path, receiver)
