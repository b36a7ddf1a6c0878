"""The life of this process: whether calls are counted, and whether what was counted may leave.

This is the one home of "off". The state is a set of bars, each of which stands in the way of something; everything else asks the four
answers below. Decides what each event does to the bars. It must never look anything up, nor drop a bar that the event does not lift.

    event         sets                 lifts                          when
    begin         -                    WITHDRAWN REFUSED UNREAD       MLflow was imported, and every source allows it
    withdraw      WITHDRAWN            -                              a source says off from here on
    disable       DISABLED             -                              `mlflow_usage.disable()`
    enable        -                    DISABLED                       `mlflow_usage.enable()`, and no other source says off
    uninstrument  UNINSTRUMENTED       PIPED                          `mlflow_usage.uninstrument()`
    instrument    -                    UNINSTRUMENTED PIPED           `mlflow_usage.instrument()`
    pipe          PIPED                UNINSTRUMENTED                 `mlflow_usage.instrument(logger_provider=…)`
    refuse        REFUSED              -                              the catalogue refuses this process's resource
    hold          HELD                 -                              the notice was first shown here, and the default endpoint is remote
    unread        UNREAD               -                              a new settings or policy file cannot be read on the sender's thread
    read          -                    UNREAD                         a thread of the host has read it
    exit          LEFT                 -                              the process ends, or the system has no thread left
    fork          -                    -                              a child begins with all of its parent's bars
    purge         UNINSTRUMENTED LEFT  -                              our modules were thrown out of `sys.modules`; newer code took over

    answer        yes where none of these is set
    counts        DISABLED UNINSTRUMENTED PIPED WITHDRAWN REFUSED     a call is counted in the journal
    sends         DISABLED WITHDRAWN HELD UNREAD                      what was counted may leave from this process
    starts        LEFT                                                a thread may be started to deliver
    consents      DISABLED WITHDRAWN                                  consent stands; otherwise what is pending is deleted

The object that is alive hangs on `sys`: a purge of `sys.modules` by name, with "mlflow" for a prefix, is common in notebooks, and must not
undo `disable()` or count every call twice.
"""

from __future__ import annotations

import sys
from _thread import allocate_lock
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

# Bits keep their meaning in every version: after an upgrade in a running notebook newer code reads what older code has set.
BARS: Final = {
    "WITHDRAWN": 1, "DISABLED": 2, "UNINSTRUMENTED": 4, "PIPED": 8, "REFUSED": 16, "HELD": 32, "UNREAD": 64, "LEFT": 128,
}  # fmt: skip
WITHDRAWN, DISABLED, UNINSTRUMENTED, PIPED, REFUSED, HELD, UNREAD, LEFT = BARS.values()

# event -> what it sets, what it lifts
EVENTS: Final = {
    "begin": (0, WITHDRAWN | REFUSED | UNREAD),
    "withdraw": (WITHDRAWN, 0),
    "disable": (DISABLED, 0),
    "enable": (0, DISABLED),
    "uninstrument": (UNINSTRUMENTED, PIPED),
    "instrument": (0, UNINSTRUMENTED | PIPED),
    "pipe": (PIPED, UNINSTRUMENTED),
    "refuse": (REFUSED, 0),
    "hold": (HELD, 0),
    "unread": (UNREAD, 0),
    "read": (0, UNREAD),
    "exit": (LEFT, 0),
    "fork": (0, 0),
    "purge": (UNINSTRUMENTED | LEFT, 0),
}
ATTRIBUTE: Final = "_mlflow_usage_life"  # of `sys`, once anything has happened
FREE_THREADED: Final = not getattr(sys, "_is_gil_enabled", lambda: True)()
_LOCK: Final = allocate_lock()


class Life:
    """The bars of this process. One object for as long as the process lives, unless our modules are purged."""

    __slots__ = ("bars", "provider", "retire")

    def __init__(self, bars: int = 0) -> None:
        """Start with some bars."""
        self.bars = bars
        self.provider: Any = None  # of a program's own OpenTelemetry pipeline, while PIPED
        self.retire: Callable[[], None] | None = None  # what lets go of everything, should newer code take over

    def on(self, event: str) -> None:
        """Apply an event of the table; in one step for every other thread, so that none undoes what another sets."""
        sets, lifts = EVENTS[event]
        if FREE_THREADED:
            with _LOCK:
                self.bars = self.bars & ~lifts | sets
        else:  # CPython switches threads at calls and backward jumps only
            self.bars = self.bars & ~lifts | sets
        if event != "purge":
            setattr(sys, ATTRIBUTE, self)

    def barred(self, bars: int) -> bool:
        """Return whether one of some bars is set."""
        return self.bars & bars != 0

    def counts(self) -> bool:
        """Return whether a call is counted in the journal."""
        return not self.bars & (DISABLED | UNINSTRUMENTED | PIPED | WITHDRAWN | REFUSED)

    def sends(self) -> bool:
        """Return whether what was counted may leave from this process."""
        return not self.bars & (DISABLED | WITHDRAWN | HELD | UNREAD)

    def starts(self) -> bool:
        """Return whether a thread may be started to deliver."""
        return not self.bars & LEFT

    def consents(self) -> bool:
        """Return whether consent stands; otherwise what is pending is deleted."""
        return not self.bars & (DISABLED | WITHDRAWN)


def adopted() -> Life:
    """Return the life of this process: taken over from purged code, which then lets go of everything, or a new one."""
    older: Any = getattr(sys, ATTRIBUTE, None)
    if older is None:
        return Life()
    life = Life(older.bars & ~(UNREAD | LEFT))
    life.provider = older.provider
    if older.retire is not None:
        older.retire()
    setattr(sys, ATTRIBUTE, life)
    return life
