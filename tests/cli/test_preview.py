"""`mlflow-usage preview`."""

from __future__ import annotations

import pytest

from support.cli_shell import Shell


@pytest.mark.parametrize("mode", ["on", "local", "off"])
def test_preview_shows_the_next_batch_and_changes_nothing(shell: Shell, mode: str) -> None:
    assert shell.run("preview").output == "Nothing is waiting.\n"
    shell.record("mlflow.log_metric", "mlflow.log_metric")
    before = {path: path.read_bytes() for path in shell.directory.iterdir()}
    (request,) = shell.said("preview", MLFLOW_USAGE=mode)
    (record,) = request["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    assert record["eventName"] == "mlflow.log_metric"
    assert "mlflow.log_metric" in shell.run("preview", MLFLOW_USAGE=mode).output
    assert "count=2" in shell.run("preview").output
    assert {path: path.read_bytes() for path in shell.directory.iterdir()} == before
