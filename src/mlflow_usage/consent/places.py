"""The places of policies.

Decides where the machine's policy and the environment's are. It must never ask a variable: a user could then point a policy away.
"""

from __future__ import annotations

import sys
from typing import Final

FILE: Final = "policy.toml"


def machine(platform: str = sys.platform) -> str:
    """Return the path of the machine's policy. `%ProgramData%` is the user's to change, so Windows is asked by its registry."""
    if platform == "win32":
        return f"{_windows_folder()}\\mlflow-usage\\{FILE}"
    if platform == "darwin":
        return f"/Library/Application Support/mlflow-usage/{FILE}"
    return f"/etc/mlflow-usage/{FILE}"


def environment(prefix: str = sys.prefix) -> str:
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
