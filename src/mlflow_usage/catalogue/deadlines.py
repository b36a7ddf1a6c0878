"""The chain of deadlines: how long a call may be on its way, from a journal to the published week.

Each deadline is the sum of the one before and a margin, so raising the first moves all that depend on it. Decides nothing else. A number of
days that one part promises and another relies on must never be written anywhere but here.
"""

from __future__ import annotations

from typing import Final

# A dead process's journal waits this long for a later process, then its calls are given up and told as dropped.
JOURNAL_DAYS: Final = 7

# The table believes the day that a client states up to this long before the receipt. One day more than a journal waits: a call made at
# the end of one day in UTC can be sent on the last day of the wait, and be received on the next.
BELIEVED_DAYS: Final = JOURNAL_DAYS + 1

# A client's clock may run ahead by this much, time zones included; more is no time that is believed.
AHEAD_DAYS: Final = 1

# A week is published this long after its last day. One day more than a client's time is believed: by then the loader has seen every record
# that can still fall into the week.
PUBLISHED_DAYS: Final = BELIEVED_DAYS + 1

# The loader compares a record's uid with what was received this long before and after. One day more than a week waits for its publication,
# so a record that is sent again counts once in whatever was published.
DEDUPE_DAYS: Final = PUBLISHED_DAYS + 1

# Single records are kept this long; so is the place of a deprecated element, whose last records are then gone.
RETENTION_MONTHS: Final = 13

# The site counts this much history from the table: less than the retention, so no week is counted from what deletion by age has left.
HISTORY_WEEKS: Final = 53
