"""Nothing that came from elsewhere is run, and nothing is configured from afar: read off the sources of both sides."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "src" / "mlflow_usage"
SOURCES = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}

# Modules that turn bytes into code or objects of any kind.
FORBIDDEN = frozenset(
    {"pickle", "cPickle", "_pickle", "dill", "cloudpickle", "marshal", "shelve", "code", "codeop", "imp", "runpy", "ctypes"}
)
CALLS = frozenset({"eval", "exec", "compile", "__import__", "execfile", "loads_pickle", "system", "popen", "unsafe_load", "full_load"})
# Who may do what: each with its reason.
NETWORK = {
    "delivery/http.py",  # the one request
    "collector/run.py",  # the health of the Collector that was started here
    "collector/deployment.py",  # a free port
}
# `go build` and the Collector, when an operator asks; `doctor` imports MLflow in a process of its own.
PROCESSES = {"collector/build.py", "collector/run.py", "collector/toolchain.py", "cli/checks.py"}
# Renderers, command groups, tomllib or tomli: by names that stand beside the call.
DYNAMIC = {"catalogue/build/__main__.py", "catalogue/build/warehouse_schema.py", "cli/__init__.py", "toml.py"}
YAML = {"catalogue/build/model.py", "site/terms.py"}  # the catalogue's own sources and the operator's terms; `safe_load` only


def imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def called(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Name):
                yield function.id
            elif isinstance(function, ast.Attribute) and not (
                isinstance(function.value, ast.Name) and function.value.id in {"re", "platform"}
            ):
                yield function.attr


@pytest.mark.parametrize("name", SOURCES)
def test_no_module_runs_what_it_is_given(name: str) -> None:
    modules = {module.partition(".")[0] for module in imported(SOURCES[name])}
    assert modules.isdisjoint(FORBIDDEN)
    assert CALLS.isdisjoint(called(SOURCES[name]))
    assert "importlib" not in modules or name in DYNAMIC or "import_module" not in set(called(SOURCES[name]))
    assert "yaml" not in modules or (name in YAML and not {"load", "load_all"} & _of_yaml(SOURCES[name]))
    assert "subprocess" not in modules or name in PROCESSES
    assert not any(keyword.arg == "shell" for node in ast.walk(SOURCES[name]) if isinstance(node, ast.Call) for keyword in node.keywords)


def _of_yaml(tree: ast.AST) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "yaml"
    }


@pytest.mark.parametrize("name", SOURCES)
def test_only_the_guard_talks_to_the_network(name: str) -> None:
    network = {"requests", "urllib3", "http.client", "socket", "ssl", "urllib.request", "ftplib", "smtplib", "httpx", "aiohttp"}
    assert network.isdisjoint(imported(SOURCES[name])) or name in NETWORK


def test_the_exceptions_are_all_needed() -> None:
    for names, modules in ((PROCESSES, {"subprocess"}), (YAML, {"yaml"}), (NETWORK, {"socket", "http.client", "requests"})):
        for name in names:
            assert modules & set(imported(SOURCES[name])), name


def test_an_answer_has_no_field_that_could_configure_anything() -> None:
    """All that an answer becomes: whether the batch arrived, a number, and how long to wait."""
    from mlflow_usage.delivery import Answer

    assert Answer._fields == ("outcome", "status", "rejected", "retry_after")
