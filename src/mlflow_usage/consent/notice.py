"""The notice: the one line that says that usage is counted.

Decides its text, which process shows it, and where it appears. The notice must never appear twice for an installation and catalogue
revision, appear while the mode is off, or fail. Nothing else may reach the host's output.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING, Final, TextIO

from mlflow_usage.catalogue.tables import NOTICE
from mlflow_usage.consent.mode import Mode
from mlflow_usage.installation import state

if TYPE_CHECKING:
    from collections.abc import Container
    from pathlib import Path

    from mlflow_usage.consent.decision import Decision

LOGGER: Final = "mlflow_usage"


def text(decision: Decision) -> str:
    """Return the notice as one line: what, why, where it goes, how to see it, how to turn it off."""
    sent = f"It is sent to {decision.endpoint.origin}."
    where = sent if decision.mode is Mode.ON else "It is kept on this machine and not sent."
    return (
        f"mlflow-usage counts {NOTICE}. It shows those who maintain MLflow, or run it for you, what is used. {where}"
        " See it: `mlflow-usage preview`. Turn it off: `mlflow-usage off`, or set MLFLOW_DISABLE_TELEMETRY=true."
    )


def marker(revision: int) -> str:
    """Return the name of the file that marks the notice of a catalogue revision as shown."""
    return f"notice-{revision}"


def was_shown(directory: Path | None, revision: int) -> bool:
    """Return whether a process of the installation has shown the notice of a revision. Read only."""
    return directory is not None and os.path.lexists(directory / marker(revision))


def show_once(
    decision: Decision,
    directory: Path | None,
    revision: int,
    *,
    stderr: TextIO | None = None,
    modules: Container[str] | None = None,
) -> bool:
    """Show the notice unless a process of the installation has; return whether this one showed it first. Never raises.

    Without a usable state directory nobody can know, so every process shows it as the first. `stderr` and `modules` default to those of
    `sys`.
    """
    if decision.mode is Mode.OFF or not _claim(directory, revision):
        return False
    with contextlib.suppress(Exception):  # a closed or odd stream of the host's; the notice is in `status` too
        _show(text(decision), sys.stderr if stderr is None else stderr, sys.modules if modules is None else modules)
    return True


def _claim(directory: Path | None, revision: int) -> bool:
    if directory is None:
        return True
    try:
        if was_shown(directory, revision):
            return False
        state.ensure(directory)
        os.close(state.open_private(directory / marker(revision), os.O_WRONLY | os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    except OSError:
        return True
    return True


def _show(line: str, stderr: TextIO | None, modules: Container[str]) -> None:
    if stderr is not None and ("ipykernel" in modules or stderr.isatty()):
        stderr.write(f"{line}\n")
        stderr.flush()
    else:
        import logging  # noqa: PLC0415  # MLflow has it; here only where nobody watches

        logging.getLogger(LOGGER).info(line)
