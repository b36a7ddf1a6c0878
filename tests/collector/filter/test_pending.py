"""The filter refuses elements under review like anything else that it does not know."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalogue import variation
from collector.wall import BASE, batch, record, wall


@pytest.mark.usefixtures("binary")
def test_what_is_under_review_does_not_pass(tmp_path: Path) -> None:
    root = variation.make(tmp_path / "variation", *variation.UNDER_REVIEW)
    autolog = {**BASE, "mlflow.usage.flavor": "sklearn", "mlflow.usage.log_models": True, "mlflow.usage.disable": True}
    with wall(tmp_path / "archive", overlays=(root / "collector-config/filter.yaml",)) as collector:
        stored = collector.send(batch(record("mlflow.set_tag"), record("mlflow.log_param"), record("mlflow.autolog", autolog)))
        assert stored.names == ["mlflow.log_param", "mlflow.autolog"]
        assert stored.attributes == [BASE, {**BASE, "mlflow.usage.flavor": "custom_flavor"}]
        assert collector.refused() == 1
