"""Shared fixtures, and a Ctrl-C that works: a run in the background would make its children ignore it."""

from __future__ import annotations

import signal

from support.other_user import public_place
from support.process_stage import stage

__all__ = ["public_place", "stage"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
