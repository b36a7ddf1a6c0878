"""Lock what developing needs: every package with its hashes, for every Python and platform, in `.ci/requirements.txt`.

`python .ci/lock.py` resolves anew; `--check` asks no registry and exits 1 where the lock is not of today's pyproject.toml, or says more
than it must: a lock names packages and hashes, never a place to get them from.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
LOCK = ROOT / ".ci" / "requirements.txt"
BOOTSTRAP = ROOT / ".ci" / "uv.txt"
UV = Path(sys.executable).with_name("uv")
WHAT = ("--extra", "warehouse", "--extra", "site", "--group", "test", "--group", "check", "--group", "build")
HOW = ("--universal", "--python-version", "3.10", "--generate-hashes", "--no-header", "--no-annotate", "--quiet")
HEADER = "# Locked by `make lock`; do not edit. Of pyproject.toml's dependencies {digest}.\n"


def digest() -> str:
    """What of pyproject.toml a lock depends on."""
    content = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    project = content["project"]
    given = [project["requires-python"], project["dependencies"], project["optional-dependencies"], content["dependency-groups"]]
    return hashlib.sha256(json.dumps(given, sort_keys=True).encode()).hexdigest()[:16]


def resolve(source: str, *options: str, given: str | None = None) -> str:
    """The locked text of a source."""
    command = [str(UV), "pip", "compile", source, *options, *HOW]
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"lock: {done.stderr.strip()}")
    return done.stdout


def problems() -> list[str]:
    """What is wrong with the lock."""
    found = []
    for path in (LOCK, BOOTSTRAP):
        name = path.relative_to(ROOT)
        text = path.read_text(encoding="utf-8") if path.exists() else ""
        if not text.startswith(HEADER.format(digest=digest())):
            found.append(f"STALE: {name}: pyproject.toml's dependencies have changed: run `make lock`")
        lines = text.replace("\\\n", "").splitlines()
        for line in lines[1:]:
            package = line.split(" ", 1)[0]
            if not re.fullmatch(r"[a-z0-9][a-z0-9._-]*(\[[a-z0-9,_-]+\])?==[^ ]+", package):
                found.append(f"LOCK: {name}: {line[:80]!r} is not a pinned package: run `make lock`")
            elif not re.search(r"--hash=sha256:[0-9a-f]{64}", line):
                found.append(f"LOCK: {name}: {package} has no hash: run `make lock`")
    return found


def main() -> int:
    """Lock, or check the lock."""
    if "--check" in sys.argv[1:]:
        found = problems()
        print("\n".join(found), file=sys.stderr, end="\n" if found else "")
        return 1 if found else 0
    header = HEADER.format(digest=digest())
    LOCK.write_text(header + resolve("pyproject.toml", *WHAT), encoding="utf-8")
    BOOTSTRAP.write_text(header + resolve("-", given="uv\n"), encoding="utf-8")
    return 1 if problems() else 0


if __name__ == "__main__":
    sys.exit(main())
