"""Reports every import of a program's sender on descriptor 1, at once, so that the end of the process is covered too.

Three watchers, because none sees all: a finder in front of all others (a module is looked for, however it was asked for), the audit event
(an import statement that finds nothing loaded), and `__import__` itself (a statement that finds a module, which waits while that module is
still being imported elsewhere).
"""

from __future__ import annotations

import builtins
import importlib.util
import os
import sys
import threading
import traceback
from typing import Any

THREAD = "mlflow-usage"
_busy = threading.local()


def _note(kind: str, name: object) -> None:
    if threading.current_thread().name != THREAD or getattr(_busy, "on", False):
        return
    _busy.on = True
    try:
        frames = [frame for frame in traceback.extract_stack() if "importlib" not in frame.filename and frame.filename != __file__]
        where = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames[-3:]))  # noqa: PTH119
        os.write(1, f"{kind} {name}: {where}\n".encode())
    finally:
        _busy.on = False


class _Finder:
    def find_spec(self, name: str, path: Any = None, target: Any = None) -> None:  # noqa: ARG002  the import system's signature
        _note("looked for", name)


def _audit(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "import":
        _note("import of", arguments[0])


def begin() -> None:
    """Watch from now on."""
    plain = builtins.__import__

    def watched(name: str, *given: Any, **named: Any) -> Any:
        asked = dict(zip(("globals", "locals", "fromlist", "level"), given, strict=False)) | named
        level, package = asked.get("level") or 0, (asked.get("globals") or {}).get("__package__")
        full = importlib.util.resolve_name("." * level + name, package) if level else name
        module = sys.modules.get(full)
        if module is None or getattr(getattr(module, "__spec__", None), "_initializing", False):
            _note("statement for", full)
        return plain(name, *given, **named)

    builtins.__import__ = watched
    sys.meta_path.insert(0, _Finder())  # type: ignore[arg-type]
    sys.addaudithook(_audit)
