"""The requests that would leave next.

Decides nothing and changes nothing: it makes requests from the journals, and must never send one.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import Any

from mlflow_usage.consent.decision import current
from mlflow_usage.consent.mode import Mode
from mlflow_usage.delivery import otel
from mlflow_usage.insight import waiting
from mlflow_usage.installation import state, system
from mlflow_usage.journal.batch import JournalError
from mlflow_usage.process.life import DISABLED
from mlflow_usage.process.running import Running


def requests() -> list[dict[str, Any]]:
    """Return the OTLP/JSON of each request that would leave next, one for each journal; in mode local or off, of what is kept.

    A batch gets its uids when it is sealed; before that, its records are shown without.
    """
    decision, found = current(disabled=Running.life.barred(DISABLED)), []
    for journal in waiting.journals(state.usable(os.environ)):
        if decision.mode is Mode.ON and not waiting.sendable(journal, decision):
            continue
        with suppress(JournalError):
            request = otel.as_json(otel.records(journal.preview(), journal.meta, system.sent_version()))
            if request and not journal.pending:
                _without_uids(request)
            if request:
                found.append(request)
    return found


def _without_uids(request: dict[str, Any]) -> None:
    for record in (record for logs in request["resourceLogs"] for scope in logs["scopeLogs"] for record in scope["logRecords"]):
        record["attributes"] = [pair for pair in record["attributes"] if pair["key"] != "log.record.uid"]
