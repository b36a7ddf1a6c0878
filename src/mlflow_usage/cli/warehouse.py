"""`mlflow-usage warehouse`: load a Collector's archive into the Delta table, and look at the table."""

from __future__ import annotations

import contextlib
import json
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from mlflow_usage.cli.options import json_option
from mlflow_usage.collector.progress import ProgressLine
from mlflow_usage.insight.words import many

if TYPE_CHECKING:
    from mlflow_usage.warehouse.info import Info
    from mlflow_usage.warehouse.load import Loader, Progress

EXTRA: Final = ("deltalake", "pyarrow")
TOP: Final = 10  # events that `info` lists


@click.group("warehouse")
def group() -> None:
    """The Delta table: load a Collector's archive into it, each record once, and look at it.

    Example: mlflow-usage warehouse load ./archive ./table
    """


@group.command("load", short_help="Load an archive into the table, each record once.")
@click.argument("archive", type=click.Path(path_type=Path))
@click.argument("table")
@click.option("--follow", is_flag=True, help="Keep loading what is added, until Ctrl-C or SIGTERM.")
@click.option("--interval", type=click.FloatRange(min=0.1), default=10.0, show_default=True, help="Seconds between two looks of --follow.")
@json_option("the counts as one JSON object")
def load_command(archive: Path, table: str, *, follow: bool, interval: float, as_json: bool) -> None:
    """Load ARCHIVE, a Collector's archive directory or one of its files, into the Delta table at TABLE, a path or URI.

    Every record enters once, however often the archive is loaded and wherever a load was stopped. Records that the catalogue does not
    name are refused and counted. The table is created where it is missing.

    Example: mlflow-usage warehouse load ./archive s3://bucket/usage --follow
    """
    with _one_line(), contextlib.closing(ProgressLine(sys.stderr)) as progress:
        from mlflow_usage.warehouse.load import Loader  # noqa: PLC0415  needs the extra

        loader = Loader(archive, table, lambda state: progress.show(_progress(state)))
        stopped = False
        if follow:
            with _signals() as stop:
                loader.follow(stop, interval)
        else:
            try:
                loader.load()
            except KeyboardInterrupt:
                stopped = True
    if as_json:
        click.echo(json.dumps({**loader.tally.as_dict(), "waiting": loader.waiting, "stopped": stopped}))
    else:
        click.echo(_summary(loader))
    if stopped:
        raise click.ClickException("stopped; loaded records stay, and the next load continues from there")


@group.command("info", short_help="Show how much the table holds, and from when.")
@click.argument("table")
@json_option("the figures as one JSON object")
def info_command(table: str, *, as_json: bool) -> None:
    """Show what the Delta table at TABLE holds: how much, from when, and whether it has the catalogue's constraints.

    Example: mlflow-usage warehouse info ./table
    """
    with _one_line(), contextlib.closing(ProgressLine(sys.stderr)) as progress:
        from mlflow_usage.warehouse.info import info  # noqa: PLC0415  needs the extra

        found = info(table, lambda done, files: progress.show(f"reading data file {done:,} of {files:,}"))
    if as_json:
        click.echo(json.dumps(found.as_dict()))
        return
    for name, value in _figures(found):
        click.echo(f"{name:<14} {value}")


@contextlib.contextmanager
def _one_line() -> Iterator[None]:
    """Turn every foreseen failure into one line and exit code 1."""
    try:
        from mlflow_usage.warehouse.archive import ArchiveError  # noqa: PLC0415  loaded by these commands only
        from mlflow_usage.warehouse.load import LoadError  # noqa: PLC0415  needs the extra
        from mlflow_usage.warehouse.table import TableError  # noqa: PLC0415  needs the extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in EXTRA:
            raise
        raise click.ClickException(f"{error.name} is missing: install the extra with pip install 'mlflow-usage[warehouse]'") from error
    try:
        yield
    except (ArchiveError, LoadError, TableError) as error:
        raise click.ClickException(str(error)) from error
    except OSError as error:
        raise click.ClickException(f"{error.filename or 'a file'} cannot be read or written: {error.strerror or error}") from error


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    """Yield an event that the first SIGINT or SIGTERM sets; a second one acts as usual."""
    stop = threading.Event()
    numbers = (signal.SIGINT, signal.SIGTERM) if threading.current_thread() is threading.main_thread() else ()
    before = {number: signal.getsignal(number) for number in numbers}

    def handler(number: int, _frame: Any) -> None:  # noqa: ANN401  a frame
        stop.set()
        signal.signal(number, before[signal.Signals(number)])

    for number in numbers:
        signal.signal(number, handler)
    try:
        yield stop
    finally:
        for number, usual in before.items():
            signal.signal(number, usual)


def _progress(state: Progress) -> str:
    share = 100 * state.done // max(state.total, 1)
    tally = state.tally
    return f"{share:3} % of {_size(state.total)}: {tally.read:,} records read, {tally.new:,} new"


def _summary(loader: Loader) -> str:
    tally = loader.tally
    refused = _causes(tally.as_dict()["refused"])
    parts = [
        f"{tally.read:,} read: {tally.new:,} new, {tally.duplicate:,} duplicate, {sum(tally.refused.values()):,} refused{refused}",
        f"{tally.undated:,} undated",
    ]
    if tally.changed:
        parts.append(f"{many(sum(tally.changed.values()), 'value')} removed or replaced{_causes(tally.as_dict()['changed'])}")
    if tally.skipped:
        parts.append(f"{many(tally.skipped, 'broken piece')} skipped")
    if loader.waiting:
        parts.append(f"{loader.waiting:,} bytes of incomplete documents wait for their end")
    return "; ".join(parts)


def _causes(listed: Any) -> str:  # noqa: ANN401  JSON
    each = [f"{entry['reason']} {entry['count']:,} (revision {entry['revision'] or 'unknown'})" for entry in listed]
    return f" [{', '.join(each)}]" if each else ""


def _figures(found: Info) -> Iterator[tuple[str, str]]:
    figures: dict[str, Any] = found.as_dict()
    days, constraints = figures["days"], figures["constraints"]
    yield "table", f"{found.target}, version {found.version}, catalogue revision {found.revision}"
    yield "size", f"{_size(found.size)} in {many(found.files, 'file')}"
    yield "rows", f"{found.rows:,}, which count {many(figures['count'], 'call')}; {found.undated:,} undated"
    yield "installations", f"{found.installations:,}"
    yield "sessions", f"{found.sessions:,}"
    yield "received", f"{many(days['number'], 'day')}, {days['first']} to {days['last']}" if found.days else "nothing yet"
    yield "revisions", ", ".join(f"{entry['revision']} ({many(entry['rows'], 'row')})" for entry in figures["revisions"]) or "none"
    for entry in figures["events"][:TOP]:
        yield "event", f"{entry['count']:>14,}  {entry['event']}"
    if len(figures["events"]) > TOP:
        yield "", f"{'':>14}  and {len(figures['events']) - TOP} more: --json lists them"
    yield "refused", f"{sum(found.refused.values()):,} since the log begins{_causes(figures['refused'])}"
    yield "constraints", "ok" if constraints["ok"] else f"MISSING {', '.join(constraints['missing'])}: load once to restore them"


def _size(number: float) -> str:
    for unit in ("B", "KiB", "MiB"):
        if number < 1024:  # noqa: PLR2004  the unit's step
            return f"{number:,.0f} {unit}" if unit == "B" else f"{number:,.1f} {unit}"
        number /= 1024
    return f"{number:,.1f} GiB"
