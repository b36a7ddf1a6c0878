"""Environments that carry a policy: a thin virtual environment of its own prefix over the packages of another."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path


def environment(place: Path, policy: str | None = None, base: Path | None = None) -> Path:
    """The Python of a new environment at `place` with the packages of `base` (default: of this one) and `policy`, if there is one."""
    base = base or Path(sys.executable)
    ask = "import sysconfig; print(sysconfig.get_path('purelib'))"
    packages = subprocess.run([base, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    subprocess.run([base, "-m", "venv", "--without-pip", "--symlinks", place], check=True)
    (own,) = place.glob("lib/python*/site-packages")
    (own / "packages.pth").write_text(f"import site; site.addsitedir({packages!r})\n")
    if policy is not None:
        path = place / "etc" / "mlflow-usage" / "policy.toml"
        path.parent.mkdir(parents=True)
        path.write_text(policy)
    return place / "bin" / "python"
