"""Pending elements are inert: a whole second catalogue, generated and run, records and sends none of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from catalogue import variation
from support.process_stage import Stage

PROGRAM = """
import mlflow_usage, mlflow
assert mlflow_usage.__file__.startswith(os.environ["PYTHONPATH"])
mlflow.set_experiment("x")
mlflow.set_tag("a", "b")
mlflow.sklearn.autolog()
"""
# The rows of a document as the variation's loader judges them.
ROWS = """
import json, sys
from mlflow_usage.warehouse.rows import rows
from mlflow_usage.warehouse.schema import COLUMNS
from mlflow_usage.warehouse.tally import Tally
tally = Tally()
names = [column[0] for column in COLUMNS]
found = [dict(zip(names, row)) for row in rows(json.load(sys.stdin), tally)]
print(json.dumps({"rows": found, "refused": {reason: n for (_, reason), n in tally.refused.items()}}))
"""


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return variation.make(tmp_path_factory.mktemp("variation") / "root", *variation.UNDER_REVIEW)


def sent(stage: Stage) -> dict[str, dict[str, Any]]:
    own = {"log.record.uid", "mlflow.usage.count", "mlflow.usage.store", "event"}
    return {record["event"]: {k: v for k, v in record.items() if k not in own} for _, record in stage.receiver.records()}


REVIEWED = {"mlflow.set_experiment": {}, "mlflow.autolog": {"mlflow.usage.flavor": "custom_flavor", "mlflow.usage.log_traces": True}}
PENDING = {
    "mlflow.set_experiment": {},
    "mlflow.set_tag": {},
    "mlflow.autolog": {
        "mlflow.usage.flavor": "sklearn",
        "mlflow.usage.log_traces": True,
        "mlflow.usage.log_models": True,
        "mlflow.usage.disable": False,
    },
}


def traces(record: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if key != "mlflow.usage.log_traces"}


def test_nothing_under_review_is_recorded_or_sent(stage: Stage, root: Path) -> None:
    stage.environ["PYTHONPATH"] = str(root / "src")
    done = stage.run(PROGRAM, MLFLOW_USAGE="local")
    assert done.returncode == 0, done.stderr
    (journal,) = stage.state.glob("*.journal")
    content = journal.read_bytes()
    assert b"mlflow.set_experiment" in content
    assert b"custom_flavor" in content
    assert not [name for name in (b"set_tag", b"sklearn", b"log_models", b"disable") if name in content]
    assert stage.run(PROGRAM).returncode == 0
    found = sent(stage)
    assert found.keys() == REVIEWED.keys()
    assert {name: traces(record) for name, record in found.items()} == {name: traces(record) for name, record in REVIEWED.items()}
    assert {resource["mlflow.usage.catalogue"] for resource, _ in stage.receiver.records()} == {2}


def test_the_variable_and_a_chosen_endpoint_record_it_and_the_table_still_refuses_it(stage: Stage, root: Path) -> None:
    stage.environ["PYTHONPATH"] = str(root / "src")
    assert stage.run(PROGRAM, MLFLOW_USAGE_REVIEW="pending").returncode == 0
    found = sent(stage)
    assert {name: traces(record) for name, record in found.items()} == {name: traces(record) for name, record in PENDING.items()}
    document = stage.receiver.requests[0].content
    for request in stage.receiver.requests[1:]:
        document["resourceLogs"] += request.content["resourceLogs"]
    received = 1_796_083_200_000_000_000  # the Collector's clock, which sets it
    for logs in document["resourceLogs"]:
        for record in logs["scopeLogs"][0]["logRecords"]:
            record["observedTimeUnixNano"] = str(received)
    environ = stage.environment()
    done = subprocess.run(
        [sys.executable, "-c", ROWS], input=json.dumps(document), env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    judged = json.loads(done.stdout)
    assert judged["refused"] == {"unknown_event": 1}
    assert {row["event_name"]: row["flavor"] for row in judged["rows"]} == {
        "mlflow.set_experiment": None,
        "mlflow.autolog": "custom_flavor",
    }
    assert not {"log_models", "disable"} & {key for row in judged["rows"] for key, value in row.items() if value is not None}


def test_a_higher_revision_shows_the_notice_again(stage: Stage, root: Path) -> None:
    code = "import mlflow\nmlflow.set_experiment('x')\n"
    heard = "import logging\nlogging.basicConfig(level=logging.INFO)\n" + code
    first = stage.run(heard)
    stage.environ["PYTHONPATH"] = str(root / "src")
    grown = stage.run(heard)
    last = stage.run(heard)
    shown = ["mlflow-usage counts" in run.stderr for run in (first, grown, last)]
    assert shown == [True, True, False], first.stderr
    assert {"notice-1", "notice-2"} <= set(stage.files())


def test_every_artefact_keeps_it_apart(root: Path) -> None:
    published = json.loads((root / "src/mlflow_usage/catalogue/catalogue.json").read_text())
    assert "mlflow.set_tag" not in published["events"]
    assert "mlflow.usage.log_models" not in published["attributes"]
    assert published["pending"]["events"].keys() == {"mlflow.set_tag"}
    assert published["pending"]["attributes"].keys() == {"mlflow.usage.log_models"}
    assert published["pending"]["members"] == {"mlflow.usage.flavor": ["sklearn"]}
    assert published["pending"]["carried"] == {"mlflow.autolog": ["mlflow.usage.disable", "mlflow.usage.log_models"]}
    for page, title in (
        ("what-is-collected", "Under review, not collected"),
        ("review-form", "Pending amendments"),
        ("scope-changes", "Under review"),
    ):
        text = (root / f"docs/{page}.md").read_text()
        before, pending = text.split(f" {title}\n")
        pending = pending.split("\n#")[0]
        assert "`mlflow.set_tag`" not in before
        for said in (
            f"- `mlflow.set_tag`: {published['pending']['events']['mlflow.set_tag']['brief']}",
            "- `mlflow.usage.log_models`:",
            "- `mlflow.usage.flavor` may also be `sklearn`.",
            "- `mlflow.autolog` also carries `mlflow.usage.disable`, `mlflow.usage.log_models`.",
        ):
            assert said in pending, page
    schema = (root / "src/mlflow_usage/warehouse/schema.py").read_text()
    wall = (root / "collector-config/filter.yaml").read_text()
    assert "log_models" not in schema + wall
    assert "sklearn" not in schema + wall
    assert "'mlflow.set_tag'" not in schema
    (names,) = re.findall(r"\"unknown_event\"\) where not IsMatch\(log\.event_name, (\".*\")\)'", wall)
    assert re.match(json.loads(names), "mlflow.set_tags")
    assert not re.match(json.loads(names), "mlflow.set_tag")
