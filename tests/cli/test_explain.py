"""`mlflow-usage explain`: every event, by its name or a function's."""

from __future__ import annotations

import re

import pytest

from mlflow_usage.catalogue.tables import ATTRIBUTES, EVENTS
from mlflow_usage.instrumentation.targets import TARGETS, rows
from support.cli_shell import Shell


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_is_explained(shell: Shell, event: str) -> None:
    found = shell.said("explain", event)
    assert found["event"] == event
    for key in ("brief", "question", "owner", "review", "expires"):
        assert found[key]
    assert set(found["attributes"]) == set(found["example"]) == set(EVENTS[event].attributes)
    assert bool(found["functions"]) is not event.startswith("mlflow.usage.")


def test_an_example_is_one_that_the_catalogue_accepts(shell: Shell) -> None:
    from mlflow_usage.catalogue.check import check_record

    for event in EVENTS:
        example = shell.said("explain", event)["example"]
        judged = check_record(event, example)
        assert (judged.refused, judged.changed) == (None, ())


def test_an_explanation_says_who_allowed_it_and_what_it_may_be(shell: Shell) -> None:
    shown = shell.run("explain", "mlflow.log_model").output
    for part in ("approved:2025-06-26", "mlflow-maintainers", "mlflow.sklearn:log_model", "anything else is custom_flavor", "example"):
        assert part in shown
    assert set(ATTRIBUTES["mlflow.usage.model_type"].members) <= set(re.split(r"[ ,;]+", shown))


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("mlflow.sklearn.log_model", "mlflow.log_model"),
        ("mlflow.openai.autolog", "mlflow.autolog"),
        ("MlflowClient.log_metric", "mlflow.log_metric"),
        ("mlflow.MlflowClient.log_metric", "mlflow.log_metric"),
        ("mlflow.tracking.fluent.log_metric", "mlflow.log_metric"),
        ("log_params", "mlflow.log_params"),
        ("mlflow.log_params()", "mlflow.log_params"),
    ],
)
def test_a_function_s_name_finds_its_event(shell: Shell, name: str, event: str) -> None:
    assert shell.said("explain", name)["event"] == event


def test_every_function_that_is_counted_is_found_by_where_it_is_defined(shell: Shell) -> None:
    from mlflow_usage.cli.explain import resolve

    targets = [(f"{module}.{path}", event) for module in TARGETS for path, event, _ in rows(module)]
    assert len(targets) > 400
    # Where an event has the very name of the place, the event comes first.
    assert [name for name, event in targets if resolve(name, EVENTS) != event and name not in EVENTS] == []
    assert shell.run("explain", "mlflow.log_metric").exit_code == 0


def test_an_unknown_event_is_one_line_with_what_is_close(shell: Shell) -> None:
    assert "mlflow.log_metric" in shell.fails("explain", "mlflow.log_metrc")
    assert "did you mean mlflow.log_metric" in shell.fails("explain", "LOG_METRIC")
    assert "MlflowClient.log_metric" in shell.fails("explain", "mlflowclient.log_metric")
    assert "`mlflow-usage catalogue`" in shell.fails("explain", "acme")
