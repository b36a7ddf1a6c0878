from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from transparency.document import Table

TABLE = Table()
RAN: list[int] = []


@pytest.fixture
def table() -> Table:
    return TABLE


@pytest.fixture(autouse=True)
def ran() -> None:
    RAN.append(1)


@pytest.fixture(scope="session", autouse=True)
def document(request: pytest.FixtureRequest) -> Iterator[None]:
    """Write the table after a run in which every test of this directory took part, to its end, and passed."""
    yield
    options, session = request.config.option, request.session
    whole = not options.keyword and not options.markexpr and not any("::" in argument for argument in request.config.args)
    ours = set(Path(__file__).parent.glob("test_*.py")) <= {Path(item.path) for item in session.items}
    begun = len(RAN) == sum(Path(item.path).parent == Path(__file__).parent for item in session.items)
    if whole and ours and begun and not session.testsfailed:
        TABLE.write()
