"""The commands of `mlflow`: a call counts when the body of a command is entered.

Decides whether it was a person who gave the command. Loaded when a module that defines commands has been imported, never before. It must
never touch what click parsed but for the one option by which MLflow marks a command that it gives itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

from mlflow_usage.instrumentation.caller import BETWEEN, MAX_FRAMES
from mlflow_usage.instrumentation.meter import Meter

RUN: Final = "mlflow.cli.run"
BY_MLFLOW: Final = "run_id"  # of `mlflow run`: what `mlflow.run(synchronous=False)` starts carries it, and only that
MAIN: Final = ("__main__", "mlflow.__main__")  # a person's shell, whatever stands behind it


def entered(meter: Meter, event: str) -> Callable[[], bool]:
    """What notices that a command's body is entered: it counts, and answers that no wrapper needs to run."""

    def notice() -> bool:
        try:
            if counts(sys._getframe(1)) and not given_by_mlflow(event):  # noqa: SLF001  the way to a caller's globals
                meter.record(event)
        except Exception:  # noqa: BLE001  the boundary: nothing of ours reaches the command
            return False
        return False

    return notice


def counts(frame: FrameType | None) -> bool:
    """Whether a command entered from `frame` counts: what invoked click is not a module of MLflow."""
    for _ in range(MAX_FRAMES):
        if frame is None:
            return True
        name = dict.get(frame.f_globals, "__name__")
        if type(name) is not str or name in MAIN:
            return True
        top = name.partition(".")[0]
        if top == "mlflow":
            return False
        if top != "click" and top not in BETWEEN:
            return True
        frame = frame.f_back
    return True


def given_by_mlflow(event: str) -> bool:
    """Whether click is on its way to a command below this one, or MLflow gave this one to a process of its own."""
    context = sys.modules["click"].get_current_context(silent=True)
    if context is None:
        return False
    return context.invoked_subcommand is not None or (event == RUN and context.params.get(BY_MLFLOW) is not None)
