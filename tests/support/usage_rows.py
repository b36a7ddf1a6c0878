"""Usage tables to test the site with: rows as the loader writes them, in a real Delta table."""

from __future__ import annotations

import hashlib
import json
import random
import uuid
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time, timedelta, timezone
from pathlib import Path
from typing import Any

import pyarrow as pa
from deltalake import write_deltalake

from mlflow_usage.site.build import CATALOGUE
from mlflow_usage.warehouse import table as warehouse

Row = dict[str, Any]


def digest(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()


def row(installation: int, day: date | None, event: str, count: int = 1, *, received: date | None = None, **fields: Any) -> Row:
    identity = digest(installation)
    received = received or day
    assert received is not None
    moment = datetime.combine(received, time(9), timezone.utc)
    empty = dict.fromkeys(warehouse.ARROW.names)
    return {
        **empty,
        "event_name": event,
        "event_hour": moment if day is None else datetime.combine(day, time(8), timezone.utc),
        "event_day": day,
        "received_day": received,
        "received_time": moment,
        "bucket": identity[:2],
        "installation_id": identity,
        "catalogue": 1,
        "service_name": "mlflow",
        "service_version": "3.17.2",
        "session_id": str(uuid.UUID(int=installation)),
        "uid": f"{uuid.UUID(int=random.Random(f'{installation}{day}{event}{count}{fields}').getrandbits(128))}-0",
        "os_type": "linux",
        "os_version": "5.10",
        "host_arch": "amd64",
        "process_runtime_name": "cpython",
        "process_runtime_version": "3.11.7",
        "store": "SqlAlchemyStore",
        "count": count,
        **fields,
    }


def write(place: Path, rows: Iterable[Mapping[str, Any]]) -> str:
    warehouse.prepare(str(place))
    content = pa.Table.from_pylist([dict(entry) for entry in rows], schema=warehouse.ARROW)
    if content.num_rows:
        write_deltalake(str(place), content, mode="append")
    return str(place)


def pick(random_: random.Random, weighted: Mapping[str, float]) -> str:
    return random_.choices(list(weighted), list(weighted.values()))[0]


RELEASES = {  # version -> day it came out
    "2.22.0": -400,
    "3.0.1": -300,
    "3.13.0": -120,
    "3.14.1": -80,
    "3.15.0": -45,
    "3.16.2": 8,
    "3.17.0": 30,
    "3.17.2": 44,
}


def crowd(first: date, days: int, installations: int, seed: int = 7) -> list[Row]:
    """Many people's usage: releases spread, work follows the week, few APIs are popular and most are rare."""
    chance = random.Random(seed)
    catalogue = json.loads(CATALOGUE.read_text(encoding="utf-8"))
    members = {name: catalogue["attributes"][f"mlflow.usage.{name}"]["members"] for name in ("flavor", "scorers", "model_type")}
    special = {"mlflow.log_model", "mlflow.autolog", "mlflow.genai.evaluate"}
    plain = [name for name, event in catalogue["events"].items() if event["family"] != "mechanics" and name not in special]
    head = ["mlflow.log_metric", "mlflow.start_run", "mlflow.log_param", "mlflow.log_params", "mlflow.set_experiment", "mlflow.log_metrics"]
    tail = [name for name in plain if name not in head]
    chance.shuffle(tail)
    popular = {name: 1 / (rank + 1.5) for rank, name in enumerate([*head, *tail])}
    rows: list[Row] = []
    for number in range(installations):
        os_type = pick(chance, {"linux": 62, "darwin": 24, "windows": 13, "other": 1})
        system = {
            "os_type": os_type,
            "os_version": {
                "linux": pick(chance, {"5.10": 3, "5.15": 5, "6.8": 4, "6.1": 2}),
                "darwin": pick(chance, {"15.4.1": 3, "14.7": 1}),
            }.get(os_type, "10.0.19045"),
            "host_arch": "arm64" if os_type == "darwin" or chance.random() < 0.12 else "amd64",
            "process_runtime_name": pick(chance, {"cpython": 995, "pypy": 5}),
            "process_runtime_version": pick(chance, {"3.10.16": 18, "3.11.7": 34, "3.12.4": 33, "3.13.1": 12, "3.9.6": 3}),
            "store": pick(chance, {"FileStore": 30, "SqlAlchemyStore": 34, "RestStore": 33, "custom_store": 3}),
        }
        eager, active = chance.choice((0, 2, 7, 21, 60, 200)), chance.betavariate(1.2, 4)
        favourites = chance.choices(list(popular), list(popular.values()), k=6)
        flavor = pick(
            chance,
            {
                name: 1 / (1 + index)
                for index, name in enumerate(
                    dict.fromkeys(["sklearn", "pyfunc", "xgboost", "langchain", "custom_flavor", *members["flavor"]])
                )
            },
        )
        started = chance.randrange(-200, days)
        for offset in range(max(0, started), days):
            day = first + timedelta(days=offset)
            if chance.random() > active * (0.25 if day.weekday() > 4 else 1):
                continue
            out = [version for version, born in RELEASES.items() if born + eager <= offset]
            here = {**system, "service_version": out[-1] if out else "2.22.0"}
            chosen = dict.fromkeys(chance.choices(favourites, k=chance.randint(1, 4)))
            rows += [row(number, day, name, 1 + int(chance.paretovariate(0.85)) % 90_000, **here) for name in chosen]
            if chance.random() < 0.3:
                kinds = pick(chance, {"object": 70, "PythonModel": 15, "string": 6, "ResponsesAgent": 5, "ChatAgent": 2, "ChatModel": 2})
                given = {
                    name: chance.random() < share
                    for name, share in [
                        ("pip_requirements", 0.22),
                        ("extra_pip_requirements", 0.05),
                        ("code_paths", 0.11),
                        ("params", 0.3),
                        ("metadata", 0.08),
                    ]
                }
                status = pick(chance, {"success": 94, "failure": 6})
                rows.append(
                    row(
                        number,
                        day,
                        "mlflow.log_model",
                        chance.randint(1, 9),
                        flavor=flavor,
                        model_type=kinds,
                        status=status,
                        **given,
                        **here,
                    )
                )
            if chance.random() < 0.25:
                mine = None if chance.random() < 0.4 else flavor
                on = {"disable": chance.random() < 0.06, "log_models": chance.random() < 0.8, "log_traces": chance.random() < 0.9}
                rows.append(row(number, day, "mlflow.autolog", 1, flavor=mine, **on, **here))
            if chance.random() < 0.08:
                used = sorted(
                    {
                        pick(
                            chance,
                            {
                                name: 1 / (1 + i)
                                for i, name in enumerate(dict.fromkeys(["custom_scorer", "correctness", *members["scorers"]]))
                            },
                        )
                        for _ in range(3)
                    }
                )
                status = pick(chance, {"success": 9, "failure": 1})
                rows.append(
                    row(number, day, "mlflow.genai.evaluate", 1, scorers=used, predict_fn=chance.random() < 0.6, status=status, **here)
                )
    return rows
