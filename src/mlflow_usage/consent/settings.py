"""The user's settings file.

Decides what `settings.toml` says. It must never guess: an invalid file is off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mlflow_usage.consent import toml
from mlflow_usage.consent.mode import Mode
from mlflow_usage.installation import state
from mlflow_usage.namedtuple import NamedTuple

if TYPE_CHECKING:
    from pathlib import Path

FILE: Final = state.SETTINGS_FILE
KEYS: Final = frozenset({"mode", "endpoint"})


class UserSettings(NamedTuple):
    """The content of the user's settings file; `problem` says why it is invalid, in which case `mode` is off."""

    mode: Mode | None = None
    endpoint: str | None = None
    path: str = ""
    problem: str = ""


def read(directory: Path | None, *, importing: bool = True) -> UserSettings | None:
    """Read `settings.toml` of the state directory; None where there is no directory or file. Never writes.

    Raises:
        UnreadError: as `toml.parse`.

    """
    if directory is None or state.absent(path := directory / FILE):
        return None
    try:
        if reason := state.problem(directory):
            return _invalid(path, reason)
        return parse(toml.parse(state.read_private(path), importing=importing), str(path))
    except (OSError, ValueError, RecursionError) as error:
        reason = getattr(error, "strerror", None)
        return _invalid(path, f"it cannot be read: {reason}" if reason else error)


def parse(table: dict[str, object], path: str) -> UserSettings:
    """Return what a settings table means. An unknown key or value makes all of it off; `problem` says which."""
    if unknown := sorted(set(table) - KEYS):
        return _invalid(path, f"unknown key {unknown[0]!a}")
    mode, endpoint = table.get("mode"), table.get("endpoint")
    if mode not in (None, "on", "local", "off"):
        return _invalid(path, "mode is not on, local or off")
    if not (endpoint is None or isinstance(endpoint, str)):
        return _invalid(path, "endpoint is not a string")
    return UserSettings(None if mode is None else Mode(mode), endpoint, path)


def write(directory: Path, *, mode: Mode | None, endpoint: str | None) -> None:
    """Replace the settings file as a whole; leave a None out, and remove the file where both are None.

    Raises:
        ValueError: the endpoint holds a character that the file cannot.
        OSError: the state directory may not be used, or as the system says; the old file is then untouched.

    """
    table = {"mode": mode.value if mode else None, "endpoint": endpoint}
    content = toml.dump({key: value for key, value in table.items() if value is not None})
    if content:
        state.write_private(directory / FILE, content)
    else:
        (directory / FILE).unlink(missing_ok=True)


def _invalid(path: object, reason: object) -> UserSettings:
    return UserSettings(Mode.OFF, None, str(path), str(reason))
