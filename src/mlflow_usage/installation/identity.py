"""Identity: the installation's random secret, and session ids.

Decides how an installation is counted without being identified: the secret is random and made for this purpose only. Records carry its
SHA-256; the secret leaves only with a request to erase everything. It must never be derived from the machine or the user.
"""

from __future__ import annotations

import os
import time
import uuid
from typing import TYPE_CHECKING, Final, NewType

from mlflow_usage.installation import state
from mlflow_usage.namedtuple import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

Secret = NewType("Secret", str)
Digest = NewType("Digest", str)

FILE: Final = "installation"
_REPAIR: Final = "installation-repair-"
SECRET_DIGITS: Final = 64  # hexadecimal
_READ_BYTES: Final = 4096
# Where hard links are missing, another process may be between creating the file and writing it.
_PATIENCE: Final = (0.01, 0.02, 0.04)


class Installation(NamedTuple):
    """The installation's secret; `lasting` is false where it could not be kept and is this process's own."""

    secret: Secret
    lasting: bool

    def __repr__(self) -> str:
        """Return a text without the secret."""
        return f"Installation(secret=…, lasting={self.lasting})"


class _GarbageError(Exception):
    """The file does not hold a secret; the argument is its content."""


_remembered: list[Secret] = []


def obtain(directory: Path | None) -> Installation:
    """Return the installation's secret, making it where there is none. Never raises.

    However many processes ask at once, all get the same one: it is made under a private name and linked into place, and the first
    link wins. Where the directory cannot be used, the secret lives in this process's memory (a forked child keeps it).
    """
    if directory is not None:
        try:
            return Installation(_lasting(state.ensure(directory) / FILE), lasting=True)
        except (OSError, _GarbageError):
            pass
    if not _remembered:
        _remembered.append(_new())
    return Installation(_remembered[0], lasting=False)


def read(directory: Path | None) -> Secret | None:
    """Return the secret that is kept, or None where there is none or it cannot be read. Makes nothing, never raises."""
    try:
        return None if directory is None or state.problem(directory) else _read(directory / FILE)
    except (OSError, _GarbageError):
        return None


def reset(directory: Path) -> Secret | None:
    """Forget the secret and return it, or None where there was none; the next `obtain` makes another.

    Of several calls at once one gets it. A process that has already obtained the secret keeps it until it obtains again.

    Raises:
        OSError: the file cannot be removed; the secret is then still in use.

    """
    _remembered.clear()
    path = directory / FILE
    retired = path.with_name(f".{FILE}.{os.getpid()}-{os.urandom(8).hex()}")
    try:
        os.replace(path, retired)  # noqa: PTH105  # Path.replace is the same call
    except (FileNotFoundError, NotADirectoryError):
        return None
    for repair in directory.glob(f"{_REPAIR}*"):
        repair.unlink(missing_ok=True)
    try:
        return _read(retired)
    except _GarbageError:
        return None
    finally:
        retired.unlink(missing_ok=True)


def digest(secret: Secret) -> Digest:
    """Return the SHA-256, in lower-case hex, of the secret's 64 ASCII characters (the hex text itself, without a line break)."""
    import hashlib  # noqa: PLC0415  # not at decision time

    return Digest(hashlib.sha256(secret.encode("ascii")).hexdigest())


def new_session() -> str:
    """Return a random UUID (version 4) as text."""
    return str(uuid.uuid4())


def _new() -> Secret:
    return Secret(os.urandom(32).hex())


def _lasting(path: Path) -> Secret:
    found = _patient(path)
    if isinstance(found, bytes):
        return _repair(path, found)
    if found is None:
        secret = _new()
        if _create(path, secret):
            return secret
        found = _patient(path)
    if found is None or isinstance(found, bytes):
        raise _GarbageError(found)
    return found


def _patient(path: Path) -> Secret | bytes | None:
    """Return the secret, the garbage that remained for 70 ms, or None where there is no file."""
    for pause in (*_PATIENCE, None):
        try:
            return _read(path)
        except _GarbageError as garbage:
            if pause is None:
                return bytes(garbage.args[0])
        time.sleep(pause)
    return None


def _read(path: Path) -> Secret | None:
    try:
        descriptor = state.open_private(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        content = os.read(descriptor, _READ_BYTES)
    finally:
        os.close(descriptor)
    secret = content.removesuffix(b"\n")
    if len(secret) != SECRET_DIGITS or secret.translate(None, b"0123456789abcdef"):
        raise _GarbageError(content)
    return Secret(secret.decode("ascii"))


def _create(path: Path, secret: Secret) -> bool:
    """Put a secret at `path` unless something is there; returns whether it surely is this one now."""
    content = f"{secret}\n".encode()
    draft = state.new_private(path, content, durable=False)  # on the caller's thread; what a power cut leaves is repaired
    try:
        os.link(draft, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without hard links
        _create_directly(path, content)
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True


def _create_directly(path: Path, content: bytes) -> None:
    try:
        descriptor = state.open_private(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    except FileExistsError:
        return
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)


def _repair(path: Path, garbage: bytes) -> Secret:
    """Replace garbage so that all processes that saw it agree.

    They meet at a file named after the garbage. The first to create it chooses the secret, and every process copies that one over the
    garbage, so a late one writes the same again.
    """
    import hashlib  # noqa: PLC0415  # as in `digest`

    meeting = path.with_name(_REPAIR + hashlib.sha256(garbage).hexdigest()[:16])
    _create(meeting, _new())
    secret = _patient(meeting)
    if secret is None or isinstance(secret, bytes):
        raise _GarbageError(secret)
    state.write_private(path, f"{secret}\n".encode())
    return secret
