"""The periods that figures are published for.

Decides which periods may be published: whole ISO weeks that no record can reach any more; in a demo, every day. Must never read the clock:
the same table gives the same periods.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

from mlflow_usage.catalogue.deadlines import HISTORY_WEEKS, PUBLISHED_DAYS

Unit: TypeAlias = Literal["week", "day"]
FREEZE: Final = timedelta(days=PUBLISHED_DAYS)
HISTORY: Final = timedelta(weeks=HISTORY_WEEKS)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """One week or day; its first and last day."""

    start: date
    unit: Unit

    @property
    def end(self) -> date:
        """The last day."""
        return self.start + timedelta(days=6 if self.unit == "week" else 0)

    @property
    def id(self) -> str:
        """`2026-W45` or `2026-11-02`."""
        if self.unit == "day":
            return self.start.isoformat()
        year, week, _ = self.start.isocalendar()
        return f"{year}-W{week:02d}"

    @property
    def short(self) -> str:
        """The first day, for an axis."""
        return f"{self.start.day} {self.start:%b}"

    @property
    def text(self) -> str:
        """The period, for a sentence."""
        if self.unit == "day":
            return f"{self.start.day} {self.start:%B %Y}"
        year = f" {self.start.year}" if self.start.year != self.end.year else ""
        month = f" {self.start:%B}" if self.start.month != self.end.month else ""
        return f"{self.start.day}{month}{year} to {self.end.day} {self.end:%B %Y}"


@dataclass(frozen=True, slots=True)
class Span:
    """The periods to count: their unit, the first day and the day after the last."""

    unit: Unit
    since: date
    until: date

    def after(self, last: date | None) -> Span:
        """Return the periods that come after `last`, the day up to which figures are published."""
        return self if last is None else Span(self.unit, max(self.since, last + DAY), self.until)

    @property
    def last(self) -> date:
        """The last day to count."""
        return self.until - DAY


def monday(day: date) -> date:
    """Return the first day of the day's ISO week."""
    return day - timedelta(days=day.weekday())


def final_weeks(received_to: date) -> Span:
    """Return the whole weeks that no record can reach any more, if the table holds everything received before `received_to`."""
    until = monday(received_to - FREEZE + DAY)
    return Span("week", until - HISTORY, until)


def every_day(first: date, last: date) -> Span:
    """Return every day from `first` to `last`."""
    return Span("day", first, last + DAY)


def frozen_on(day: date) -> date:
    """Return the first day of receipt that makes the day's week final."""
    return monday(day) + timedelta(days=6) + FREEZE


def periods_to(last: Period, length: int) -> Iterator[Period]:
    """Yield the `length` periods that end with `last`, oldest first."""
    step = timedelta(days=7 if last.unit == "week" else 1)
    for back in range(length - 1, -1, -1):
        yield Period(last.start - back * step, last.unit)
