"""Processes that MLflow starts for itself: its scripts, servers and workers.

Decides whether this is one, by the interpreter's arguments and a few variables of MLflow's. No person's calls are made in such a process,
so a session must never begin there.
"""

from __future__ import annotations

import os
import sys
from typing import Final

SERVERS: Final = ("uvicorn", "gunicorn", "waitress", "huey_consumer")  # what `mlflow server`, `models serve` and `gateway start` run
SERVING: Final = ("_MLFLOW_SERVER_FILE_STORE", "_MLFLOW_SERVER_ARTIFACT_ROOT")  # set for an application that is not MLflow's own, too


def helper_process() -> bool:
    """Whether MLflow started this process for itself: its own scripts run as `__main__`, and nobody's calls are in them."""
    module = _run_as_module(sys.orig_argv)
    if module.startswith("mlflow.") and module.partition(".")[2].partition(".")[0] != "cli":
        return True
    if _serves([*sys.orig_argv, *getattr(sys, "argv", ())]):
        return True
    main, mlflow = sys.modules.get("__main__"), sys.modules.get("mlflow")
    path, places = getattr(main, "__file__", None), getattr(mlflow, "__path__", None)
    if not path or not places:
        return False
    script, home = os.path.abspath(path), os.path.abspath(next(iter(places)))  # noqa: PTH100  Path.resolve would follow links
    # `python -m mlflow` is a person's own command.
    return script.startswith(home + os.sep) and not script.endswith("__main__.py")


def _serves(arguments: list[str]) -> bool:
    """Whether this is a server's process, or a worker's, that MLflow started: it names an application of MLflow's, or has its variables."""
    if not any(server in argument for argument in arguments for server in SERVERS):
        return False
    return any(map(os.environ.__contains__, SERVING)) or any(
        argument.startswith("mlflow.") and (":" in argument or argument.startswith("mlflow.server.")) for argument in arguments
    )


def _run_as_module(arguments: list[str]) -> str:
    """The module of `python -m module`, from the interpreter's own arguments: `__main__` does not know it yet. Else empty."""
    rest = iter(arguments[1:])
    for argument in rest:
        if not argument.startswith("-") or argument.startswith("--"):
            return ""
        for index, letter in enumerate(argument[1:], 2):
            if letter == "c":
                return ""
            if letter in "mXW":  # these take a value: what follows the letter, or the next argument
                value = argument[index:] or next(rest, "")
                if letter == "m":
                    return value
                break
    return ""
