"""What developing depends on is pinned by hashes, up to date with pyproject.toml, and asked about."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import HTTPServer
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest

from support import answering
from support.repository import ROOT


def run(root: Path, script: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, root / ".ci" / script, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    copytree(ROOT / ".ci", tmp_path / ".ci")
    copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_lock_is_of_today() -> None:
    result = run(ROOT, "lock.py", "--check")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def edit(root: Path, name: str, old: str, new: str) -> None:
    text = (root / name).read_text()
    assert old in text
    (root / name).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("old", ['"pytest>=8",', '"jinja2>=3.1",', '"click>=8.0",', 'requires-python = ">=3.10"'])
def test_a_changed_dependency_makes_it_stale(root: Path, old: str) -> None:
    edit(root, "pyproject.toml", old, old.replace("8", "7").replace("3.1", "3.2"))
    result = run(root, "lock.py", "--check")
    assert result.returncode == 1
    assert result.stderr.count("STALE") == 2
    assert "run `make lock`" in result.stderr


PYTEST = next(line for line in (ROOT / ".ci/requirements.txt").read_text().splitlines() if line.startswith("pytest=="))


@pytest.mark.parametrize(
    "line",
    [
        "--index-url https://mirror.example.com/simple",
        "--find-links /opt/wheels",
        "acme @ https://mirror.example.com/acme-1.whl",
        "acme>=1 --hash=sha256:" + "0" * 64,
        "acme==1",
        "acme==1 --hash=md5:" + "0" * 32,
    ],
)
def test_a_lock_names_packages_and_hashes_and_nothing_else(root: Path, line: str) -> None:
    edit(root, ".ci/requirements.txt", PYTEST, f"{line}\n{PYTEST}")
    result = run(root, "lock.py", "--check")
    assert result.returncode == 1
    assert "LOCK: .ci/requirements.txt" in result.stderr


@contextmanager
def database(answer: Callable[[list[dict[str, Any]]], Any]) -> Iterator[str]:
    """A vulnerability database on the loopback."""

    class Handler(answering.Handler):
        def do_POST(self) -> None:  # http.server's name
            self.answer(json.dumps(answer(json.loads(self.body())["queries"])).encode())

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/"
        server.shutdown()


def test_a_vulnerable_package_fails() -> None:
    def answer(queries: list[dict[str, Any]]) -> dict[str, Any]:
        return {"results": [{"vulns": [{"id": "X-1"}, {"id": "X-2"}]} if q["package"]["name"] == "wrapt" else {} for q in queries]}

    with database(answer) as service:
        result = run(ROOT, "audit.py", "--service", service)
    assert result.returncode == 1
    (line,) = result.stderr.splitlines()
    assert line.startswith("AUDIT: wrapt ")
    assert "X-1, X-2" in line


def test_no_vulnerable_package_is_said_with_their_number() -> None:
    with database(lambda queries: {"results": [{} for _ in queries]}) as service:
        result = run(ROOT, "audit.py", "--service", service)
    assert result.returncode == 0
    assert "packages, none known to be vulnerable" in result.stderr
    assert int(result.stderr.split()[1]) > 150


@pytest.mark.parametrize("answer", [{}, {"results": []}, []])
def test_an_answer_that_is_none_is_not_taken_for_one(answer: Any) -> None:
    with database(lambda _: answer) as service:
        assert "NOT DONE" in run(ROOT, "audit.py", "--service", service).stderr
        assert run(ROOT, "audit.py", "--service", service, "--strict").returncode == 2


def test_a_database_that_cannot_be_reached_is_said() -> None:
    result = run(ROOT, "audit.py", "--service", "http://127.0.0.1:9/")
    assert result.returncode == 0
    assert "NOT DONE" in result.stderr
    assert run(ROOT, "audit.py", "--service", "http://127.0.0.1:9/", "--strict").returncode == 2
