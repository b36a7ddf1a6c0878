"""The checks of `mlflow-usage doctor`, one function for each question.

Decides nothing and records nothing. It must never touch the network unless the mode is on; then it sends one request without a record,
through the same session as a delivery, so that proxy, certificate and token are the same.
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any, Final, Literal, NamedTuple, TypeAlias
from urllib.parse import urlsplit

from mlflow_usage.activation import SCHEME
from mlflow_usage.consent.decision import Decision, current
from mlflow_usage.consent.endpoint import Endpoint, stamp
from mlflow_usage.consent.mode import Mode
from mlflow_usage.insight import waiting as insight
from mlflow_usage.insight.words import many
from mlflow_usage.installation import state, system
from mlflow_usage.journal import bounds, files

Grade: TypeAlias = Literal["ok", "note", "problem"]
DISTRIBUTIONS: Final = ("mlflow", "mlflow-skinny", "mlflow-tracing")
FILES: Final = ("machine policy", "environment policy", "settings")  # sources that are files
ROOM: Final = 4 * 1024 * 1024  # bytes: for journals and the audit log, with some to spare
IMPORT_TIMEOUT: Final = 180.0  # seconds
HOUR: Final = 3600  # seconds
RAISED: Final = re.compile(r"[A-Za-z_][\w.]*: ")  # the first line of an exception, whose text may have more
# A plain `import mlflow`, wrapped as usual, but counting into a sink that forgets: no mode, file or socket is involved.
CHILD: Final = """
import json, sys
from mlflow_usage import activation
from mlflow_usage.process import running
class Sink:
    def hit(self, *_): pass
    count = hit
    def recheck(self): return True
    def renew(self): pass
sink = Sink()
activation._meet = lambda: None if running.Running.patches else running.begin(sink)
import mlflow
from mlflow_usage.instrumentation.targets import TARGETS, rows
from mlflow_usage.instrumentation.wrapper import Wrapper
patches, found, wrapped, lazy = running.Running.patches, 0, 0, 0
for name in TARGETS:
    module = sys.modules.get(name)
    for path, event, _ in rows(name):
        owner, (*parents, last) = module, path.split(".")
        for parent in parents:
            owner = vars(owner).get(parent) if owner is not None else None
        if module is None:
            lazy += 1
        elif owner is not None and last in vars(owner) and not (patches and event in patches.inert):
            found += 1
            wrapped += isinstance(vars(owner)[last], Wrapper)
print(json.dumps([mlflow.__version__, patches is not None, wrapped, found, lazy]))
"""


class Finding(NamedTuple):
    """The answer to one question. A `problem` keeps a call from being counted or delivered; a `note` is worth knowing."""

    name: str
    grade: Grade
    text: str


def examine() -> Iterator[Finding]:
    """Answer every question, in the order in which a call travels."""
    decision = current()
    yield from mlflow()
    yield from mode(decision)
    yield from directory()
    yield from waiting(decision)
    yield from packages()
    yield from endpoint(decision)


def mlflow() -> Iterator[Finding]:
    """Is MLflow installed, does it find the plugin, and are its functions wrapped?"""
    versions = {(found.metadata["Name"] or "").lower(): found.version for found in metadata.distributions()}
    installed = [f"{name} {versions[name]}" for name in DISTRIBUTIONS if name in versions]
    if not installed:
        yield Finding("mlflow", "problem", f"not installed in {sys.prefix}: there is nothing to count")
        return
    yield Finding("mlflow", "ok", ", ".join(installed))
    visible = any(point.name == SCHEME for point in metadata.entry_points(group="mlflow.tracking_store"))
    yield Finding(
        "entry point",
        "ok" if visible else "problem",
        "MLflow finds the plugin when it is imported" if visible else "not found: reinstall mlflow-usage into this environment",
    )
    yield _wrapped()


def _wrapped() -> Finding:
    with tempfile.TemporaryDirectory() as place:  # for whatever MLflow writes; the child itself writes nothing
        environ = {**os.environ, "MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_USAGE_DIR": str(Path(place, "state"))}
        if paths := environ.get("PYTHONPATH"):  # a relative path is meant from here, not from the child's directory
            environ["PYTHONPATH"] = os.pathsep.join(str(Path(path).absolute()) for path in paths.split(os.pathsep))
        try:
            child = subprocess.run(  # noqa: S603  this interpreter, our own text
                [sys.executable, "-c", CHILD], env=environ, cwd=place, capture_output=True, text=True, timeout=IMPORT_TIMEOUT, check=False
            )
            version, active, wrapped, found, lazy = json.loads(child.stdout.strip().splitlines()[-1])
        except subprocess.TimeoutExpired:
            return Finding("wrapped", "problem", f"`import mlflow` did not end within {IMPORT_TIMEOUT:.0f} seconds")
        except (OSError, ValueError, IndexError, TypeError):
            lines = child.stderr.strip().splitlines()
            reason = ([line for line in lines if RAISED.match(line)] or lines or ["no output"])[-1][:200]
            return Finding("wrapped", "problem", f"`import mlflow` fails: {reason}")
    if not active or not wrapped:
        return Finding("wrapped", "problem", f"`import mlflow` {version} did not activate the plugin")
    text = f"{wrapped} of {found} functions of MLflow {version}; {lazy} more when their modules are imported"
    return Finding("wrapped", "ok" if wrapped == found else "problem", text)


def mode(decision: Decision) -> Iterator[Finding]:
    """What decided, and can every policy and the settings be understood? A person's choice is no problem."""
    problems = [source for source in decision.sources if source.says is Mode.OFF and source.detail and source.name.startswith(FILES)]
    for source in problems:
        yield Finding("mode", "problem", f"{source.name} is off because {source.detail}")
    if not problems:
        grade: Grade = "problem" if decision.source.startswith("failure") else "ok" if decision.mode is Mode.ON else "note"
        what = {Mode.ON: "recorded and sent", Mode.LOCAL: "recorded and kept here", Mode.OFF: "nothing is recorded"}[decision.mode]
        yield Finding("mode", grade, f"{decision.mode.value}: {what} (decided by {decision.source})")


def directory() -> Iterator[Finding]:
    """Can the state directory be used?"""
    place = state.locate(os.environ)
    if place is None:
        yield Finding("state", "problem", "no home directory: calls are counted in memory only; set MLFLOW_USAGE_DIR")
        return
    if (reason := state.problem(place)) is not None:
        yield Finding("state", "problem", reason)
        return
    existing = next(path for path in (place, *place.parents) if os.path.lexists(path))
    if not existing.is_dir() or not os.access(existing, os.W_OK | os.X_OK):
        yield Finding("state", "problem", f"{existing} cannot be written: calls are counted in memory only")
    elif (free := shutil.disk_usage(existing).free) < ROOM:
        yield Finding("state", "problem", f"{place}: only {free:,} bytes are free, too few for a journal")
    elif files.on_network(existing):
        yield Finding("state", "note", f"{place} is on a network file system: calls are counted in memory, and a kill loses them")
    else:
        yield Finding("state", "ok", f"{place}" + ("" if place.exists() else ", created at the first recorded call"))


def waiting(decision: Decision) -> Iterator[Finding]:
    """How much waits and since when, and has the endpoint stopped this version?"""
    from mlflow_usage.delivery import stop  # noqa: PLC0415

    usable = state.usable(os.environ)
    found = insight.gather(usable, decision)
    size = 0
    for path in files.scan(usable) if usable is not None else ():
        with contextlib.suppress(FileNotFoundError):  # delivered meanwhile
            size += path.stat().st_size
    grade: Grade = "note" if size > bounds.MAX_BYTES // 2 else "ok"
    since = f" since {found.oldest}" if found.oldest else ""
    yield Finding("waiting", grade, f"{many(found.calls, 'call')}{since}; {size:,} bytes of at most {bounds.MAX_BYTES:,}")
    if stop.stopped(stop.stop_file(usable, stamp(decision.endpoint), system.sent_version()), time.time()):
        yield Finding("waiting", "problem", "the endpoint asked this version to stop (410); it is asked again after a day")


def packages() -> Iterator[Finding]:
    """Can the packages that deliver be imported?"""
    try:
        from mlflow_usage.delivery import otel  # noqa: F401, PLC0415  the question is whether this works
    except ImportError as error:
        yield Finding("packages", "problem", f"OpenTelemetry cannot be imported: {error}")
        return
    yield Finding("packages", "ok", f"opentelemetry-sdk {system.sdk_version() or 'unknown'}")


def endpoint(decision: Decision) -> Iterator[Finding]:
    """Is the endpoint valid, and does it acknowledge an empty request?"""
    where = decision.endpoint
    if where.problem:
        yield Finding("endpoint", "problem", f"{where.problem} (from {where.source})")
    elif where.url is None:
        yield Finding("endpoint", "note", f"none, from {where.source}: nothing is sent")
    elif decision.mode is not Mode.ON:
        yield Finding("endpoint", "note", f"{where.origin}, from {where.source}; not asked while the mode is {decision.mode.value}")
    else:
        paths = {"certificate": where.certificate, "client certificate": where.client_certificate, "client key": where.client_key}
        missing = [f"{name} {path}" for name, path in paths.items() if path and not os.access(path, os.R_OK)]
        if missing:
            yield Finding("endpoint", "problem", f"the {missing[0]} cannot be read")
        else:
            yield from _request(where)


def _request(where: Endpoint) -> Iterator[Finding]:
    """Send an empty request, and compare the clocks by its answer."""
    from mlflow_usage.delivery import audit, http, otel  # noqa: PLC0415
    from mlflow_usage.delivery.answer import Outcome  # noqa: PLC0415

    scheme = urlsplit(where.url or "").scheme
    if proxy := http.proxies(where.url or "").get(scheme):
        parts = urlsplit(proxy)  # shown in parts: it may hold a password
        yield Finding("proxy", "note", f"{parts.hostname or 'a proxy'}{f':{parts.port}' if parts.port else ''}, from the system's settings")
    directory, dates = state.usable(os.environ), []

    def note_date(response: Any, *_: Any, **__: Any) -> None:  # noqa: ANN401  requests' hook
        dates.append(response.headers.get("Date"))

    with otel.silenced():
        session = http.GuardedSession(
            where,
            f"mlflow-usage/{system.sent_version()}",
            lambda body, answer: audit.append(directory, audit.answered(where.origin, time.time(), body, answer)),
        )
        session.hooks["response"].append(note_date)
        exporter = otel.Exporter(where, session)
        answer = exporter.export([])
        exporter.close()
    if answer.outcome is Outcome.ACCEPTED:
        yield Finding("endpoint", "ok", f"{where.origin} acknowledged an empty request (from {where.source})")
    elif answer.status is None:
        yield Finding("endpoint", "problem", f"{where.origin} does not answer (from {where.source}): calls wait until it does")
    else:
        yield Finding("endpoint", "problem", f"{where.origin} answered {answer.status}, which is no acknowledgement (from {where.source})")
    yield from _clock(next(iter(dates), None))


def _clock(date: str | None) -> Iterator[Finding]:
    """Compare this machine's clock with the date of an answer; no finding where there is no date."""
    try:
        theirs = email.utils.parsedate_to_datetime(date or "").timestamp()
    except (TypeError, ValueError):
        return
    apart = abs(time.time() - theirs)
    text = f"{apart:,.0f} seconds from the endpoint's"
    grade: Grade = "ok" if apart < HOUR else "note" if apart < 24 * HOUR else "problem"
    yield Finding("clock", grade, text + ("" if grade == "ok" else ": records have the wrong hours"))
