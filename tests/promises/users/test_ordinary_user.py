"""Where root runs the suite, an ordinary user runs the tests that depend on users and permissions.

The interpreter of a checkout may lie in root's home, as here: then the user's environment is made with the system's Python.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.environments import UV
from support.other_user import NOBODY, enterable, needs_root
from support.repository import ROOT

PARTS = (
    *("tests/consent", "tests/installation", "tests/journal", "tests/delivery", "tests/cli", "tests/promises/security"),
    *("tests/promises/faults/test_host.py", "tests/promises/faults/test_places.py"),
)
SOURCES = (".ci", "collector-config", "docs", "examples", "src", "tests", "LICENSE", "README.md", "pyproject.toml")
PYTHONS = tuple(f"python3.{minor}" for minor in range(10, 15))
ROOT_ONLY = ("needs root, to become another user", "may not mount a small file system", "may not mount a file system")
FACTS = "import sys; print(sys.base_prefix, sys.version_info >= (3, 10), sep='\\n')"


def interpreters() -> Iterator[Path]:
    """Every Python on this machine that every user can start."""
    names = (*PYTHONS, "python3")
    found = (shutil.which(name, path=folder) for folder in (*os.get_exec_path(), "/usr/local/bin", "/usr/bin") for name in names)
    for python in dict.fromkeys([f"{sys.base_prefix}/bin/python{sysconfig.get_python_version()}", *filter(None, found)]):
        if not Path(python).exists() or not enterable(Path(python).resolve().parent):
            continue
        asked = subprocess.run(
            [python, "-c", FACTS], capture_output=True, text=True, check=False, user=NOBODY, group=NOBODY, extra_groups=[]
        )
        if asked.returncode == 0 and asked.stdout.splitlines()[1] == "True":
            yield Path(python)


def give(place: Path) -> None:
    """Make everything below a directory the user's."""
    for directory, folders, files in os.walk(place):
        for name in (".", *folders, *files):
            os.chown(Path(directory, name), NOBODY, NOBODY, follow_symlinks=False)


@pytest.mark.slow
@needs_root
def test_an_ordinary_user_sees_what_root_sees(public_place: Path) -> None:
    """A checkout, an environment, a home and a temporary directory that are the user's own."""
    python = next(interpreters(), None)
    assert python is not None, "no Python that every user can start: install the system's own (Debian: apt-get install python3)"
    assert UV is not None
    checkout, home, temporary = (public_place / name for name in ("mlflow-usage", "home", "tmp"))
    for directory in (checkout, home, temporary):
        directory.mkdir(mode=0o700)
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, checkout / name)
    environment = checkout / ".venv"
    install = [UV, "pip", "install", "--quiet", "--link-mode", "copy", "--python", str(environment / "bin" / "python")]
    subprocess.run([UV, "venv", "--quiet", "--python", str(python), str(environment)], check=True)
    subprocess.run([*install, "--require-hashes", "-r", str(ROOT / ".ci" / "requirements.txt")], check=True)
    subprocess.run([*install, "--no-deps", "--no-build-isolation", "--editable", str(checkout)], check=True)
    for directory in (checkout, home, temporary):
        give(directory)
    path = os.pathsep.join(folder for folder in os.get_exec_path() if Path(folder).is_dir() and enterable(Path(folder).resolve()))
    ended = subprocess.run(
        [str(environment / "bin" / "python"), "-m", "pytest", "-q", "-m", "not slow", *PARTS],
        env={"PATH": path, "LANG": "C.UTF-8", "HOME": str(home), "TMPDIR": str(temporary)},
        cwd=checkout,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=NOBODY,
        group=NOBODY,
        extra_groups=[],
    )
    print(ended.stdout)  # shown where it fails, and by `pytest -s`
    assert ended.returncode == 0, ended.stderr[-4_000:]
    skipped = [line for line in ended.stdout.splitlines() if line.startswith("SKIPPED")]
    assert not [line for line in skipped if not line.endswith(ROOT_ONLY)]
