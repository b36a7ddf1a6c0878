"""The off variables: their spellings, and the cap they set on every call."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.consent import gate, reference
from mlflow_usage.consent.mode import OFF_VARIABLES, Mode, mode_of, strictest, variable_mode

NO = ("", " ", "0", "false", "False", "NO", "no", "off", "Off ")
YES = ("1", "true", "True", " yes", "on", "2", "enabled", "disabled", "nope")


@pytest.mark.parametrize("name", ["MLFLOW_DISABLE_TELEMETRY", "DO_NOT_TRACK"])
def test_a_switch_is_off_for_anything_but_a_no(name: str) -> None:
    assert {value: mode_of(name, value) for value in NO} == dict.fromkeys(NO)
    assert {value: mode_of(name, value) for value in YES} == dict.fromkeys(YES, Mode.OFF)


@pytest.mark.parametrize(("value", "mode"), [("true", Mode.OFF), ("TRUE ", Mode.OFF), ("1", None), ("yes", None), ("", None)])
def test_opentelemetrys_switch_knows_only_true(value: str, mode: Mode | None) -> None:
    assert mode_of("OTEL_SDK_DISABLED", value) is mode


@pytest.mark.parametrize(
    ("value", "mode"),
    [("on", Mode.ON), (" ON", Mode.ON), ("Local", Mode.LOCAL), ("off", Mode.OFF), ("", Mode.OFF), ("true", Mode.OFF), ("1", Mode.OFF)],
)
def test_the_own_variable_is_a_mode_and_anything_else_is_off(value: str, mode: Mode) -> None:
    assert mode_of("MLFLOW_USAGE", value) is mode


def test_the_variables_are_those_of_the_settings_table() -> None:
    assert set(OFF_VARIABLES) <= reference.names("variable")


def test_unset_variables_set_no_cap() -> None:
    assert variable_mode((None,) * len(OFF_VARIABLES)) is None


@given(st.tuples(*[st.one_of(st.none(), st.sampled_from(NO + YES + ("local",)), st.text())] * len(OFF_VARIABLES)))
def test_the_cap_is_the_strictest_of_what_each_variable_says(values: tuple[str | None, ...]) -> None:
    each = [mode for name, value in zip(OFF_VARIABLES, values, strict=True) if (mode := mode_of(name, value))]
    assert variable_mode(values) is (strictest(each) if each else None)


def test_the_gate_closes_for_a_plain_no_only(tmp_path: Path) -> None:
    nothing = (f"{tmp_path}/none.toml", f"{tmp_path}/file/none.toml")
    (tmp_path / "file").touch()
    assert gate.closed({"DO_NOT_TRACK": "1"}, nothing)
    assert not gate.closed({}, nothing)
    assert not gate.closed({"MLFLOW_USAGE": "local"}, nothing)


def test_the_gate_leaves_it_to_the_decision_where_a_policy_may_have_more_to_say(tmp_path: Path) -> None:
    (tmp_path / "policy.toml").touch()
    (tmp_path / "link").symlink_to("nowhere")
    for path in (f"{tmp_path}/policy.toml", f"{tmp_path}/link", f"{tmp_path}/{'x' * 300}"):
        assert not gate.closed({"DO_NOT_TRACK": "1"}, [path])
