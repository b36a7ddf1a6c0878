"""The gate: the cheapest no.

Decides whether a variable alone already says off, before anything of the decision is imported: whoever opted out pays almost
nothing. It must never say so where a policy has more to say, such as that MLflow's own telemetry is to be silenced too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mlflow_usage.consent import places
from mlflow_usage.consent.variables import OFF_VARIABLES, variable_mode
from mlflow_usage.mode import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def closed(environ: Mapping[str, str], policies: Iterable[str] | None = None) -> bool:
    """Whether one of `OFF_VARIABLES` says off and there is no policy at any of the paths; if not, ask the decision."""
    if variable_mode(tuple(environ.get(name) for name in OFF_VARIABLES)) is not Mode.OFF:
        return False
    return not governed(policies)


def governed(policies: Iterable[str] | None = None) -> bool:
    """Whether there may be a policy at any of the paths."""
    return any(_may_exist(path) for path in (policies or (places.machine(), places.environment())))


def _may_exist(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True
