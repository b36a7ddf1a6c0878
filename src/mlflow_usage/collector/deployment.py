"""One deployment of the Collector: its files, where it listens, and where it writes.

Decides which variables carry these to the configuration's files: the same files serve every deployment.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from mlflow_usage.collector.configuration import PREFIX, CollectorError, files, flags
from mlflow_usage.collector.sinks import Values, variables

FREE: Final = "127.0.0.1:0"


@dataclass(frozen=True, slots=True)
class Deployment:
    """What to run. Addresses are `host:port`; port 0 stands for a free one."""

    sinks: tuple[str, ...] = ("archive",)
    settings: Values = field(default_factory=dict)  # of the sinks; a setting that is not given has the default of its sink's file
    otlp: str = FREE
    health: str = FREE
    metrics: str = FREE
    overlays: tuple[Path, ...] = ()
    binary: Path | None = None  # a build of the Collector other than ours

    def resolved(self) -> Deployment:
        """Return the same deployment with a free port in place of each 0.

        Raises:
            CollectorError: an address is not this machine's.
        """
        holders: list[socket.socket] = []  # all open until the last port is chosen, so that the ports differ
        try:
            otlp, health, metrics = (_with_port(address, holders) for address in (self.otlp, self.health, self.metrics))
        finally:
            for holder in holders:
                holder.close()
        return replace(self, otlp=otlp, health=health, metrics=metrics)

    def files(self) -> list[Path]:
        """Return the files that the Collector merges."""
        return files(self.sinks, self.overlays)

    def flags(self) -> list[str]:
        """Return the command-line flags that name the files."""
        return flags(self.files())

    def variables(self) -> dict[str, str]:
        """Return the variables that the files read."""
        host, _, port = self.metrics.rpartition(":")
        values = {
            "OTLP_HTTP_ENDPOINT": self.otlp,
            "HEALTH_ENDPOINT": self.health,
            "METRICS_HOST": host,
            "METRICS_PORT": port,
            **variables(self.settings),
        }
        return {PREFIX + name: value for name, value in values.items()}


def _with_port(address: str, holders: list[socket.socket]) -> str:
    host, _, port = address.rpartition(":")
    if port != "0":
        return address
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        holder = socket.create_server((host.strip("[]"), 0), family=family)
    except OSError as error:
        raise CollectorError(f"there is no free port at {host}: {(error.strerror or str(error)).partition(' (while')[0]}") from error
    holders.append(holder)
    return f"{host}:{holder.getsockname()[1]}"
