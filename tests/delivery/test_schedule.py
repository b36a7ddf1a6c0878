"""When the sender flushes, told with a clock of numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.delivery.schedule import EVERY, FIRST, Schedule


def test_nothing_is_due_before_the_first_call() -> None:
    assert Schedule().due is None


def test_a_first_call_is_flushed_soon_and_the_next_ten_seconds_later() -> None:
    schedule = Schedule()
    schedule.counted(100.0)
    assert schedule.due == 100.0 + FIRST
    schedule.begins(101.0)
    assert schedule.due is None
    schedule.counted(101.5)
    assert schedule.due == 101.0 + EVERY


def test_a_call_after_a_long_silence_is_flushed_soon_again() -> None:
    schedule = Schedule()
    schedule.begins(100.0)
    schedule.counted(500.0)
    assert schedule.due == 500.0 + FIRST


def test_a_failing_endpoint_rests_and_consent_is_asked_every_ten_seconds_meanwhile() -> None:
    schedule = Schedule()
    schedule.begins(100.0)
    schedule.failed(100.0, 103.0, 60.0)
    asked = []
    while True:
        assert schedule.due is not None
        now = schedule.due
        schedule.begins(now)
        if not schedule.resting(now):
            break
        asked.append(now)
    assert asked == [110.0, 120.0, 130.0, 140.0, 150.0, 160.0]
    assert now == 163.0


def test_a_flush_that_ran_out_of_time_continues_at_once() -> None:
    schedule = Schedule()
    schedule.begins(100.0)
    schedule.failed(100.0, 110.0, 0.0)
    assert schedule.due == 110.0
    assert not schedule.resting(110.0)


@pytest.mark.parametrize("wait", [0.0, 3.0, 10.0, 600.0])
@given(spent=st.floats(0, 30))
def test_what_is_pending_never_waits_longer_than_ten_seconds_for_a_question(wait: float, spent: float) -> None:
    schedule = Schedule()
    schedule.begins(0.0)
    schedule.failed(0.0, spent, wait)
    assert schedule.due is not None
    assert schedule.due <= EVERY or schedule.due == spent + wait < EVERY
