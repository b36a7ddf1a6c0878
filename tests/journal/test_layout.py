from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.journal.batch import JournalError, JournalFullError, encode_key
from mlflow_usage.journal.layout import MAX_COUNT, SIZES, Journal, blank

META = {"resource": {"service.name": "mlflow"}, "mode": "on", "endpoint": "0" * 16}


def made(size: int = SIZES[0]) -> Journal:
    journal = Journal(blank(size, META, 1_800_000_000))
    journal.publish(encode_key("mlflow.usage.dropped", {"mlflow.usage.reason": "refused"}))
    return journal


def calls(journal: Journal) -> dict[str, int]:
    return {entry.event: entry.calls for entry in journal.batch().entries}


def test_a_batch_is_what_was_counted_since_the_last_one() -> None:
    journal = made()
    slot = journal.publish(encode_key("mlflow.log_metric", {}))
    journal.live[slot] += 3
    journal.seal(b"a" * 16, 1)
    journal.live[slot] += 4  # after the seal: the next batch
    assert calls(journal) == {"mlflow.log_metric": 3}
    journal.acknowledge()
    journal.seal(b"b" * 16, 1)
    assert calls(journal) == {"mlflow.log_metric": 4}


def test_a_pending_batch_stays_the_same_until_it_is_acknowledged() -> None:
    journal = made()
    slot = journal.publish(encode_key("mlflow.log_metric", {"mlflow.usage.store": "FileStore"}))
    journal.live[slot] += 1
    journal.seal(b"a" * 16, 1)
    before = journal.batch()
    journal.live[slot] += 100
    journal.publish(encode_key("mlflow.log_param", {}))
    assert journal.batch() == before == Journal(bytearray(journal.buffer)).batch()
    assert before.entries[0].attributes == {"mlflow.usage.store": "FileStore"}


def test_refused_calls_are_told_by_the_next_batch() -> None:
    journal = made()
    slot = journal.publish(encode_key("mlflow.log_metric", {}))
    journal.live[slot] += 5
    journal.seal(b"a" * 16, 1)
    journal.acknowledge(dropped=5)
    assert (journal.dirty, journal.unreported) == (False, 5)
    journal.seal(b"b" * 16, 1)
    assert calls(journal) == {"mlflow.usage.dropped": 5}
    journal.acknowledge()
    assert journal.unreported == 0


def test_what_exceeds_the_largest_count_falls_into_the_next_batch() -> None:
    journal = made()
    slot = journal.publish(encode_key("mlflow.log_metric", {}))
    journal.live[slot] += MAX_COUNT + 7
    journal.seal(b"a" * 16, 1)
    assert calls(journal) == {"mlflow.log_metric": MAX_COUNT}
    journal.acknowledge()
    assert journal.dirty
    journal.seal(b"b" * 16, 1)
    assert calls(journal) == {"mlflow.log_metric": 7}


def test_a_full_journal_says_so_and_keeps_what_it_has() -> None:
    journal = made()

    def fill() -> None:
        for number in range(1000):
            journal.live[journal.publish(encode_key(f"mlflow.event_{number}", {}))] += 1

    with pytest.raises(JournalFullError):
        fill()
    journal.seal(b"a" * 16, 1)
    assert len(journal.batch().entries) > 20


@pytest.mark.parametrize("size", SIZES)
def test_every_size_holds_records_and_a_larger_one_holds_more(size: int) -> None:
    journal = made(size)
    assert journal.slots >= size // 130


@given(st.binary(max_size=SIZES[0]) | st.binary(min_size=SIZES[0], max_size=SIZES[0]))
def test_garbage_is_no_journal(content: bytes) -> None:
    with pytest.raises(JournalError):
        Journal(bytearray(content))


@given(st.integers(0, SIZES[0] - 1), st.integers(0, 255))
def test_a_damaged_byte_never_does_worse_than_no_journal(position: int, value: int) -> None:
    journal = made()
    journal.live[journal.publish(encode_key("mlflow.log_metric", {}))] += 3
    journal.seal(b"a" * 16, 1)
    content = bytearray(journal.buffer)
    content[position] = value
    with suppress(JournalError):
        Journal(content).batch()


STEPS = st.lists(st.sampled_from(["call", "call other", "seal", "acknowledge", "refuse", "kill"]), max_size=60)


@given(STEPS)
def test_no_order_of_steps_loses_or_repeats_a_call(steps: list[str]) -> None:
    """A kill is a new view of the same bytes. Each batch arrives once, and refusals arrive as dropped calls."""
    journal = made()
    slots = {name: journal.publish(encode_key(name, {})) for name in ("call", "call other")}
    made_calls, arrived, refused, seals = 0, 0, 0, 0
    for step in steps:
        if step in slots:
            journal.live[slots[step]] += 1
            made_calls += 1
        elif step == "seal" and not journal.pending:
            seals += 1
            journal.seal(seals.to_bytes(16, "big"), 1)
        elif step == "acknowledge" and journal.pending:
            arrived += sum(entry.calls for entry in journal.batch().entries)
            journal.acknowledge()
        elif step == "refuse" and journal.pending:
            journal.acknowledge(dropped=sum(entry.calls for entry in journal.batch().entries))
            refused += 1
        elif step == "kill":
            journal = Journal(bytearray(journal.buffer))
    while journal.pending or journal.dirty or journal.unreported:
        if not journal.pending:
            journal.seal(b"z" * 16, 1)
        arrived += sum(entry.calls for entry in journal.batch().entries)
        journal.acknowledge()
    assert arrived == made_calls
