"""Numbers as people read them, and versions in their order."""

from __future__ import annotations

import pytest

from mlflow_usage.site.text import by_version, family_name, percent, short, signed


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (987, "987"), (1_000, "1k"), (44_149, "44.1k"), (999_499, "999k"), (999_500, "1M"), (1_230_000, "1.23M"), (2.5e9, "2.5B")],
)
def test_three_digits_say_how_many(number: float, text: str) -> None:
    assert short(number) == text


@pytest.mark.parametrize(
    ("share", "text"), [(0, "0 %"), (0.0004, "< 0.1 %"), (0.021, "2.1 %"), (0.1, "10 %"), (0.344, "34 %"), (1, "100 %")]
)
def test_a_share_is_never_rounded_to_nothing(share: float, text: str) -> None:
    assert percent(share) == text


@pytest.mark.parametrize(("change", "text"), [(0.032, "+3.2 %"), (-0.5, "\u221250 %"), (0.0004, "±0 %"), (-0.0004, "±0 %")])
def test_a_change_has_its_sign(change: float, text: str) -> None:
    assert signed(change) == text


def test_versions_are_ordered_by_their_numbers() -> None:
    assert sorted(["3.10", "3.9", "not known", "2.22"], key=by_version) == ["not known", "2.22", "3.9", "3.10"]


def test_a_family_is_a_heading() -> None:
    assert family_name("model_registry") == "Model registry"
