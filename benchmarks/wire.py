"""What goes over the wire, headers aside."""

from __future__ import annotations

import json
from pathlib import Path

import endpoints
from measure import Row, child, script

CALLS, PEERS = 100_000, 1000


def rows(where: Path) -> list[Row]:
    """Bodies as they were received."""
    ours = sent(where, "loop", CALLS, "/v1/logs")
    distinct = sent(where, "distinct", 100, "/v1/logs")
    mlflow = sent(where, "mlflow", PEERS, "/mlflow")
    stock = sent(where, "stock", PEERS, "/v1/logs")
    told = sum(len(json.loads(body)["records"]) for body in mlflow)
    listed = sum(len(endpoints.records(body)) for body in distinct)
    emitted = sum(len(endpoints.records(body)) for body in stock)
    note = f"one record each; {told} and {emitted} events of {PEERS} arrived at the peers"
    calls, each, whole = f"{CALLS:,} calls of log_metric", "B", sum(map(len, ours))
    theirs, others = sum(map(len, mlflow)) / max(1, told), sum(map(len, stock)) / max(1, emitted)
    return [
        Row(f"{calls}, the largest request", max(map(len, ours)), each, 1000, note=f"{len(ours)} requests"),
        Row(f"{calls}, a call", whole / CALLS, each, peer="MLflow's telemetry, an event", theirs=theirs),
        Row(f"{calls}, a call", whole / CALLS, each, peer="OTel batch processor, gzip, an event", theirs=others),
        Row(
            "100 distinct records in one request, a record", sum(map(len, distinct)) / listed, each, 40, "MLflow's telemetry", theirs, note
        ),
    ]


def sent(where: Path, kind: str, number: int, path: str) -> list[bytes]:
    """The bodies that a program sent to `path`."""
    with endpoints.Answering() as up:
        on = "on" if kind in ("loop", "distinct") else "off"
        child(where, [script("volume"), kind, up.url, str(number)], MLFLOW_USAGE=on, MLFLOW_USAGE_ENDPOINT=up.url)
        return up.requests(path)
