"""What every test starts from: an interrupt that is one, also where the run was put in the background, which makes children ignore it."""

from __future__ import annotations

import signal

from support.other_user import public_place
from support.process_stage import stage

__all__ = ["public_place", "stage"]

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
