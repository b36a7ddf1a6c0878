"""The state machine of "off": every event in every state, against the table that a reader sees."""

from __future__ import annotations

import itertools
import re
import sys
from collections.abc import Iterator

import pytest

from mlflow_usage.process import life
from mlflow_usage.process.life import BARS, EVENTS, Life

STATES = range(1 << len(BARS))
TABLE = re.compile(r"^    (\w+) {2,}(-|[A-Z][A-Z ]*?) {2,}(-|[A-Z][A-Z ]*?)(?: {2,}(\S.*))?$", re.MULTILINE)


def names(cell: str) -> set[str]:
    return set() if cell == "-" else set(cell.split())


def bits(cell: str) -> int:
    return sum(BARS[name] for name in names(cell))


def table() -> tuple[dict[str, tuple[int, int]], dict[str, int]]:
    """The two tables of the module's docstring: what each event sets and lifts, and what stands in the way of each answer."""
    events, _, answers = (life.__doc__ or "").partition("    answer ")
    moves = {found[1]: (bits(found[2]), bits(found[3])) for found in TABLE.finditer(events)}
    barred = {found[1]: bits(found[2]) for found in re.finditer(r"^    (\w+) {2,}([A-Z][A-Z ]*?) {2,}\S.*$", answers, re.MULTILINE)}
    return moves, barred


@pytest.fixture(autouse=True)
def nobody_s_life() -> Iterator[None]:
    before = getattr(sys, life.ATTRIBUTE, None)
    yield
    if before is None:
        vars(sys).pop(life.ATTRIBUTE, None)
    else:
        setattr(sys, life.ATTRIBUTE, before)


def test_the_table_that_a_reader_sees_is_the_one_that_runs() -> None:
    moves, barred = table()
    assert moves == EVENTS
    assert set(barred) == {"counts", "sends", "starts", "consents"}


def test_every_event_in_every_state_does_what_the_table_says() -> None:
    moves, barred = table()
    for state, (event, (sets, lifts)) in itertools.product(STATES, moves.items()):
        one = Life(state)
        one.on(event)
        assert one.bars == state & ~lifts | sets, (state, event)
        for answer, bars in barred.items():
            assert getattr(one, answer)() is (not one.bars & bars), (state, event, answer)


@pytest.mark.parametrize(
    ("bar", "lifted_by"),
    [
        ("DISABLED", {"enable"}),
        ("WITHDRAWN", {"begin"}),
        ("UNINSTRUMENTED", {"instrument", "pipe"}),
        ("PIPED", {"instrument", "uninstrument"}),
        ("REFUSED", {"begin"}),
        ("UNREAD", {"begin", "read"}),
        ("HELD", set()),  # the process that first showed the notice sends nothing, to its end
        ("LEFT", set()),
    ],
)
def test_only_the_events_of_its_own_lift_a_bar(bar: str, lifted_by: set[str]) -> None:
    for state, event in itertools.product((state for state in STATES if state & BARS[bar]), EVENTS):
        one = Life(state)
        one.on(event)
        assert one.barred(BARS[bar]) is (event not in lifted_by), (state, event)


def test_nothing_leaves_where_consent_does_not_stand() -> None:
    for state in STATES:
        one = Life(state)
        assert one.consents() or not (one.counts() or one.sends())


def test_a_process_in_which_nothing_happened_leaves_no_trace() -> None:
    vars(sys).pop(life.ATTRIBUTE, None)
    assert life.adopted().bars == 0
    assert not hasattr(sys, life.ATTRIBUTE)


@pytest.mark.parametrize("state", STATES)
def test_code_that_was_purged_hands_its_bars_over_and_lets_go(state: int) -> None:
    older, let_go = Life(state), []
    older.retire = lambda: let_go.append(older.bars)
    older.provider = "a provider"
    older.on("fork")  # any event: it is alive
    newer = life.adopted()
    assert newer.bars == state & ~(BARS["UNREAD"] | BARS["LEFT"])
    assert (let_go, newer.provider) == ([state], "a provider")
    assert getattr(sys, life.ATTRIBUTE) is newer


def test_a_purged_life_counts_nothing_and_does_not_come_back() -> None:
    older = Life()
    older.on("begin")
    newer = life.adopted()
    older.on("purge")
    assert not older.counts()
    assert not older.starts()
    assert getattr(sys, life.ATTRIBUTE) is newer
