"""Where the Collector's configuration lies, and which of its files make up a deployment.

Decides the order of the `--config` flags. It must never write: in a wheel the directory belongs to the installed package.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Final

PACKAGED: Final = Path(__file__).parent / "config"
CHECKOUT: Final = Path(__file__).parents[3] / "collector-config"
PREFIX: Final = "MLFLOW_USAGE_COLLECTOR_"  # of every variable that the files read


class CollectorError(Exception):
    """The Collector cannot be built, configured or run; the message says in one line what is wrong and what to do."""


def directory() -> Path:
    """Return the directory of `collector.yaml`: next to this module in a wheel, else `collector-config/` of the checkout."""
    for candidate in (PACKAGED, CHECKOUT):
        if (candidate / "collector.yaml").is_file():
            return candidate
    raise CollectorError(f"the Collector's configuration is missing from {PACKAGED}: reinstall mlflow-usage")


def sink_names() -> tuple[str, ...]:
    """Return the names of all sinks, one for each file of `sinks/`."""
    return tuple(sorted(path.stem for path in (directory() / "sinks").glob("*.yaml")))


def files(sinks: Iterable[str], overlays: Iterable[Path] = ()) -> list[Path]:
    """Return the files of a deployment in the order in which the Collector merges them: a later one wins."""
    base, known = directory(), sink_names()
    chosen = list(dict.fromkeys(sinks))
    for name in chosen:
        if name not in known:
            raise CollectorError(f"there is no sink {name!r}: choose from {', '.join(known)}")
    own = [base / "collector.yaml", base / "filter.yaml", *(base / "sinks" / f"{name}.yaml" for name in chosen)]
    return [*own, *overlays]


def flags(paths: Iterable[Path]) -> list[str]:
    """Return the command-line flags that name the files."""
    return [argument for path in paths for argument in ("--config", str(path))]
