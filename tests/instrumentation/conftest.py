"""MLflow with every function of it wrapped, for the tests of one module."""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator

import pytest

from instrumentation.measuring import Calls, measured


@pytest.fixture(scope="module")
def wrapped() -> Iterator[Calls]:
    """MLflow with its lazily imported parts, every function of it wrapped."""
    os.environ.pop("MLFLOW_TRACKING_URI", None)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own
        import mlflow.genai
        import mlflow.genai.scorers
        import mlflow.metrics.genai
        import mlflow.pyfunc
        import mlflow.sklearn  # noqa: F401
    with measured() as made:
        yield made


@pytest.fixture
def calls(wrapped: Calls) -> Calls:
    """The calls that this test made."""
    wrapped.made.clear()
    return wrapped
