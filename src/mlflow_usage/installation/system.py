"""The system: versions, operating system and architecture.

Decides how raw values of the platform become values of the catalogue: versions are numbers, everything else is a member of a closed list,
and a value that does not fit is left out or `other`. This module must never let a build string through, nor start a process.
"""

from __future__ import annotations

import os
import re
import sys
from typing import Final

from mlflow_usage.namedtuple import NamedTuple
from mlflow_usage.version import VERSION

PLIST: Final = "/System/Library/CoreServices/SystemVersion.plist"
# PEP 440, "Public version identifiers", as far as it concerns the base release and the pre-release.
_VERSION: Final = (
    r"v?(?P<release>\d{1,3}(?:\.\d{1,4}){1,3})(?:[-_.]?(?P<pre>a|b|c|rc|alpha|beta|pre|preview)[-_.]?(?P<number>\d{0,3}))?"
    r"(?P<build>(?:-\d+|[-_.]?(?:post|rev|r|dev)[-_.]?\d*)*(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?)"
)
_PRE: Final = {"a": "a", "alpha": "a", "b": "b", "beta": "b", "c": "rc", "rc": "rc", "pre": "rc", "preview": "rc"}
_RUNTIMES: Final = frozenset({"cpython", "pypy"})
_SYSTEMS: Final = {"linux": "linux", "darwin": "darwin", "win32": "windows", "cygwin": "windows"}
# https://opentelemetry.io/docs/specs/semconv/resource/host/ (host.arch), by what `uname -m` and Windows say.
_ARCHITECTURES: Final = {
    "x86_64": "amd64", "amd64": "amd64", "x64": "amd64", "aarch64": "arm64", "arm64": "arm64", "arm64e": "arm64",
    "arm": "arm32", "armv6l": "arm32", "armv7l": "arm32", "armv8l": "arm32", "i386": "x86", "i486": "x86", "i586": "x86",
    "i686": "x86", "x86": "x86", "ia64": "ia64", "ppc": "ppc32", "ppc64": "ppc64", "ppc64le": "ppc64", "s390x": "s390x",
}  # fmt: skip
OTHER: Final = "other"
NO_VERSION: Final = "0.0"  # in the place of a version that the catalogue asks for, where there is none
PARTS: Final = range(2, 5)  # of a version
MOST_DIGITS: Final = 5  # of a number in a system's version


class Raw(NamedTuple):
    """The platform's own values, before anything is generalised.

    `system`: `sys.platform`. `system_version`: the kernel's release on Linux, the product version on macOS, `major.minor.build`
    on Windows. `machine`: as `uname -m`.
    """

    implementation: str
    python: tuple[int, ...]
    system: str
    system_version: str
    machine: str


def public_version(text: str | None) -> str | None:
    """Return a version's public form: the release, with a pre-release; a dev, post or local build is its base release.

    `3.17.2` for `3.17.2`, `3.17.2.dev0`, `3.17.2.post1` and `3.17.2+acme.7`, `3.17.2rc1` for itself. None where the text is no
    version or has more to it than numbers (an epoch, five parts).
    """
    parts = (text or "").split(".")
    if len(parts) in PARTS and all(map(_plain, parts)):  # most versions; an expression is compiled for the others only
        return text
    match = re.fullmatch(_VERSION, (text or "").strip().lower(), re.ASCII)
    if match is None:
        return None
    release = ".".join(str(int(number)) for number in match["release"].split("."))
    if match["pre"] is None or match["build"]:
        return release
    return f"{release}{_PRE[match['pre']]}{int(match['number'] or 0)}"


def _plain(part: str) -> bool:
    """Whether a part of a version is a number as it is written, of at most three digits."""
    return len(part) <= 3 and part.isascii() and part.isdecimal() and (part == "0" or part[0] != "0")  # noqa: PLR2004


def attributes(raw: Raw, *, mlflow_version: str | None, sdk_version: str | None, own_version: str | None) -> dict[str, str]:
    """Return the resource attributes of the system, the product and the plugin; leave out one whose value is not public."""
    system = _SYSTEMS.get(raw.system, OTHER)
    found = {
        "service.name": "mlflow",
        "service.version": public_version(mlflow_version),
        "process.runtime.name": raw.implementation if raw.implementation in _RUNTIMES else OTHER,
        "process.runtime.version": ".".join(str(number) for number in raw.python[:3]),
        "os.type": system,
        "os.version": _system_version(system, raw.system_version),
        "host.arch": _ARCHITECTURES.get(raw.machine.lower(), OTHER),
        "telemetry.distro.name": "mlflow-usage",
        "telemetry.distro.version": public_version(own_version),
        "telemetry.sdk.name": "opentelemetry",
        "telemetry.sdk.language": "python",
        "telemetry.sdk.version": public_version(sdk_version),
    }
    return {key: value for key, value in found.items() if value is not None}


def _system_version(system: str, text: str) -> str | None:
    """Return at most three numbers; of a Linux kernel two, because the third and what follows name a vendor's build."""
    numbers = []
    for part in text.split(".")[: {"linux": 2, "darwin": 3, "windows": 3}.get(system, 0)]:
        digits = part[: len(part) - len(part.lstrip("0123456789"))]
        if not 1 <= len(digits) <= MOST_DIGITS:
            break
        numbers.append(digits)
        if digits != part:
            break
    version = ".".join(numbers)
    # macOS 11 and later answer "10.16" to a program built for 10.15.
    return None if not version or (system == "darwin" and version == "10.16") else version


def read() -> Raw:
    """Read the platform. A value that is unknown is empty."""
    if sys.platform == "win32":
        version = sys.getwindowsversion().platform_version
        machine = os.environ.get("PROCESSOR_ARCHITEW6432") or os.environ.get("PROCESSOR_ARCHITECTURE", "")
        release = ".".join(str(number) for number in version[:3])
    else:
        name = os.uname()
        machine, release = name.machine, _product_version() if sys.platform == "darwin" else name.release
    return Raw(sys.implementation.name, tuple(sys.version_info[:3]), sys.platform, release, machine)


def _product_version(path: str = PLIST) -> str:
    try:
        with open(path, encoding="utf-8") as file:  # noqa: PTH123  # pathlib adds nothing here
            match = re.search(r"<key>ProductVersion</key>\s*<string>([0-9.]+)</string>", file.read(65_536))
    except (OSError, ValueError):
        return ""
    return match[1] if match else ""


def mlflow_version() -> str | None:
    """Return the version that the imported MLflow states, or None where none is imported."""
    version = getattr(sys.modules.get("mlflow.version"), "VERSION", None)
    return version if isinstance(version, str) else None


def sdk_version() -> str | None:
    """Return the version of the OpenTelemetry SDK, or None where there is none. MLflow has imported it; nothing is imported here."""
    version = getattr(sys.modules.get("opentelemetry.sdk.version"), "__version__", None)
    return version if isinstance(version, str) else _metadata_version("opentelemetry-sdk")


def own_version() -> str:
    """Return this distribution's version. A constant: asking the installation's metadata costs 3 ms."""
    return VERSION


def sent_version() -> str:
    """Return this distribution's version as it is sent: its public form."""
    return public_version(VERSION) or NO_VERSION


def _metadata_version(distribution: str) -> str | None:
    from importlib import metadata  # noqa: PLC0415  # MLflow has imported it; not at decision time

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None
