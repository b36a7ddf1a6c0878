from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from process.faults.scene import Scene, Table
from receiver import Receiver

DOCUMENT = Path(__file__).parents[3] / "docs" / "faults.md"
TABLE = Table()
RAN: list[int] = []


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with Receiver() as receiver:
        yield Scene(tmp_path, receiver)


@pytest.fixture
def table() -> Table:
    return TABLE


@pytest.fixture(autouse=True)
def ran() -> None:
    RAN.append(1)


@pytest.fixture(scope="session", autouse=True)
def document(request: pytest.FixtureRequest) -> Iterator[None]:
    """Write the fault table after a run in which every fault test took part, to its end, and passed."""
    yield
    options, session = request.config.option, request.session
    whole = not options.keyword and not options.markexpr and not any("::" in argument for argument in request.config.args)
    ours = set(Path(__file__).parent.glob("test_*.py")) <= {Path(item.path) for item in session.items}
    begun = len(RAN) == sum(Path(item.path).parent == Path(__file__).parent for item in session.items)
    if whole and ours and begun and not session.testsfailed:
        DOCUMENT.write_text(TABLE.text(), encoding="utf-8")
