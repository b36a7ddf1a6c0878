"""One deployment of the Collector: its files, where it listens, where it writes.

Decides how that is told to the configuration's files: by variables, so that the same files serve every deployment.
"""

from __future__ import annotations

import socket
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from mlflow_usage.collector.configuration import PREFIX, CollectorError, files, flags

FREE: Final = "127.0.0.1:0"


@dataclass(frozen=True, slots=True)
class Deployment:
    """What to run. Addresses are `host:port`; a port of 0 is replaced by a free one."""

    sinks: tuple[str, ...] = ("archive",)
    archive: Path | None = None
    gateway: str | None = None
    queue: Path | None = None
    otlp: str = FREE
    health: str = FREE
    metrics: str = FREE
    overlays: tuple[Path, ...] = ()
    binary: Path | None = None  # another build of the Collector than ours

    def resolved(self) -> Deployment:
        """The same, with a free port for each 0; all are held at once, so that they differ.

        Raises:
            CollectorError: an address is not this machine's.
        """
        holders: list[socket.socket] = []
        try:
            otlp, health, metrics = (_resolve(address, holders) for address in (self.otlp, self.health, self.metrics))
        finally:
            for holder in holders:
                holder.close()
        return replace(self, otlp=otlp, health=health, metrics=metrics)

    def files(self) -> list[Path]:
        """The files that the Collector merges."""
        return files(self.sinks, self.overlays)

    def flags(self) -> list[str]:
        """The command-line flags that name the files."""
        return flags(self.files())

    def variables(self) -> dict[str, str]:
        """The variables that the files read."""
        host, _, port = self.metrics.rpartition(":")
        values = {
            "OTLP_HTTP_ENDPOINT": self.otlp,
            "HEALTH_ENDPOINT": self.health,
            "METRICS_HOST": host,
            "METRICS_PORT": port,
            "ARCHIVE_DIR": self.archive,
            "GATEWAY_ENDPOINT": self.gateway,
            "QUEUE_DIR": self.queue,
        }
        return {PREFIX + name: str(value) for name, value in values.items() if value is not None}


def _resolve(address: str, holders: list[socket.socket]) -> str:
    host, _, port = address.rpartition(":")
    if port != "0":
        return address
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    try:
        holder = socket.create_server((host.strip("[]"), 0), family=family)
    except OSError as error:
        raise CollectorError(f"no free port can be had at {host}: {(error.strerror or str(error)).partition(' (while')[0]}") from error
    holders.append(holder)
    return f"{host}:{holder.getsockname()[1]}"
