"""Policies: what the machine's owner or an environment's builder allows.

Decides what a policy says, and whether an environment's policy is trusted. It must never let a user escape: an unreadable or invalid
policy is off.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from mlflow_usage.consent import endpoint as endpoints
from mlflow_usage.consent import toml
from mlflow_usage.consent.mode import Mode
from mlflow_usage.installation import state
from mlflow_usage.namedtuple import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

PolicyKind: TypeAlias = Literal["machine", "environment"]
MAX_FILE_BYTES: Final = 65_536
_PATHS: Final = ("certificate", "client_certificate", "client_key")
KEYS: Final = frozenset({"mode", "endpoint", "headers", "builtin", *_PATHS})


class Policy(NamedTuple):
    """The content of a policy file.

    `silences_builtin`: MLflow's own telemetry is silenced too. `trusted`: the process's user cannot write the file, so all of it counts
    and not only what restricts. `problem`: why it is invalid, in which case `mode` is off.
    """

    kind: PolicyKind
    path: str
    trusted: bool = True
    mode: Mode | None = None
    endpoint: str | None = None
    headers: endpoints.Headers = ()
    certificate: str | None = None
    client_certificate: str | None = None
    client_key: str | None = None
    silences_builtin: bool = False
    problem: str = ""

    @property
    def ignored(self) -> str:
        """The part of the policy that does not count, in a few words; empty where all of it does."""
        beyond = self.endpoint not in {None, endpoints.NONE} or self.headers or self.certificate
        return "its endpoint, headers and certificates do not count: this user can write it" if beyond and not self.trusted else ""

    @property
    def source(self) -> str:
        """The policy's name for a person: its kind and path."""
        return f"{self.kind} policy {self.path}"

    def __repr__(self) -> str:
        """Return everything but the headers' values: they are secrets, and a repr ends up in logs."""
        shown = {**self._asdict(), "headers": tuple((name, "…") for name, _ in self.headers)}
        return f"Policy({', '.join(f'{name}={value!r}' for name, value in shown.items())})"


def read(kind: PolicyKind, path: str, *, importing: bool = True) -> Policy | None:
    """Read a policy, or return None where there is none. Links are followed: configuration systems use them.

    Raises:
        UnreadError: as `toml.parse`.

    """
    trusted = kind == "machine"
    try:
        with open(path, "rb", opener=_open) as file:  # Path.open takes no opener
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                return _invalid(kind, path, "it is not a regular file")
            trusted = trusted or not user_may_write(path)
            content = file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None if state.absent(path) else _invalid(kind, path, "it is a symbolic link to nothing")
    except OSError as error:
        return _invalid(kind, path, f"it cannot be read: {error.strerror}")
    if len(content) > MAX_FILE_BYTES:
        return _invalid(kind, path, f"it is larger than {MAX_FILE_BYTES} bytes")
    try:
        return parse(toml.parse(content, importing=importing), kind, path, trusted=trusted)
    except (ValueError, RecursionError) as error:
        return _invalid(kind, path, f"it is not valid TOML: {error}")


def _open(path: str, flags: int) -> int:
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))  # a FIFO there must not hang `import mlflow`


def parse(table: dict[str, object], kind: PolicyKind, path: str, *, trusted: bool) -> Policy:
    """Return what a policy's table means. An unknown key or value makes it invalid, hence off; `builtin = "off"` counts all the same."""
    silences = table.get("builtin") == "off"
    if reason := _table_problem(table):
        return _invalid(kind, path, reason, silences_builtin=silences)
    mode, endpoint, headers = table.get("mode"), table.get("endpoint"), table.get("headers", {})
    assert isinstance(headers, dict)  # noqa: S101  # _table_problem has looked
    paths = {name: str(table[name]) for name in _PATHS if name in table}
    return Policy(
        kind,
        path,
        trusted=trusted,
        mode=None if mode is None else Mode(mode),
        endpoint=None if endpoint is None else str(endpoint).strip(),
        headers=tuple((str(name).lower(), str(value)) for name, value in headers.items()),
        silences_builtin=silences,
        **paths,
    )


def _table_problem(table: dict[str, object]) -> str | None:  # noqa: PLR0911  # one line per rule
    if unknown := sorted(set(table) - KEYS):
        return f"unknown key {unknown[0]!r}"
    if table.get("mode", "on") not in ("on", "local", "off"):
        return "mode is not on, local or off"
    if table.get("builtin", "off") != "off":
        return "builtin can only be off"
    if bad := [name for name in _PATHS if not isinstance(table.get(name, "-"), str) or not table.get(name, "-")]:
        return f"{bad[0]} is not a path"
    endpoint = table.get("endpoint", endpoints.NONE)
    if not isinstance(endpoint, str):
        return "endpoint is not a string"
    if endpoint.strip() != endpoints.NONE and (reason := endpoints.url_problem(endpoint.strip())):
        return reason
    return _headers_problem(table.get("headers", {}))


def _headers_problem(headers: object) -> str | None:
    if not isinstance(headers, dict):
        return "headers is not a table"
    for name, value in headers.items():
        if not isinstance(value, str):
            return f"header {name!r} is not a string"
        if reason := endpoints.header_problem(name, value):
            return reason
    return None


def _invalid(kind: PolicyKind, path: str, problem: str, *, silences_builtin: bool = False) -> Policy:
    return Policy(kind, path, mode=Mode.OFF, problem=problem, silences_builtin=silences_builtin)


def user_may_write(path: str) -> bool:
    """Return whether the process's user could write a file or replace it: owns or may write it or a directory above it.

    Root is no such user: in a container it is everybody. On Windows, where this cannot be told cheaply, the answer is yes.
    """
    if sys.platform == "win32":
        return True
    user = os.geteuid()
    if user == 0:
        return False
    effective = os.access in os.supports_effective_ids
    for step in _steps(path):
        found = os.lstat(step)
        if found.st_uid == user:
            return True
        # In a sticky directory only an entry's owner replaces it, and the entry is a step of its own.
        shared = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
        if not shared and os.access(step, os.W_OK, effective_ids=effective):
            return True
    return False


def _steps(path: str) -> Iterator[str]:
    """Yield the file and every directory above it, along the path as written and as resolved: a link can be turned elsewhere."""
    for start in dict.fromkeys((os.path.abspath(path), os.path.realpath(path))):  # noqa: PTH100  # Path has no abspath
        step, parent = start, os.path.dirname(start)  # noqa: PTH120  # texts, as the line above yields
        while step != parent:
            yield step
            step, parent = parent, os.path.dirname(parent)  # noqa: PTH120
        yield step
