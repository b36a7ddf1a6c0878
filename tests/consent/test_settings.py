"""Settings: the table of all of them, the user's file, and the TOML of settings and policies."""

from __future__ import annotations

import importlib
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.consent import policy, reference, settings, toml
from mlflow_usage.consent.mode import Mode
from mlflow_usage.consent.reference import SETTINGS
from mlflow_usage.consent.settings import UserSettings

parser = importlib.import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")


def test_every_variable_that_the_client_reads_is_a_row() -> None:
    sources = Path(settings.__file__).parents[1]
    read = set()
    parts = ("consent", "installation", "journal", "instrumentation", "delivery", "process", "insight")
    for path in {path for part in parts for path in (sources / part).rglob("*.py")} - {sources / "consent" / "reference.py"}:
        read |= set(re.findall(r'"(MLFLOW_USAGE[A-Z_]*|MLFLOW_DISABLE_TELEMETRY|DO_NOT_TRACK|OTEL_SDK_DISABLED)"', path.read_text()))
    assert read == reference.names("variable")


def test_every_key_that_a_file_may_have_is_a_row() -> None:
    assert reference.names("settings") == settings.KEYS
    assert reference.names("policy") == policy.KEYS


def test_rows_are_complete_and_unique() -> None:
    assert len({(row.name, row.place) for row in SETTINGS}) == len(SETTINGS)
    for row in SETTINGS:
        assert row.effect.endswith(".")
        assert row.values
        assert row.example


def test_the_examples_of_file_settings_are_valid() -> None:
    for row in (row for row in SETTINGS if row.place != "variable"):
        value = row.example if row.example.startswith("{") else f'"{row.example}"'
        table = toml.parse(f"{row.name} = {value}".encode())
        found = settings.parse(table, "x") if row.place == "settings" else policy.parse(table, "machine", "x", trusted=True)
        assert found.problem == ""


def test_what_is_written_is_read(tmp_path: Path) -> None:
    for mode in (None, *Mode):
        for endpoint in (None, "https://collector.example.com/otlp", "none"):
            settings.write(tmp_path, mode=mode, endpoint=endpoint)
            found = settings.read(tmp_path)
            if mode is None and endpoint is None:
                assert found is None
                assert list(tmp_path.iterdir()) == []
            else:
                assert found == UserSettings(mode, endpoint, str(tmp_path / "settings.toml"))


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_the_file_is_private_and_nothing_else_is_left(tmp_path: Path) -> None:
    state = tmp_path / "a" / "state"
    old = os.umask(0)
    try:
        settings.write(state, mode=Mode.OFF, endpoint=None)
    finally:
        os.umask(old)
    assert stat.S_IMODE(state.stat().st_mode) == 0o700
    assert stat.S_IMODE((state / "settings.toml").stat().st_mode) == 0o600
    assert [path.name for path in state.iterdir()] == ["settings.toml"]


def test_nothing_there_says_nothing_and_makes_nothing(tmp_path: Path) -> None:
    assert settings.read(None) is None
    assert settings.read(tmp_path / "state") is None
    assert list(tmp_path.iterdir()) == []


BROKEN = [
    (b'colour = "red"', "unknown key 'colour'"),
    (b'mode = "quiet"', "mode is not on, local or off"),
    (b'mode = "ON"', "mode is not on, local or off"),
    (b"mode = true", "mode is not on, local or off"),
    (b"mode = []", "mode is not on, local or off"),
    (b"endpoint = 1", "endpoint is not a string"),
    (b"mode = ", ""),
    (b'mode = "on"\nmode = "on"', ""),
    (b"\xff", ""),
    (b"#" * 70_000, ""),
]


@pytest.mark.parametrize(("content", "problem"), BROKEN)
def test_a_file_that_cannot_be_understood_is_off(content: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_bytes(content)
    found = settings.read(tmp_path)
    assert found is not None
    assert (found.mode, found.endpoint) == (Mode.OFF, None)
    assert found.problem
    assert problem in found.problem


@pytest.mark.skipif(sys.platform == "win32", reason="links")
def test_a_file_that_may_not_be_used_is_off(tmp_path: Path) -> None:
    real = tmp_path / "real"
    settings.write(real, mode=Mode.ON, endpoint=None)
    (tmp_path / "linked").symlink_to(real)
    (tmp_path / "with-link").mkdir(mode=0o700)
    (tmp_path / "with-link" / "settings.toml").symlink_to(real / "settings.toml")
    shared = tmp_path / "shared"
    settings.write(shared, mode=Mode.ON, endpoint=None)
    shared.chmod(0o777)
    for directory in ("linked", "with-link", "shared"):
        found = settings.read(tmp_path / directory)
        assert found is not None
        assert found.mode is Mode.OFF
        assert found.problem


def test_what_cannot_be_written_changes_nothing(tmp_path: Path) -> None:
    settings.write(tmp_path, mode=Mode.OFF, endpoint=None)
    for endpoint in ('https://x/"\nmode = "on', "https://x/\\", "https://x/\x00"):
        with pytest.raises(ValueError, match="quote"):
            settings.write(tmp_path, mode=Mode.ON, endpoint=endpoint)
    found = settings.read(tmp_path)
    assert found is not None
    assert found.mode is Mode.OFF


def test_the_own_file_is_read_without_a_parser(tmp_path: Path) -> None:
    settings.write(tmp_path, mode=Mode.OFF, endpoint="https://collector.example.com")
    script = (
        f"import sys, pathlib; from mlflow_usage.consent import settings; found = settings.read(pathlib.Path({str(tmp_path)!r}));"
        "print(found.mode.value, 'tomllib' in sys.modules or 'tomli' in sys.modules)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "off False"


PIECES = st.sampled_from([
    "mode", "a-b", "1", '"mode"', "a.b", " ", "\t", "=", "==", '"on"', "'on'", '"""', '"\\u0041"', '"\\"', "#", "# x", "\n", "\r\n",
    "\r", "[a]", "true", "1", "\x00", "\x7f", "\x1f", "ü", "\u2028", "\ufeff", '"a # b"', ",", "{}",
])  # fmt: skip


@given(st.one_of(st.lists(PIECES).map("".join), st.text()))
def test_the_plain_form_means_what_toml_says(text: str) -> None:
    plain = toml._plain(text.replace("\r\n", "\n"))
    if plain is not None:
        assert plain == parser.loads(text)


@pytest.mark.parametrize(
    ("content", "table"),
    [
        (b"", {}),
        (b'\xef\xbb\xbf# made by Notepad\r\nmode = "off"\r\n', {"mode": "off"}),
        (b'a = "b" # c', {"a": "b"}),
        (b"[headers]\na = 'b'", {"headers": {"a": "b"}}),
    ],
)  # fmt: skip
def test_documents_are_parsed(content: bytes, table: dict[str, object]) -> None:
    assert toml.parse(content) == table
