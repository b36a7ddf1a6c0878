"""Detection of whole test runs: only those may write their findings into a document."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest


def fixtures(conftest: str, write: Callable[[], None]) -> tuple[Any, Any]:
    """Return two autouse fixtures for the `conftest` file of a directory: one counts its tests, one writes after a whole run.

    A run is whole when nothing was filtered, every file of the directory took part, every test of it began and was not skipped, and none
    of the session failed: a missing row would read as if nothing had gone wrong.
    """
    home = Path(conftest).parent
    began: list[int] = []

    @pytest.fixture(autouse=True)
    def ran() -> None:
        began.append(1)

    @pytest.fixture(scope="session", autouse=True)
    def document(request: pytest.FixtureRequest) -> Iterator[None]:
        yield
        options, session = request.config.option, request.session
        filtered = options.keyword or options.markexpr or options.deselect or any("::" in argument for argument in request.config.args)
        ours = [item for item in session.items if Path(item.path).parent == home]
        files = set(home.glob("test_*.py")) <= {Path(item.path) for item in ours}
        if not filtered and files and len(began) == len(ours) and not session.testsfailed and not skipped(request, ours):
            write()

    return ran, document


def skipped(request: pytest.FixtureRequest, items: list[pytest.Item]) -> bool:
    """Return whether any of `items` was skipped."""
    reporter: Any = request.config.pluginmanager.get_plugin("terminalreporter")
    names = {item.nodeid for item in items}
    return reporter is None or any(report.nodeid in names for report in reporter.stats.get("skipped", ()))
