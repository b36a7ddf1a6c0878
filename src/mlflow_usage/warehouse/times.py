"""The days and times of a row.

Decides which times are believed. It must never let the client's clock decide anything: a client's time that is far from the receipt is
left out.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from mlflow_usage.catalogue.deadlines import AHEAD_DAYS, BELIEVED_DAYS

SECOND: Final = 1_000_000_000  # nanoseconds
HOUR: Final = 3_600 * SECOND
DAY: Final = 24 * HOUR
EARLIEST: Final = -BELIEVED_DAYS  # days from the receipt to the oldest client's time that is believed
LATEST: Final = AHEAD_DAYS
FIRST_DAY: Final = 18_262  # 2020-01-01 and 2100-01-01, in days since 1970: the days that a Collector's clock can plausibly show
LAST_DAY: Final = 47_482


class Times(NamedTuple):
    """The time columns of a row, in their order: days since 1970, times in microseconds since 1970."""

    event_hour: int | None
    event_day: int | None
    received_day: int
    received_time: int


def times(happened: int | None, received: int | None) -> Times | None:
    """Return the times of a record from the client's and the Collector's, in nanoseconds since 1970; None without a usable receipt."""
    day = (received or 0) // DAY
    if received is None or not FIRST_DAY <= day < LAST_DAY:
        return None
    arrival = (day, received // SECOND * 1_000_000)
    if happened is None or not EARLIEST <= happened // DAY - day <= LATEST:
        return Times(None, None, *arrival)
    return Times(happened // HOUR * 3_600_000_000, happened // DAY, *arrival)
