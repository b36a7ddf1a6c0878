"""Where the Collector's configuration is, and which files make up one deployment.

Decides the order of `--config` flags. Must never write: in a wheel the directory belongs to the installation.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

PACKAGED: Final = Path(__file__).parent / "config"
CHECKOUT: Final = Path(__file__).parents[3] / "collector-config"
PREFIX: Final = "MLFLOW_USAGE_COLLECTOR_"


class CollectorError(Exception):
    """The Collector cannot be built, configured or run; the message says in one line what is wrong and what to do."""


def directory() -> Path:
    """The directory of `collector.yaml`: beside this module in a wheel, else the checkout's `collector-config/`."""
    for candidate in (PACKAGED, CHECKOUT):
        if (candidate / "collector.yaml").is_file():
            return candidate
    raise CollectorError(f"the Collector's configuration is missing from {PACKAGED}: reinstall mlflow-usage")


def sink_names() -> tuple[str, ...]:
    """The destinations there are, one for each file of `sinks/`."""
    return tuple(sorted(path.stem for path in (directory() / "sinks").glob("*.yaml")))


def files(sinks: Iterable[str], overlays: Iterable[Path] = ()) -> list[Path]:
    """The files of a deployment, in the order in which the Collector merges them: a later one wins."""
    base, known = directory(), sink_names()
    chosen = list(dict.fromkeys(sinks))
    for name in chosen:
        if name not in known:
            raise CollectorError(f"there is no sink {name!r}: choose from {', '.join(known)}")
    own = [base / "collector.yaml", base / "filter.yaml", *(base / "sinks" / f"{name}.yaml" for name in chosen)]
    return [*own, *overlays]


def flags(paths: Iterable[Path]) -> list[str]:
    """The command-line flags that name the files."""
    return [argument for path in paths for argument in ("--config", str(path))]
