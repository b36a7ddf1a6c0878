"""Ask the open vulnerability database about every locked package.

Exits 1 where one is known to be vulnerable. Where the database cannot be reached it says that nothing was audited, and exits 0, or 2 with
`--strict`: silence is never taken for an answer.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.request
from pathlib import Path

LOCK = Path(__file__).parent / "requirements.txt"
SERVICE = "https://api.osv.dev/v1/querybatch"
TIMEOUT = 10  # seconds
BATCH = 500


def locked() -> list[tuple[str, str]]:
    """Every package of the lock with its version."""
    return re.findall(r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", LOCK.read_text(encoding="utf-8"), re.MULTILINE)


def known(service: str, packages: list[tuple[str, str]]) -> list[str]:
    """A line for each package that is known to be vulnerable."""
    queries = [{"package": {"name": name, "ecosystem": "PyPI"}, "version": version} for name, version in packages]
    request = urllib.request.Request(service, json.dumps({"queries": queries}).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:  # noqa: S310  a constant, or what the caller of this script names
        results = json.load(answer)["results"]
    if len(results) != len(packages):
        raise ValueError(f"{len(results)} answers to {len(packages)} questions")
    return [
        f"AUDIT: {name} {version}: {', '.join(entry['id'] for entry in result['vulns'])}: raise it in pyproject.toml, then `make lock`"
        for (name, version), result in zip(packages, results, strict=True)
        if result.get("vulns")
    ]


def main() -> int:
    """Audit the lock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--strict", action="store_true", help="exit 2 where the database cannot be reached")
    parser.add_argument("--service", default=SERVICE, help="the database's batch query")
    options = parser.parse_args()
    packages = locked()
    try:
        found = [line for start in range(0, len(packages), BATCH) for line in known(options.service, packages[start : start + BATCH])]
    except (OSError, ValueError, KeyError, TypeError) as error:
        print(f"audit: NOT DONE, none of {len(packages)} packages: the vulnerability database gave no answer ({error})", file=sys.stderr)
        return 2 if options.strict else 0
    print("\n".join(found) or f"audit: {len(packages)} packages, none known to be vulnerable", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
