"""The client's clock decides nothing."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from warehouse.building import DAY, RECEIVED, RECEIVED_DAY, batch, document, record, run, stored, text


@pytest.mark.parametrize(
    ("days", "dated"), [(-9, False), (-8, True), (-1, True), (0, True), (1, True), (2, False), (-20_000, False), (90_000, False)]
)
def test_the_clients_day_counts_only_near_the_receipt(archive: Path, table: Path, days: int, dated: bool) -> None:
    (archive / "events.jsonl").write_bytes(text(document(record(happened=RECEIVED + days * DAY))))
    tally = run(archive, table)
    (row,) = stored(table)
    assert row["received_day"] == RECEIVED_DAY
    assert (row["event_day"] is not None, row["event_hour"] is not None, tally.undated) == (dated, dated, not dated)
    if dated:
        assert (row["event_day"] - RECEIVED_DAY).days == days
        assert row["event_hour"].date() == row["event_day"]
        assert (row["event_hour"].hour, row["event_hour"].minute, row["event_hour"].second) == (12, 0, 0)


def test_a_record_without_a_usable_receipt_is_refused(archive: Path, table: Path) -> None:
    late = [record(received=0), record(received=10**15), record(received=9 * 10**18)]
    del late[0]["observedTimeUnixNano"]
    late[1]["observedTimeUnixNano"] = "soon"
    (archive / "events.jsonl").write_bytes(text(document(*late), batch(1)))
    tally = run(archive, table)
    assert (tally.refused, tally.new) == (Counter({(1, "received_time"): 3}), 3)
