"""The cheapest no: a variable that says off, where no policy exists.

Decides that before anything of the decision is imported, so whoever opted out pays almost nothing. The gate must never answer where there
is a policy, which may say more: that MLflow's own telemetry is silenced too. It must never look for a policy at a place that a variable
names: a user could point it away.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from mlflow_usage.consent.mode import OFF_VARIABLES, Mode, variable_mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

FILE: Final = "policy.toml"


def machine_policy(platform: str = sys.platform) -> str:
    """Return the path of the machine's policy. `%ProgramData%` is the user's to change, so Windows is asked by its registry."""
    if platform == "win32":
        return f"{_windows_folder()}\\mlflow-usage\\{FILE}"
    if platform == "darwin":
        return f"/Library/Application Support/mlflow-usage/{FILE}"
    return f"/etc/mlflow-usage/{FILE}"


def environment_policy(prefix: str = sys.prefix) -> str:
    """Return the path of the policy of a Python environment: `{sys.prefix}/etc/mlflow-usage/policy.toml`."""
    return f"{prefix}/etc/mlflow-usage/{FILE}"


def _windows_folder() -> str:
    if sys.platform == "win32":
        import winreg  # noqa: PLC0415  # Windows only

        key = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Explorer\Shell Folders"
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as opened:
                return str(winreg.QueryValueEx(opened, "Common AppData")[0])
        except OSError:
            pass
    return "C:\\ProgramData"


def closed(environ: Mapping[str, str], policies: Iterable[str] | None = None) -> bool:
    """Return whether one of `OFF_VARIABLES` says off and there is no policy at any of the paths; if not, ask the decision."""
    if variable_mode(tuple(environ.get(name) for name in OFF_VARIABLES)) is not Mode.OFF:
        return False
    return not governed(policies)


def governed(policies: Iterable[str] | None = None) -> bool:
    """Return whether there may be a policy at any of the paths."""
    return any(_may_exist(path) for path in (policies or (machine_policy(), environment_policy())))


def _may_exist(path: str) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return False
    except (OSError, ValueError):
        return True
    return True
