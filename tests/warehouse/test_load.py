"""Loading: each record once, whatever happens to the archive and to the loader."""

from __future__ import annotations

import gzip
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import pytest
from deltalake import DeltaTable

from mlflow_usage.warehouse import load
from mlflow_usage.warehouse.archive import Archive, ArchiveError, Stream
from mlflow_usage.warehouse.load import Loader
from support.repository import SRC
from warehouse.building import DAY, RECEIVED, batch, document, record, run, text, uids


def names(numbers: range, size: int = 3) -> list[str]:
    return sorted(entry["value"]["stringValue"] for number in numbers for entry in _uids(batch(number, size)))


def _uids(content: dict) -> list[dict]:
    records = content["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    return [entry for each in records for entry in each["attributes"] if entry["key"] == "log.record.uid"]


def test_a_second_load_adds_nothing_and_growth_adds_what_is_new(archive: Path, table: Path) -> None:
    live = archive / "events.jsonl"
    live.write_bytes(text(batch(1), batch(2))[:-40])  # the second one is still being written
    assert (run(archive, table).new, uids(table)) == (3, names(range(1, 2)))
    live.write_bytes(text(batch(1), batch(2)))
    assert run(archive, table).read == 3
    assert run(archive, table).read == 0
    assert uids(table) == names(range(1, 3))


def test_a_batch_that_was_received_twice_counts_once(archive: Path, table: Path) -> None:
    again = batch(1, received=RECEIVED + 6 * DAY)  # a week's outage, then the same uids once more
    (archive / "a.jsonl").write_bytes(text(batch(1), batch(1), batch(2)))
    (archive / "b.jsonl").write_bytes(text(again))
    tally = run(archive, table)
    assert (tally.read, tally.new, tally.duplicate) == (12, 6, 6)
    (archive / "c.jsonl").write_bytes(text(batch(3), again))
    assert (run(archive, table).duplicate, uids(table)) == (3, names(range(1, 4)))


def test_an_older_archive_that_comes_later_is_compared_too(archive: Path, table: Path) -> None:
    (archive / "b.jsonl").write_bytes(text(batch(1, received=RECEIVED + 6 * DAY)))
    run(archive, table)
    (archive / "a.jsonl").write_bytes(text(batch(1)))
    assert run(archive, table).duplicate == 3


def test_rotation_renaming_copying_and_packing_load_nothing_again(archive: Path, table: Path) -> None:
    live = archive / "events.jsonl"
    live.write_bytes(text(*(batch(number) for number in range(10))))
    run(archive, table)
    rotated = live.rename(archive / "events-2026-11-20T12-00-00.000-size.jsonl")
    live.write_bytes(text(batch(10)))
    assert run(archive, table).read == 3
    (archive / "copy.jsonl").write_bytes(rotated.read_bytes()[:3_000])
    (archive / "packed.jsonl.gz").write_bytes(gzip.compress(rotated.read_bytes()))
    rotated.unlink()
    assert run(archive, table).read == 0
    assert uids(table) == names(range(11))


def test_a_rotation_while_a_load_runs_is_part_of_that_load(archive: Path, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live = archive / "events.jsonl"
    live.write_bytes(text(*(batch(number) for number in range(10))))
    opened, rotated = Archive.open, []

    def rotate(self: Archive, stream: Stream) -> object:
        if not rotated:
            rotated.append(live.rename(archive / "events-2026-11-20T12-00-00.000-size.jsonl"))
            live.write_bytes(text(*(batch(number) for number in range(10, 30))))
        return opened(self, stream)

    monkeypatch.setattr(Archive, "open", rotate)
    assert run(archive, table).new == 90
    assert uids(table) == names(range(30))


def test_files_that_begin_alike_and_differ_later_lose_nothing(archive: Path, table: Path) -> None:
    (archive / "b.jsonl").write_bytes(text(batch(1), batch(2)))
    run(archive, table)
    (archive / "a.jsonl").write_bytes(text(batch(1), batch(3)))
    run(archive, table)
    assert uids(table) == names(range(1, 4))


def test_many_small_objects_are_loaded_together(archive: Path, table: Path) -> None:
    for number in range(40):
        place = archive / "raw" / "date=2026-11-20" / f"events-logs_{number}.json.gz"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(gzip.compress(text(batch(number)).rstrip()))
    assert run(archive, table).new == 120
    assert len([entry for entry in DeltaTable(str(table)).history() if entry["operation"] == "WRITE"]) == 1
    assert run(archive, table).read == 0


def test_one_file_can_be_the_archive(tmp_path: Path, table: Path) -> None:
    (tmp_path / "x.log").write_bytes(text(batch(1)))
    assert run(tmp_path / "x.log", table).new == 3


def test_a_commit_is_bounded_and_the_rows_of_a_file_are_in_the_order_of_buckets(
    archive: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(load, "ROWS", 30)
    rng = random.Random(5)
    documents = [document(record(), record(), app__installation__id=f"{rng.getrandbits(256):064x}") for _ in range(100)]
    (archive / "events.jsonl").write_bytes(text(*documents))
    assert run(archive, table).new == 200
    sizes = []
    for fragment in DeltaTable(str(table)).to_pyarrow_dataset().get_fragments():
        buckets = fragment.to_table(columns=["bucket"], use_threads=False).column("bucket").to_pylist()
        assert buckets == sorted(buckets)
        sizes.append(len(buckets))
    assert max(sizes) <= 31
    assert sum(sizes) == 200


def test_nothing_to_load_makes_no_table(archive: Path, table: Path) -> None:
    (archive / "events.jsonl").write_bytes(text(batch(1))[:50])
    with pytest.raises(ArchiveError, match="no complete document"):
        run(archive, table)
    assert not table.exists()


def test_following_sees_growth_and_rotation_and_stops_when_told(archive: Path, table: Path) -> None:
    live, stop = archive / "events.jsonl", threading.Event()
    loader = Loader(archive, str(table))
    thread = threading.Thread(target=loader.follow, args=(stop, 0.02))
    thread.start()
    try:
        for number in range(60):
            with live.open("ab") as file:
                for part in (text(batch(number))[:100], text(batch(number))[100:]):
                    file.write(part)
                    file.flush()
            if number % 10 == 9:
                live.rename(archive / f"events-{number}-size.jsonl")
            time.sleep(0.005)
        deadline = time.monotonic() + 20
        while loader.tally.new < 180 and time.monotonic() < deadline:
            time.sleep(0.02)
    finally:
        stop.set()
        thread.join(20)
    assert not thread.is_alive()
    assert uids(table) == names(range(60))


def test_many_small_files_of_a_day_become_few_and_hold_the_same(archive: Path, table: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "FILES", 8)
    live = archive / "events.jsonl"
    for number in range(10):
        with live.open("ab") as file:
            file.write(text(batch(number)))
        run(archive, table)
    assert len(DeltaTable(str(table)).file_uris()) < 8
    assert uids(table) == names(range(10))
    (archive / "again.jsonl").write_bytes(text(batch(10), *(batch(number) for number in range(10))))
    assert run(archive, table).duplicate == 30


# What another process runs: small commits, so that kills and other loaders come in between.
PROGRAM = """
import sys
from pathlib import Path
from mlflow_usage.warehouse import load
load.ROWS = int(sys.argv[3])
print("ready", flush=True)
print(load.Loader(Path(sys.argv[1]), sys.argv[2]).load().new, flush=True)
"""


def start(archive: Path, table: Path, rows: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", PROGRAM, str(archive), str(table), str(rows)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(SRC)},
    )


def test_loaders_that_run_at_once_load_each_record_once(archive: Path, table: Path) -> None:
    for place in range(4):  # the same batches in several files: one file's loader must see the other's rows
        (archive / f"{place}.jsonl").write_bytes(text(batch(1_000 + place), *(batch(number) for number in range(place * 10, 60))))
    processes = [start(archive, table, 25) for _ in range(3)]
    counts = [int(process.communicate(timeout=60)[0].split()[-1]) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    expected = sorted(names(range(60)) + names(range(1_000, 1_004)))
    assert uids(table) == expected
    assert sum(counts) == len(expected)


def test_a_loader_that_was_overtaken_between_its_look_and_its_commit_looks_again(
    tmp_path: Path, table: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two Collectors' archives share no stream, and a batch that was sent to both is in both."""
    for place, numbers in (("one", (10, 1)), ("two", (20, 1))):
        (tmp_path / place).mkdir()
        (tmp_path / place / "events.jsonl").write_bytes(text(*(batch(number) for number in numbers)))
    write, overtaken = load.write_deltalake, []

    def overtake(*args: object, **options: object) -> None:
        if not overtaken:
            overtaken.append(True)
            run(tmp_path / "two", table)
        write(*args, **options)  # type: ignore[arg-type, call-overload]

    monkeypatch.setattr(load, "write_deltalake", overtake)
    tally = run(tmp_path / "one", table)
    assert (tally.new, tally.duplicate) == (3, 3)
    assert uids(table) == sorted(names(range(1, 2)) + names(range(10, 11)) + names(range(20, 21)))


def test_a_kill_at_any_moment_neither_loses_nor_repeats(archive: Path, table: Path) -> None:
    for place in range(3):
        (archive / f"{place}.jsonl").write_bytes(text(*(batch(number) for number in range(place * 100, place * 100 + 150))))
    rng = random.Random(7)
    alive = 0
    for _ in range(6):
        process = start(archive, table, 9)
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(rng.uniform(0, 0.35))
        process.send_signal(signal.SIGKILL)
        process.communicate()
        alive += process.returncode == -signal.SIGKILL
    assert alive > 0
    if table.exists() and DeltaTable.is_deltatable(str(table)):
        seen = Counter(uids(table))
        assert set(seen.values()) <= {1}
    run(archive, table)
    assert uids(table) == names(range(350))
    assert run(archive, table).read == 0
