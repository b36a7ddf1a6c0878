"""Nothing that is received or stored is ever run.

Ruff's S rules find `exec`, `eval`, `pickle`, `marshal`, `yaml.load`, `shell=True` and the like (S102, S301, S302, S307, S506, S602) where
they are called by their names; this finds the names themselves, however they are spelled, and suppressed lines too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "src/mlflow_usage"
MODULES = sorted(PACKAGE.rglob("*.py"))
LOADERS = frozenset(
    {"pickle", "_pickle", "cPickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "jsonpickle", "code", "codeop", "runpy"}
)
RUNNERS = frozenset({"eval", "exec", "compile", "__import__"})
# Where a module is imported by a name that is not a literal at the call: each is taken from a constant table of ours.
BY_NAME = {"catalogue/build/__main__.py", "catalogue/build/warehouse_schema.py", "cli/__init__.py", "toml.py"}


def found(tree: ast.AST) -> Iterator[str]:
    """What of a module could run something that is not its own source."""
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


@pytest.mark.parametrize("path", MODULES, ids=[str(path.relative_to(PACKAGE)) for path in MODULES])
def test_no_module_runs_what_it_is_given(path: Path) -> None:
    assert list(found(ast.parse(path.read_text(encoding="utf-8")))) == []


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
        path.relative_to(PACKAGE).as_posix()
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module") and not isinstance(node.args[0], ast.Constant)
    }
    assert dynamic == BY_NAME


RECEIVING = ("delivery/__init__.py", "delivery/courier.py", "delivery/http.py", "delivery/sender.py", "delivery/otel.py")


@pytest.mark.parametrize("name", RECEIVING)
def test_no_answer_configures_anything(name: str) -> None:
    """What reads an answer changes no setting, policy, variable or attribute by a name that it was given."""
    tree = ast.parse((PACKAGE / name).read_text(encoding="utf-8"))
    imported = {
        f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    assert not {
        module for module in imported if module.startswith(("mlflow_usage.settings", "mlflow_usage.consent.policy", "mlflow_usage.toml"))
    }
    called = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert not called & {"setattr", "os.putenv", "os.environ.update", "globals", "vars"}
