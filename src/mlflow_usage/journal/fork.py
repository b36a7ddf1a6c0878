"""The byte that tells a forked child from its parent.

Decides nothing. It must never cost a system call when it is read: every counted call reads it.
"""

from __future__ import annotations

import mmap
from typing import Any, Final

WIPEONFORK: Final = 18  # MADV_WIPEONFORK of Linux 4.14 and later; the mmap module does not name it


def wiped_in_child() -> Any:  # noqa: ANN401  an mmap or bytes
    """Return a byte that is 1 here and 0 in a forked child, also when the fork was made in C and ran no Python handler.

    Linux hands a page marked WIPEONFORK to a child zeroed; reading it is ten times cheaper than `os.getpid`. Elsewhere the byte is always
    1, and only Python's own fork handlers help.
    """
    try:
        page = mmap.mmap(-1, mmap.PAGESIZE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)
        page.madvise(WIPEONFORK)
        page[0] = 1
    except (AttributeError, OSError, ValueError):
        return b"\x01"
    return page
