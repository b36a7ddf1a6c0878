"""Which periods are published, and what they are called."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from mlflow_usage.site.periods import Period, every_day, final_weeks, frozen_on, periods_to
from support.site_builds import build, data
from support.usage_rows import row, write

MONDAY = date(2026, 3, 2)
FINAL = MONDAY + timedelta(days=15)  # the first day of receipt that makes its week final


@pytest.mark.parametrize(("received", "weeks"), [(FINAL - timedelta(days=1), []), (FINAL, ["2026-W10"])])
def test_a_week_is_published_nine_days_after_its_end(tmp_path: Path, out: Path, received: date, weeks: list[str]) -> None:
    rows = [row(number, MONDAY, "mlflow.log_metric") for number in range(25)]
    build(write(tmp_path / "t", [*rows, row(1, received, "mlflow.log_metric")]), out)
    assert [period["period"] for period in data(out, "calls")["periods"]] == weeks


def test_a_week_is_final_on_one_day_however_it_is_asked() -> None:
    assert frozen_on(MONDAY) == frozen_on(MONDAY + timedelta(days=6)) == FINAL
    assert final_weeks(FINAL).last == MONDAY + timedelta(days=6)
    assert final_weeks(FINAL - timedelta(days=1)).last == MONDAY - timedelta(days=1)


def test_what_is_published_is_not_counted_again() -> None:
    span = every_day(MONDAY, MONDAY + timedelta(days=3))
    assert span.after(None) == span
    assert span.after(MONDAY).since == MONDAY + timedelta(days=1)
    assert span.after(span.last).since == span.until


def test_a_week_is_named_by_its_iso_year_and_told_by_its_days() -> None:
    week = Period(date(2026, 12, 28), "week")
    assert (week.id, week.short, week.text) == ("2026-W53", "28 Dec", "28 December 2026 to 3 January 2027")
    assert Period(MONDAY, "week").text == "2 to 8 March 2026"
    assert (Period(MONDAY, "day").id, Period(MONDAY, "day").text) == ("2026-03-02", "2 March 2026")


def test_periods_end_with_the_last_oldest_first() -> None:
    assert [period.id for period in periods_to(Period(MONDAY, "week"), 3)] == ["2026-W08", "2026-W09", "2026-W10"]
