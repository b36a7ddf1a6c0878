"""What a call costs the caller's thread."""

from __future__ import annotations

from pathlib import Path

import endpoints
from measure import Row, child, median, script

ROUNDS = 5
MLFLOW, OTEL = "MLflow's recorder", "OTel SDK logger, batch processor"


def rows(where: Path) -> list[Row]:
    """Interleaved loops over a function that does nothing, in alternating processes."""
    found: dict[str, list[dict[str, dict[str, float]]]] = {"ours": [], "mlflow": [], "otel": []}
    with endpoints.Answering() as up:
        for number in range(ROUNDS):
            for kind, runs in found.items():
                if kind != "ours" and number % 2:
                    continue
                runs.append(child(where, [script("calls"), kind, up.url], MLFLOW_USAGE_ENDPOINT=up.url))

    def above(kind: str, name: str, base: str) -> float:
        return median([run["median"][name] - run["median"][base] for run in found[kind]])

    def tail(kind: str, name: str) -> float:
        return median([run["tail"][name] for run in found[kind]])

    # All of it beside the function itself: what a user of each pays.
    whole, mlflow, otel = above("ours", "fluent", "plain"), above("mlflow", "mlflow", "plain"), above("otel", "otel", "plain")
    us = "µs"
    return [
        Row("fluent call, above a bare wrapt wrapper", above("ours", "fluent", "bare"), us, 0.4, note="from a main program"),
        Row("fluent call from an imported module, above a bare wrapt wrapper", above("ours", "fluent, from a module", "bare"), us, 0.4),
        Row("client method, above a bare wrapt wrapper", above("ours", "client", "client bare"), us, 1.6),
        Row("autolog with an argument, above a bare wrapt wrapper", above("ours", "autolog", "autolog bare"), us, 1.4),
        Row("internal call, fluent, above a bare wrapt wrapper", above("ours", "fluent, internal", "bare"), us, 0.5),
        Row("internal call, client method, above a bare wrapt wrapper", above("ours", "client, internal", "client bare"), us, 0.75),
        Row("call after MLFLOW_DISABLE_TELEMETRY=true, above a bare wrapt wrapper", above("ours", "fluent, off", "bare after"), us, 0.5),
        Row("fluent call, all in", whole, us, peer=MLFLOW, theirs=mlflow, note="at least 15 times"),
        Row("fluent call, all in", whole, us, peer=OTEL, theirs=otel),
        Row("autolog call, all in", above("ours", "autolog", "plain"), us, peer=MLFLOW, theirs=mlflow, note="at least 9 times"),
        Row("fluent call, p99.9, timed singly", tail("ours", "fluent"), us, peer=MLFLOW, theirs=tail("mlflow", "mlflow")),
        Row("fluent call, p99.9, timed singly", tail("ours", "fluent"), us, peer=OTEL, theirs=tail("otel", "otel")),
        Row("a function that does nothing, p99.9, timed singly", tail("ours", "plain"), us, note="the machine's own"),
    ]
