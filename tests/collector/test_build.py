"""Building, with a real `go build` of a small program in place of the Collector's thousand packages."""

from __future__ import annotations

import io
import subprocess
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner

from mlflow_usage.cli.main import main
from mlflow_usage.collector import build
from mlflow_usage.collector.configuration import CollectorError

MAIN = 'package main\n\nimport "fmt"\n\nfunc main() { fmt.Println("built") }\n'
pytestmark = pytest.mark.usefixtures("cache")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.mkdir()
    (path / "go.mod").write_text("module small\n\ngo 1.21\n", encoding="utf-8")
    (path / "main.go").write_text(MAIN, encoding="utf-8")
    return path


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


def test_a_cache_that_cannot_be_written_is_said_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv(build.CACHE_VARIABLE, str(tmp_path / "file" / "below"))
    result = CliRunner().invoke(main, ["collector", "build"])
    assert result.exit_code == 1
    assert "Not a directory" in result.output
    assert build.CACHE_VARIABLE in result.output
    assert len(result.output.splitlines()) == 1
