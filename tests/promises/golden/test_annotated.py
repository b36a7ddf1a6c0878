"""The comparison itself: it reports a comment without a record, and a record without a comment."""

from __future__ import annotations

import pytest

from promises.golden.annotated import differences, expected

SOURCE = """
for step in range(3):
    mlflow.log_metric("a", step)  # three times # > 3 x mlflow.log_metric
mlflow.new()  # > mlflow.new since 3.9
mlflow.old()  # > mlflow.old until 3.0
mlflow.sklearn.log_model(model, name="m", params={})  # > mlflow.log_model flavor=sklearn params=true store=-
"""


@pytest.mark.parametrize(
    ("release", "event"), [("2.22", "mlflow.old"), ("3.0", "mlflow.old"), ("3.9", "mlflow.new"), ("newest", "mlflow.new")]
)
def test_the_comments_say_which_records_come(release: str, event: str) -> None:
    store = (("store", "SqlAlchemyStore"),)
    model = {"flavor": "sklearn", "model_type": "object", "params": "true", "status": "success"}
    others = dict.fromkeys(("pip_requirements", "extra_pip_requirements", "code_paths", "metadata"), "false")
    assert expected(SOURCE, release) == {
        ("mlflow.log_metric", store): 3,
        (event, store): 1,
        ("mlflow.log_model", tuple(sorted({**model, **others}.items()))): 1,
    }


def test_what_is_missing_and_what_came_beside_are_told() -> None:
    wanted = expected("f()  # > 2 x mlflow.f\ng()  # > mlflow.g\n", "newest")
    got = expected("f()  # > mlflow.f\ng()  # > mlflow.g store=FileStore\n", "newest")
    assert differences(wanted, wanted) == []
    assert differences(wanted, got) == [
        "missing 1 x mlflow.f {'store': 'SqlAlchemyStore'}",
        "missing 1 x mlflow.g {'store': 'SqlAlchemyStore'}",
        "unexpected 1 x mlflow.g {'store': 'FileStore'}",
    ]


@pytest.mark.parametrize("line", ["f()  # >", "f()  # > mlflow.f Store=x", "f()  # > mlflow.f since", "f()  # > three x mlflow.f"])
def test_a_comment_that_cannot_be_read_is_an_error(line: str) -> None:
    with pytest.raises(AssertionError):
        expected(line, "newest")
