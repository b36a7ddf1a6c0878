"""An archive that an attacker filled, read as if no wall stood before it."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlflow_usage.warehouse import archive as reading
from mlflow_usage.warehouse.archive import Archive, ArchiveError
from mlflow_usage.warehouse.info import info
from mlflow_usage.warehouse.load import Loader
from warehouse.building import batch, document, record, stored, text

CANARY = "alice-canary"
MEASURED = """
import resource, sys
from pathlib import Path
from mlflow_usage.warehouse.load import Loader
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(Loader(Path(sys.argv[1]), sys.argv[2]).load().new, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def load(place: Path) -> Loader:
    loader = Loader(place / "archive", str(place / "table"))
    loader.load()
    return loader


def clean(place: Path) -> None:
    """Assert that no canary is in any file of the table, and only the rows of `batch` are."""
    assert not any(CANARY.encode() in path.read_bytes() for path in (place / "table").rglob("*") if path.is_file())
    assert {row["event_name"] for row in stored(place / "table")} == {"mlflow.start_run"}


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "events.jsonl").write_bytes(text(batch(1)))
    return tmp_path


@pytest.mark.parametrize("content", [b"\0", b"x", b'{"resourceLogs":["' + b"x"], ids=["zeros", "garbage", "an unfinished document"])
def test_a_bomb_costs_no_more_memory_than_a_document_may(content: bytes, place: Path) -> None:
    with gzip.open(place / "archive" / "bomb.jsonl.gz", "wb", compresslevel=1) as packed:
        packed.write(content)
        for _ in range(768):
            packed.write(content[-1:] * (1 << 20))
    command = [sys.executable, "-c", MEASURED, str(place / "archive"), str(place / "table")]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=300, check=True)
    new, grown = map(int, ended.stdout.split())
    assert new == 3
    assert grown < 5 * (reading.LONGEST >> 20)  # MiB, of 768


@pytest.mark.parametrize(
    "line",
    [
        b'{"resourceLogs":' + b"[" * 200_000 + b"\n",
        b'{"resourceLogs":[' + b'{"resource":' * 100_000 + b"\n",
        b'{"resourceLogs":' + b"9" * 100_000 + b"}\n",
        b'{"resourceLogs":[1e999999,NaN,Infinity]}\n',
        b'{"resourceLogs":{"__class__":"os.system","__reduce__":["rm"]}}\n',
        b'{"resourceLogs":[{"resource":{"attributes":[' + b"null," * 200_000 + b"null]}}]}\n",
        b'{"resourceLogs":"\\ud800\xff\xfe"}\n',
        b"\xef\xbb\xbf" + b"\n" * 1_000_000,
    ],
)
def test_no_line_stops_the_loader_or_the_lines_beside_it(line: bytes, place: Path) -> None:
    (place / "archive" / "other.jsonl").write_bytes(text(batch(2)) + line + text(batch(3)))
    assert load(place).tally.new == 9
    clean(place)


def test_a_document_of_megabytes_adds_what_is_legal_in_it(place: Path) -> None:
    bad = [record(CANARY), record(store=CANARY * 10_000), record(**{CANARY: CANARY})]
    (place / "archive" / "other.jsonl").write_bytes(text(document(*(bad * 300), record())))
    tally = load(place).tally
    assert tally.refused == {(1, "unknown_event"): 300}
    assert tally.changed == {(1, "unknown_member"): 300, (1, "unknown_attribute"): 300}
    clean(place)


def test_names_and_links_lead_nowhere(place: Path) -> None:
    archive, outside = place / "archive", place / "outside"
    outside.mkdir()
    (outside / "secret.jsonl").write_text(f"{CANARY}\n", encoding="utf-8")
    (archive / "link.jsonl").symlink_to(outside / "secret.jsonl")
    (archive / "folder.jsonl").symlink_to(outside)
    (archive / "loop.jsonl").symlink_to(archive / "loop.jsonl")
    (archive / "above").symlink_to("..")
    (archive / "device.jsonl").symlink_to("/dev/zero")
    (archive / "dangling.jsonl").symlink_to("/nowhere")
    os.mkfifo(archive / "pipe.jsonl")
    for name in (f"$({CANARY}).jsonl", "-rf.jsonl", "a\nb.jsonl", "'; DROP TABLE x;--.jsonl", "%2e%2e%2fetc.jsonl"):
        (archive / name).write_bytes(text(batch(1)))  # the same document: the same stream
    assert load(place).tally.new == 3
    clean(place)
    assert (outside / "secret.jsonl").read_text(encoding="utf-8") == f"{CANARY}\n"


def test_an_archive_of_nothing_but_harm_is_one_error(tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "events.jsonl").write_bytes(b'{"resourceLogs":[' * 1_000)
    with pytest.raises(ArchiveError, match="no complete document"):
        load(tmp_path)
    assert Archive(tmp_path / "archive").streams() == []


def test_what_the_table_refuses_is_counted_for_good_by_revision_and_reason(place: Path) -> None:
    """Over several loads, by several loaders, where `warehouse info` shows it."""
    cases: list[tuple[dict[str, Any], int | None, str]] = [
        (document(record(CANARY)), 1, "unknown_event"),
        (document(record(CANARY), mlflow__usage__catalogue=7), 7, "unknown_event"),
        (document(record(), mlflow__usage__catalogue=CANARY), None, "wrong_type"),
        (document(record(), service__name=CANARY), 1, "unknown_member"),
        (document(record(count=0)), 1, "out_of_bounds"),
        (document(record(uid=CANARY)), 1, "pattern"),
    ]
    for number, (content, _, _) in enumerate(cases):
        (place / "archive" / f"events-{number}.jsonl").write_bytes(text(content))
        load(place)
    expected = [{"revision": revision, "reason": reason, "count": 1} for _, revision, reason in cases]
    refused = info(str(place / "table")).as_dict()["refused"]
    assert isinstance(refused, list)
    key = str
    assert sorted(refused, key=key) == sorted(expected, key=key)
    clean(place)
