"""The commands of `mlflow`: a call counts when the body of a command is entered.

Decides whether a person ran the command. The module is loaded once a module that defines commands has been imported, never before. It must
never read an option that click parsed, but for the one by which MLflow marks a command that it runs itself.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType
from typing import Final

from mlflow_usage.instrumentation.caller import BETWEEN, MAX_FRAMES
from mlflow_usage.instrumentation.meter import Meter

RUN: Final = "mlflow.cli.run"
BY_MLFLOW: Final = "run_id"  # of `mlflow run`: only a command that `mlflow.run(synchronous=False)` starts carries it
MAIN: Final = ("__main__", "mlflow.__main__")  # a person's shell


def entered(meter: Meter, event: str) -> Callable[[], bool]:
    """Return the question of a command's body: asked when it is entered, it counts, and answers that no wrapper needs to run."""

    def notice() -> bool:
        try:
            if counts(sys._getframe(1)) and not given_by_mlflow(event):  # noqa: SLF001  the way to a caller's globals
                meter.record(event)
        except Exception:  # noqa: BLE001  the boundary: nothing of ours reaches the command
            return False
        return False

    return notice


def counts(frame: FrameType | None) -> bool:
    """Return whether a command entered from `frame` counts: it was no module of MLflow that invoked click."""
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
    """Return whether click is on its way to a command below this one, or MLflow gave this one to a process of its own."""
    context = sys.modules["click"].get_current_context(silent=True)
    if context is None:
        return False
    return context.invoked_subcommand is not None or (event == RUN and context.params.get(BY_MLFLOW) is not None)
