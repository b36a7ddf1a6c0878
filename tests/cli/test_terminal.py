"""What a person sees on a terminal: its width and its colours."""

from __future__ import annotations

import pytest

from support.cli_shell import Shell, terminal


@pytest.mark.parametrize("columns", [60, 100])
def test_the_status_fits_the_terminal(shell: Shell, columns: int) -> None:
    shell.record("mlflow.log_metric")
    code, shown = terminal([], shell, columns=columns, NO_COLOR="1")
    assert code == 0
    assert "\x1b" not in shown
    long = [line for line in shown.splitlines() if len(line) > columns]
    assert [line for line in long if " " in line[14:]] == []  # a path or an id is never broken
    assert shown.startswith("mode          on, decided by default\n")


def test_the_status_has_colours_where_they_are_seen(shell: Shell) -> None:
    _, shown = terminal([], shell)
    assert "\x1b[32m\x1b[1mon\x1b[0m" in shown
    assert "\x1b" not in shell.run().output
