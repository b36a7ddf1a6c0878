"""Nothing from outside is run, and nothing is configured remotely: read from the sources of both sides.

Ruff's S rules find `exec`, `eval`, `pickle`, `marshal`, `yaml.load`, `shell=True` and the like (S102, S301, S302, S307, S506, S602) where
they are called by their names; this finds the names themselves, however they are spelled, and suppressed lines too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from support.repository import PACKAGE

SOURCES = {path.relative_to(PACKAGE).as_posix(): ast.parse(path.read_text(encoding="utf-8")) for path in sorted(PACKAGE.rglob("*.py"))}

# Modules that turn bytes into code or objects of any kind.
LOADERS = frozenset(
    {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "code", "codeop", "runpy"}
)
FORBIDDEN = LOADERS | {"imp", "ctypes"}
RUNNERS = frozenset({"eval", "exec", "compile", "__import__"})
CALLS = RUNNERS | {"execfile", "loads_pickle", "system", "popen", "unsafe_load", "full_load"}
# Who may do what: each with its reason.
NETWORK = {
    "delivery/http.py",  # the one request
    "collector/run.py",  # the health of the Collector that was started here
    "collector/deployment.py",  # a free port
}
# `go build` and the Collector, when an operator asks; `doctor` imports MLflow in a process of its own.
PROCESSES = {"collector/build.py", "collector/run.py", "collector/toolchain.py", "cli/checks.py"}
# Where a module is imported by a name that is no literal at the call: each comes from a constant table.
BY_NAME = {"catalogue/build/__main__.py", "catalogue/build/warehouse_schema.py", "cli/main.py", "consent/toml.py"}
YAML = {"catalogue/build/model.py", "site/terms.py"}  # the catalogue's own sources and the operator's terms; `safe_load` only
RECEIVING = ("delivery/answer.py", "delivery/stop.py", "delivery/courier.py", "delivery/http.py", "delivery/sender.py", "delivery/otel.py")


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


def found(tree: ast.AST) -> Iterator[str]:
    """Return the parts of a module that could run something other than its own source."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (f"import {alias.name}" for alias in node.names if alias.name.split(".")[0] in LOADERS)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in LOADERS:
            yield f"from {node.module}"
        elif isinstance(node, ast.Name) and node.id in RUNNERS:
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr in RUNNERS - {"compile"} | {"popen", "unsafe_load", "full_load"}:
            yield node.attr
        elif isinstance(node, ast.Attribute) and ast.unparse(node) in {"yaml.load", "os.system"}:
            yield ast.unparse(node)
        elif isinstance(node, ast.Constant) and node.value in LOADERS - {"code"} | (RUNNERS - {"compile"}):
            yield repr(node.value)
        elif isinstance(node, ast.keyword) and node.arg == "shell":
            yield "shell="


@pytest.mark.parametrize("name", SOURCES)
def test_no_module_runs_what_it_is_given(name: str) -> None:
    modules = {module.partition(".")[0] for module in imported(SOURCES[name])}
    assert modules.isdisjoint(FORBIDDEN)
    assert CALLS.isdisjoint(called(SOURCES[name]))
    assert list(found(SOURCES[name])) == []
    assert "yaml" not in modules or (name in YAML and not {"load", "load_all"} & _of_yaml(SOURCES[name]))
    assert "subprocess" not in modules or name in PROCESSES


def _of_yaml(tree: ast.AST) -> set[str]:
    return {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "yaml"
    }


@pytest.mark.parametrize(
    "code",
    [
        *("eval('1')", "run = exec", "import pickle", "from marshal import loads", "builtins.eval('1')", "getattr(builtins, 'eval')"),
        *(
            "__import__('x')",
            "importlib.import_module('pickle')",
            "os.system('x')",
            "yaml.load(x)",
            "run(x, shell=True)",
            "compile(x, '', 'exec')",
        ),
    ],
)
def test_it_would_be_found(code: str) -> None:
    assert list(found(ast.parse(code)))


def test_a_module_is_imported_by_a_name_of_ours_only() -> None:
    dynamic = {
        name
        for name, tree in SOURCES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and not isinstance(node.args[0], ast.Constant)
    }
    assert dynamic == BY_NAME


@pytest.mark.parametrize("name", SOURCES)
def test_only_the_guard_talks_to_the_network(name: str) -> None:
    network = {"requests", "urllib3", "http.client", "socket", "ssl", "urllib.request", "ftplib", "smtplib", "httpx", "aiohttp"}
    assert network.isdisjoint(imported(SOURCES[name])) or name in NETWORK


def test_the_exceptions_are_all_needed() -> None:
    for names, modules in ((PROCESSES, {"subprocess"}), (YAML, {"yaml"}), (NETWORK, {"socket", "http.client", "requests"})):
        for name in names:
            assert modules & set(imported(SOURCES[name])), name


def test_an_answer_has_no_field_that_could_configure_anything() -> None:
    """An answer becomes only an outcome, a number and a wait."""
    from mlflow_usage.delivery.answer import Answer

    assert Answer._fields == ("outcome", "status", "rejected", "retry_after")


@pytest.mark.parametrize("name", RECEIVING)
def test_no_answer_configures_anything(name: str) -> None:
    """The code that reads an answer sets no setting, policy, variable or attribute by a name from the answer."""
    tree = SOURCES[name]
    names = {
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert not {
        module
        for module in names
        if module.startswith(("mlflow_usage.consent.settings", "mlflow_usage.consent.policy", "mlflow_usage.consent.toml"))
    }
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not calls & {"setattr", "os.putenv", "os.environ.update", "globals", "vars"}
