"""`mlflow-usage warehouse`, as a person or a script runs it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result
from deltalake import write_deltalake

from mlflow_usage.cli.warehouse import group
from support.repository import SRC
from warehouse.building import batch, document, record, text, uids


def command(*words: object) -> Result:
    return CliRunner().invoke(group, [str(word) for word in words])


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    place = tmp_path / "archive"
    place.mkdir()
    (place / "events.jsonl").write_bytes(text(batch(1), document(record("acme.tool")), batch(1)) + b'{"resourceLogs":[')
    return place


def test_load_ends_with_a_line_that_accounts_for_every_record(archive: Path, tmp_path: Path) -> None:
    result = command("load", archive, tmp_path / "table")
    assert result.exit_code == 0
    assert result.stdout == (
        "7 read: 3 new, 3 duplicate, 1 refused [unknown_event 1 (revision 1)]; 0 undated; "
        "17 bytes of incomplete documents wait for their end\n"
    )


def test_load_prints_json_for_scripts(archive: Path, tmp_path: Path) -> None:
    result = command("load", archive, tmp_path / "table", "--json")
    assert json.loads(result.stdout) == {
        "read": 7,
        "new": 3,
        "duplicate": 3,
        "refused": [{"revision": 1, "reason": "unknown_event", "count": 1}],
        "changed": [],
        "undated": 0,
        "skipped": 0,
        "documents": 3,
        "waiting": 17,
        "stopped": False,
    }


def test_info_tells_what_the_table_holds(archive: Path, tmp_path: Path) -> None:
    more = [record("mlflow.log_metric", count=40), record("mlflow.log_metric", count=2, happened=0)]
    (archive / "b.jsonl").write_bytes(text(document(*more, session__id="6f0f6d1c-6c3f-4a53-9d0b-3c1f3a2b8a11")))
    command("load", archive, tmp_path / "table")
    figures = json.loads(command("info", tmp_path / "table", "--json").stdout)
    assert figures.pop("bytes") > 0
    assert figures.pop("version") > 0
    assert figures == {
        "table": str(tmp_path / "table"),
        "prepared_for_revision": 1,
        "files": 1,
        "rows": 5,
        "count": 45,
        "installations": 1,
        "sessions": 2,
        "undated": 1,
        "days": {"number": 1, "first": "2026-11-20", "last": "2026-11-20"},
        "events": [{"event": "mlflow.log_metric", "count": 42, "rows": 2}, {"event": "mlflow.start_run", "count": 3, "rows": 3}],
        "revisions": [{"revision": 1, "rows": 5}],
        "refused": [{"revision": 1, "reason": "unknown_event", "count": 1}],
        "changed": [],
        "constraints": {"ok": True, "missing": []},
    }
    printed = command("info", tmp_path / "table").stdout
    assert "constraints    ok" in printed
    assert "5, which count 45 calls; 1 undated" in printed


def test_what_cannot_be_done_is_one_clear_line(archive: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "x").touch()
    write_deltalake(tmp_path / "other", pa.table({"a": [1]}))
    table = tmp_path / "table"
    for words, said in (
        (("load", tmp_path / "none", table), "there is no archive at"),
        (("load", tmp_path / "none", table, "--follow"), "there is no archive at"),
        (("load", tmp_path / "empty", table), "holds no complete document yet"),
        (("load", archive, archive), "must not be the archive or hold it"),
        (("load", archive, tmp_path), "must not be the archive or hold it"),
        (("load", archive, tmp_path / "other"), "of another schema"),
        (("load", archive, tmp_path / "full"), "not a Delta table and not empty"),
        (("load", archive, tmp_path / "full" / "x"), "is a file"),
        (("load", archive, "/proc/nowhere/table"), "cannot be written"),
        (("info", tmp_path / "none"), "there is no Delta table at"),
        (("info", tmp_path / "full" / "x"), "cannot be opened"),
        (("info", tmp_path / "other"), "of another schema"),
    ):
        result = command(*words)
        assert (result.exit_code, result.stdout) == (1, ""), words
        assert said in result.stderr
        assert result.stderr.startswith("Error: ")
        assert result.stderr.count("\n") == 1
        assert isinstance(result.exception, SystemExit)
    assert not table.exists()
    assert list((tmp_path / "empty").iterdir()) == []
    assert [path.name for path in archive.iterdir()] == ["events.jsonl"]


def test_a_wrong_use_is_exit_code_2_and_every_help_has_an_example() -> None:
    assert command("load").exit_code == 2
    assert command("load", "a", "b", "--interval", "0").exit_code == 2
    for words in ((), ("load",), ("info",)):
        assert "Example: mlflow-usage warehouse" in command(*words, "--help").output


@pytest.mark.parametrize("missing", ["deltalake", "pyarrow"])
def test_a_missing_extra_says_how_to_install_it(archive: Path, tmp_path: Path, missing: str) -> None:
    program = f"import sys; sys.modules[{missing!r}] = None; from mlflow_usage.cli.warehouse import group; group()"
    for words in (("load", archive, tmp_path / "table"), ("info", tmp_path / "table")):
        done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True, env=environment(), check=False)
        assert done.returncode == 1
        assert done.stderr == f"Error: {missing} is missing: install the extra with pip install 'mlflow-usage[warehouse]'\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_following_ends_by_a_signal_with_everything_loaded_and_the_closing_line(archive: Path, tmp_path: Path, number: int) -> None:
    program = "from mlflow_usage.cli.warehouse import group; group()"
    words = ["load", str(archive), str(tmp_path / "table"), "--follow", "--interval", "0.1"]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment()
    )
    deadline = time.monotonic() + 30
    while loaded(tmp_path / "table") < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    with (archive / "events.jsonl").open("ab") as file:
        file.write(b"\n" + text(batch(2)))
    while loaded(tmp_path / "table") < 6 and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(number)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert out == "10 read: 6 new, 3 duplicate, 1 refused [unknown_event 1 (revision 1)]; 0 undated; 1 broken piece skipped\n"


def loaded(table: Path) -> int:
    try:
        return len(uids(table))
    except Exception:  # noqa: BLE001  not made yet
        return 0


def environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(SRC)}
