"""The state directory: where an installation keeps its files.

Decides which directory that is, whether it may be used, and how a private file in it is opened. This module must never create anything but
in `ensure` or a write, follow a symbolic link to a state file, or use a directory that others control.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "mlflow-usage"
DIRECTORY: Final = "MLFLOW_USAGE_DIR"
SETTINGS_FILE: Final = "settings.toml"
MAX_FILE_BYTES: Final = 65_536

# O_NONBLOCK: a FIFO under the name of a state file must not hang `import mlflow`; it changes nothing for a regular file.
SAFE_FLAGS: Final[int] = (
    getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
)
_JUNCTION: Final = 0xA0000003  # IO_REPARSE_TAG_MOUNT_POINT of winnt.h: Windows' other kind of link


class StateError(OSError):
    """The state directory or a file in it may not be used; the message says which and why."""


def locate(environ: Mapping[str, str], *, platform: str = sys.platform) -> Path | None:
    """Return the state directory's absolute path, or None where there is no home. Nothing is read from or written to the disk.

    `MLFLOW_USAGE_DIR` wins (`~` is expanded, a relative path counts from the working directory). Otherwise it is what
    `platformdirs.user_state_path("mlflow-usage")` says; importing that package costs every process 2 ms, hence its rule for POSIX
    is repeated here, and a test compares the two.
    """
    if chosen := environ.get(DIRECTORY, "").strip():
        return Path(os.path.abspath(_expand(chosen, environ)))  # noqa: PTH100  # Path.resolve would follow symbolic links
    if platform == "win32":
        return _windows()
    base = environ.get("XDG_STATE_HOME", "")
    if not base.startswith("/"):
        home = _home(environ)
        if home is None:
            return None
        base = f"{home}/Library/Application Support" if platform == "darwin" else f"{home}/.local/state"
    return Path(base, NAME)


def _expand(chosen: str, environ: Mapping[str, str]) -> str:
    if chosen == "~" or chosen.startswith(("~/", "~\\")):
        home = _home(environ)
        return f"{home}{chosen[1:]}" if home else chosen
    return chosen


def _home(environ: Mapping[str, str]) -> str | None:
    if sys.platform == "win32":
        return environ.get("USERPROFILE")
    home = environ.get("HOME", "")
    if not home.startswith("/"):
        try:
            import pwd  # noqa: PLC0415  # absent on Windows, and rarely needed

            home = pwd.getpwuid(os.getuid()).pw_dir
        except (ImportError, KeyError):
            return None
    return home.rstrip("/") if home.startswith("/") else None


def _windows() -> Path | None:
    try:
        from platformdirs import user_state_path  # noqa: PLC0415  # asks Windows for the folder; needed there only

        return user_state_path(NAME, appauthor=False)
    except (ImportError, OSError, RuntimeError):
        return None


def absent(path: Path | str) -> bool:
    """Return whether there is nothing at a path. Where that is unknown the answer is no, and reading the file says why."""
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def problem(directory: Path) -> str | None:
    """Say why an existing directory may not be used, or return None where it may. A missing one is no problem."""
    try:
        found = os.lstat(directory)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return f"{directory} cannot be read: {error.strerror}"
    reason = None
    if stat.S_ISLNK(found.st_mode) or getattr(found, "st_reparse_tag", 0) == _JUNCTION:
        reason = "is a symbolic link"
    elif not stat.S_ISDIR(found.st_mode):
        reason = "is not a directory"
    elif sys.platform != "win32" and found.st_uid != os.geteuid():
        reason = "belongs to another user"
    elif sys.platform != "win32" and found.st_mode & 0o022:
        reason = "can be written by others (chmod 700 it, or name a directory inside it)"
    elif sys.platform != "win32" and ~found.st_mode & 0o500 and os.geteuid() != 0:
        reason = "cannot be read (chmod 700 it)"
    return reason and f"{directory} {reason}"


def usable(environ: Mapping[str, str]) -> Path | None:
    """Return the state directory where it may be used, whether or not it exists yet; else None. Reads only."""
    directory = locate(environ)
    return None if directory is None or problem(directory) else directory


def ensure(directory: Path) -> Path:
    """Create the directory with mode 0700 where it is missing, check it, and return it.

    Raises:
        StateError: it may not be used or cannot be made.

    """
    try:
        _make(directory)
    except StateError:
        raise
    except OSError as error:
        raise StateError(f"{directory} cannot be made: {error.strerror}") from error
    if reason := problem(directory):
        raise StateError(reason)
    return directory


def _make(directory: Path) -> None:
    missing: list[str] = []
    existing = str(directory)  # a path's own text: this runs at a program's first call
    while not os.path.lexists(existing):
        missing.append(existing)
        existing = os.path.dirname(existing)  # noqa: PTH120
    # `sudo python` keeps HOME: root would leave its files in somebody's home, and lock that person out of the directory for good.
    if missing and sys.platform != "win32" and os.geteuid() == 0 and os.stat(existing).st_uid != 0:  # noqa: PTH116
        raise StateError(f"{existing} belongs to another user; root makes nothing there")
    for path in reversed(missing):
        with contextlib.suppress(FileExistsError):  # another process of this user was first
            os.mkdir(path, 0o700)  # noqa: PTH102


def open_private(path: Path, flags: int) -> int:
    """Open a file of the state directory; made with mode 0600, never through a symbolic link. Returns the descriptor.

    Raises:
        StateError: the file is a link, not regular, another user's, or, for writing, has a second name.
        OSError: as `os.open`.

    """
    if not hasattr(os, "O_NOFOLLOW") and path.is_symlink():
        raise StateError(f"{path} is a symbolic link")
    descriptor = os.open(path, flags | SAFE_FLAGS, 0o600)
    found = os.fstat(descriptor)
    if not stat.S_ISREG(found.st_mode) or (sys.platform != "win32" and found.st_uid != os.geteuid()):
        os.close(descriptor)
        raise StateError(f"{path} is not a regular file of this user")
    # Somebody who could once write to the directory may have left a hard link to another file of this user. Reading is harmless, and a new
    # secret has two names for a moment.
    if flags & (os.O_WRONLY | os.O_RDWR) and found.st_nlink > 1:
        os.close(descriptor)
        raise StateError(f"{path} is a hard link")
    return descriptor


def read_private(path: Path, limit: int = MAX_FILE_BYTES) -> bytes:
    """Read a whole file of the state directory.

    Raises:
        StateError: it is larger than `limit` bytes, or as `open_private`.
        OSError: as `os.open` and `os.read`; FileNotFoundError where there is none.

    """
    with os.fdopen(open_private(path, os.O_RDONLY), "rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise StateError(f"{path} is larger than {limit} bytes")
    return content


def write_private(path: Path, content: bytes) -> None:
    """Replace a file of the state directory as a whole, without a lock: readers see the old content or the new.

    Raises:
        StateError: as `ensure` and `open_private`.
        OSError: as the system says; the old file is then untouched.

    """
    ensure(path.parent)
    draft = new_private(path, content)
    try:
        os.replace(draft, path)  # noqa: PTH105  # Path.replace is the same call
    except OSError:
        draft.unlink(missing_ok=True)
        raise


def new_private(path: Path, content: bytes, *, durable: bool = True) -> Path:
    """Write `content` to a new, uniquely named draft next to `path` and return the draft's path; `durable`: it outlives a power cut.

    Raises:
        OSError: as the system says; no draft remains.

    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{os.urandom(8).hex()}")
    descriptor = open_private(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    try:
        try:
            if os.write(descriptor, content) != len(content):
                raise OSError(f"{draft} could not be written whole")
            if durable:
                os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft
