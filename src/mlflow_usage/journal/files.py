"""Journals on disk: made, owned by one process at a time, adopted when their process is dead, removed.

Decides who may write to a journal: the process that holds the lock of the lock file next to it. A lock is never unlocked: it ends when its
descriptor is closed, at the latest with the process. This module must never map a file that is not fully written, follow a link, or wait
for a lock.
"""

from __future__ import annotations

import mmap
import os
import re
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final
from weakref import WeakSet

from mlflow_usage import filelock
from mlflow_usage.installation.state import SAFE_FLAGS
from mlflow_usage.journal.batch import JournalError
from mlflow_usage.journal.layout import SIZES, Journal, blank

JOURNAL: Final = ".journal"  # of format 1; another format takes another suffix, so that versions side by side leave each other's alone
LOCK: Final = ".lock"
# And every "fuse.*", which can be anything (sshfs, s3fs, gcsfuse, dbfs).
NETWORK: Final = frozenset(
    {"9p", "afs", "autofs", "beegfs", "ceph", "cifs", "fuse", "gpfs", "lustre", "ncpfs", "nfs", "nfs3", "nfs4", "smb3", "smbfs"}
)
ESCAPED: Final = r"\\([0-7]{3})"  # how /proc/self/mounts writes spaces, tabs, line ends and backslashes
_FLAGS: Final = os.O_RDWR | SAFE_FLAGS


class Owned:
    """A journal whose lock this process holds; without a path it lives in memory and dies with the process."""

    __slots__ = ("__weakref__", "journal", "lock", "path")

    def __init__(self, journal: Journal, path: Path | None = None, lock: int = -1) -> None:
        """Hold `journal`, its file and the descriptor of its lock file."""
        self.journal, self.path, self.lock = journal, path, lock
        if lock >= 0:
            _HELD.add(self)

    @property
    def unsettled(self) -> bool:
        """Whether something in it still has to be delivered."""
        return self.journal.pending or self.journal.dirty or self.journal.unreported > 0

    def abandon(self) -> None:
        """Close the descriptor and keep the files. In a forked child the lock stays with the parent."""
        if self.lock >= 0:
            with suppress(OSError):
                os.close(self.lock)
            self.lock = -1

    def remove(self) -> None:
        """Delete the files, the journal first, because a lock file alone belongs to nobody."""
        if self.path is not None:
            for path in (self.path, self.path.with_suffix(LOCK)):
                with suppress(OSError):
                    path.unlink()
        self.abandon()


_HELD: Final[WeakSet[Owned]] = WeakSet()


def leave_to_parent() -> None:
    """In a forked child: close every lock that the parent holds, so that the child's life does not keep a journal from being taken."""
    for owned in tuple(_HELD):
        owned.abandon()


def create(directory: Path, meta: Mapping[str, Any], size: int, birth: int) -> Owned:
    """Make a journal of `size` bytes and own it.

    Raises:
        OSError: the directory cannot be written, the disk is full, or the lock is not to be had.
        JournalFullError: the meta does not fit.
    """
    data = blank(size, meta, birth)
    for _ in range(3):
        with suppress(BlockingIOError):  # another process swept the lock file away before it was locked
            return _create(directory, data)
    return _create(directory, data)


def _create(directory: Path, data: bytearray) -> Owned:
    name = os.urandom(16).hex()
    path, lock_path = directory / (name + JOURNAL), directory / (name + LOCK)
    lock = os.open(lock_path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        if not filelock.take(lock) or not still_named(lock, lock_path):
            raise BlockingIOError(str(lock_path))  # noqa: TRY301  cleaned up below like any other failure
        descriptor = os.open(path, _FLAGS | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            # A sparse file would kill the host with SIGBUS when the disk fills up: every block is written first.
            if os.write(descriptor, data) != len(data):
                msg = "the journal could not be written whole"
                raise OSError(msg)
            mapped = mmap.mmap(descriptor, len(data))
        finally:
            os.close(descriptor)
        return Owned(Journal(mapped), path, lock)
    except BaseException:
        for leftover in (path, lock_path):
            with suppress(OSError):
                leftover.unlink()
        os.close(lock)
        raise


def in_memory(meta: Mapping[str, Any], size: int, birth: int) -> Owned:
    """Make the same journal without a file, for a directory that is read-only, full or on a network."""
    return Owned(Journal(blank(size, meta, birth)))


def adopt(path: Path) -> Owned | None:
    """Own the journal of a dead process, or return None if its process lives or another has taken it.

    A file that is no journal is removed, because nothing can ever be read from it.
    """
    lock_path = path.with_suffix(LOCK)
    try:
        lock = os.open(lock_path, _FLAGS | os.O_CREAT, 0o600)
    except OSError:
        return None
    owned: Owned | None = None
    try:
        if not filelock.take(lock) or not still_named(lock, lock_path):
            return None
        try:
            journal = Journal(_map(path))
            journal.verify()
            owned = Owned(journal, path, lock)
        except FileNotFoundError:
            with suppress(OSError):
                lock_path.unlink()
        except (JournalError, ValueError):
            for leftover in (path, lock_path):
                with suppress(OSError):
                    leftover.unlink()
        except OSError:
            return None
    finally:
        if owned is None:
            os.close(lock)
    return owned


def read(path: Path) -> Journal:
    """Return a copy of a journal, of a live process too; lock and change nothing.

    Raises:
        OSError, JournalError: it cannot be read, or is none.
    """
    descriptor = os.open(path, os.O_RDONLY | SAFE_FLAGS)
    try:
        return Journal(bytearray(os.read(descriptor, SIZES[-1] + 1)))
    finally:
        os.close(descriptor)


def scan(directory: Path) -> Iterator[Path]:
    """Yield the journals of a directory, oldest first, of live processes too."""
    with suppress(OSError):
        entries = [entry for entry in os.scandir(directory) if entry.name.endswith(JOURNAL)]
        found = sorted((entry.stat(follow_symlinks=False).st_mtime, entry.path) for entry in entries)
        yield from (Path(path) for _, path in found)


def sweep(directory: Path) -> None:
    """Remove lock files whose journal is gone and whose process is dead."""
    with suppress(OSError):
        for entry in os.scandir(directory):
            if entry.name.endswith(LOCK) and not os.path.lexists(journal := Path(entry.path).with_suffix(JOURNAL)):
                taken = adopt(journal)
                if taken is not None:
                    taken.abandon()


def on_network(directory: Path, mounts: str | None = None) -> bool:
    """Return whether the directory lies on a network file system, where a map and a lock promise nothing.

    `mounts` is the text of /proc/self/mounts; without one, the file system counts as local. A file system on a block device has the
    device number of a driver; one that comes over a network has an anonymous number, of major 0, as some local ones have too.
    """
    if mounts is None:
        try:
            if os.major(directory.stat().st_dev) != 0:
                return False
            mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace")
        except (OSError, AttributeError):  # Windows has no major number, and no mounts to read
            return False
    place, best, kind = f"{os.path.realpath(directory)}/", 0, ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) > 2:  # noqa: PLR2004  device, mount point, type
            point = re.sub(ESCAPED, lambda found: chr(int(found[1], 8)), fields[1]).rstrip("/") + "/"
            if len(point) >= best and place.startswith(point):
                best, kind = len(point), fields[2]
    return kind in NETWORK or kind.startswith("fuse.")


def _map(path: Path) -> mmap.mmap:
    descriptor = os.open(path, _FLAGS)
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size not in SIZES or status.st_nlink != 1:
            msg = "not a journal's file"
            raise JournalError(msg)
        return mmap.mmap(descriptor, status.st_size)
    finally:
        os.close(descriptor)


def still_named(descriptor: int, path: Path) -> bool:
    """Return whether the path still names the opened file: another process may have removed it in between."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except OSError:
        return False
