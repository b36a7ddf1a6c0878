from __future__ import annotations

import pytest

from promises.transparency.document import Table
from support.whole_run import fixtures

TABLE = Table()

ran, document = fixtures(__file__, TABLE.write)


@pytest.fixture
def table() -> Table:
    return TABLE
