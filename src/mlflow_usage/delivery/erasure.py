"""The request that everything of this installation be erased.

Decides what such a request holds and when it has arrived. It carries the secret, whose SHA-256 is the installation's hash, so nobody else
can make it. It must never carry more than an erasure needs, count as arrived without an acknowledgement, or be sent but by a person's own
command.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from mlflow_usage.catalogue.tables import REVISION
from mlflow_usage.consent.endpoint import Endpoint
from mlflow_usage.delivery import audit, otel
from mlflow_usage.delivery.answer import NONE, Answer, Outcome
from mlflow_usage.delivery.http import GuardedSession
from mlflow_usage.installation import identity, system
from mlflow_usage.installation.identity import Secret
from mlflow_usage.journal.batch import FORGET, Batch, Entry

SECRET: Final = "mlflow.usage.secret"  # noqa: S105  an attribute's name
PAUSES: Final = (1.0, 2.0, 4.0)  # seconds between attempts; with the attempts themselves less than half a minute

Progress = Callable[[str], None]


class Erasure(NamedTuple):
    """The result of the request: it has arrived where `problem` is empty; else `problem` says why not."""

    problem: str
    answer: Answer


def request(secret: Secret) -> tuple[Batch, dict[str, object]]:
    """Return a batch of one record, and the least resource that the catalogue allows: no version, no system, a session of its own."""
    resource = {
        "app.installation.id": identity.digest(secret),
        "mlflow.usage.catalogue": REVISION,
        "service.name": "mlflow",
        "service.version": system.NO_VERSION,
        "session.id": identity.new_session(),
    }
    return Batch(uuid.uuid4().bytes, (Entry(0, FORGET, {SECRET: secret}, 1, int(time.time()) // 3600),)), resource


def send(endpoint: Endpoint, secret: Secret, directory: Path | None, progress: Progress, sleep: Callable[[float], None]) -> Erasure:
    """Ask `endpoint` for the erasure until it acknowledges, several times within half a minute. Never raises for the network."""
    version = system.sent_version()
    batch, resource = request(secret)
    records = otel.records(batch, {"resource": resource}, version)
    if not records:  # an empty request would be acknowledged, and erase nothing
        return Erasure("the catalogue refuses the request", NONE)

    def write_audit(body: bytes, answer: Answer) -> None:
        audit.append(directory, audit.answered(endpoint.origin, time.time(), body, answer))

    with otel.silenced():
        exporter = otel.Exporter(endpoint, GuardedSession(endpoint, f"mlflow-usage/{version}", write_audit))
        for number, pause in enumerate((*PAUSES, None), 1):
            progress(f"Asking {endpoint.origin} to erase everything from this installation (attempt {number} of {len(PAUSES) + 1})")
            answer = exporter.export(records)
            exporter.close()
            if answer.outcome is not Outcome.RETRYABLE or pause is None:
                break
            sleep(max(pause, min(answer.retry_after or 0.0, PAUSES[-1])))
    return Erasure(_problem(answer), answer)


def _problem(answer: Answer) -> str:
    """Say in a few words why the request has not arrived; empty where it has."""
    if answer.outcome is Outcome.ACCEPTED:
        return "the endpoint rejected the request" if answer.rejected else ""
    if answer.status is None:
        return "there was no answer"
    if answer.outcome is Outcome.RETRYABLE:
        return f"the endpoint's answer (status {answer.status}) is no acknowledgement"
    return f"the endpoint rejected the request (status {answer.status})"
