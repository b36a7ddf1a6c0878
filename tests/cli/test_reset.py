"""`mlflow-usage reset`."""

from __future__ import annotations

from mlflow_usage.installation import identity
from support.cli_shell import Shell


def test_reset_forgets_the_id(shell: Shell) -> None:
    assert "no installation id" in shell.run("reset").output
    before = identity.obtain(shell.directory)
    assert shell.said("status")["installation"] == identity.digest(before.secret)
    assert "forgotten" in shell.run("reset").output
    assert shell.said("status")["installation"] is None
    assert identity.obtain(shell.directory).secret != before.secret
