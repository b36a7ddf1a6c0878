"""How the house is built: imports point one way, modules are small and explained, and the wheel holds what it needs and no more."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
import tomllib

import mlflow_usage
from support.repository import PACKAGE, ROOT, SRC

MODULES: Final = {
    ".".join(path.relative_to(SRC).with_suffix("").parts).removesuffix(".__init__"): path for path in sorted(PACKAGE.rglob("*.py"))
}
PYPROJECT: Final = tomllib.loads((ROOT / "pyproject.toml").read_text())
GENERATED: Final = {
    name for name, path in MODULES.items() if path.relative_to(ROOT).as_posix() in PYPROJECT["tool"]["ruff"]["extend-exclude"]
}

# The plan: what each part may import of the others, beside itself and the leaves. A part is a package, or a module of the top level.
LEAVES: Final = frozenset({"filelock", "namedtuple", "version"})
CLIENT: Final = ("catalogue", "installation", "consent", "journal", "instrumentation", "delivery", "process")  # each sees those before it
MAY: Final[dict[str, frozenset[str]]] = {
    **{name: frozenset() for name in LEAVES},
    **{name: frozenset(CLIENT[:index]) for index, name in enumerate(CLIENT)},
    "delivery": frozenset(CLIENT[:4]),  # not instrumentation
    "activation": frozenset({"consent", "process"}),
    "insight": frozenset(CLIENT),
    "": frozenset({"process", "insight"}),
    "collector": frozenset({"catalogue"}),
    "warehouse": frozenset({"catalogue"}),
    "site": frozenset({"catalogue", "warehouse"}),  # the extra `site` contains the extra `warehouse`
    "cli": frozenset({*CLIENT, "activation", "insight", "collector", "warehouse", "site"}),
    "__main__": frozenset({"cli"}),
}
HEAVY: Final = {"collector", "warehouse", "site"}


def part(module: str) -> str:
    """The part of the house that a module belongs to."""
    return [*module.split("."), ""][1]


def imported(path: Path, *, lazily: bool) -> Iterator[str]:
    """The modules of ours that a module imports; `lazily`: inside functions and for types too."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree) if lazily else at_import(tree.body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "mlflow_usage")
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "mlflow_usage":
            yield from (name if (name := f"{node.module}.{alias.name}") in MODULES else str(node.module) for alias in node.names)
        else:
            assert not (isinstance(node, ast.ImportFrom) and node.level), f"{path}: a relative import"


def at_import(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that run when a module is imported."""
    for node in body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        yield node
        for name in ("body", "orelse", "finalbody"):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                yield from at_import(getattr(node, name, []))


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_one_way(module: str) -> None:
    own = part(module)
    wrong = {name for name in imported(MODULES[module], lazily=True) if part(name) != own and part(name) not in MAY[own] | LEAVES}
    if own == "catalogue" and module.startswith("mlflow_usage.catalogue.build"):  # renders tables for every part; never at run time
        wrong = set()
    assert not wrong


def test_the_plan_has_no_circle() -> None:
    seen: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join((*above, name))
        if name not in seen:
            for module, path in MODULES.items():
                if part(module) == name and not module.startswith("mlflow_usage.catalogue.build"):
                    for found in imported(path, lazily=False):
                        if part(found) not in {name, ""}:
                            visit(part(found), (*above, name))
            seen.add(name)

    for name in MAY:
        visit(name, ())


def test_no_module_is_in_a_circle() -> None:
    """For types, too: a module's name in an annotation is a dependency of its reader."""
    arrows = {name: {found for found in imported(path, lazily=True) if found in MODULES} - {name} for name, path in MODULES.items()}
    late = {("mlflow_usage", "mlflow_usage.process.running")}  # the package itself imports nothing of its own until it is asked
    seen: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, " → ".join((*above[above.index(name) :], name))
        if name not in seen:
            for found in sorted(arrows[name]):
                if (name, found) not in late and found != "mlflow_usage":
                    visit(found, (*above, name))
            seen.add(name)

    for name in MODULES:
        visit(name, ())


def test_the_architecture_page_names_modules_that_exist() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = {name for name in re.findall(r"`([\w/]+\.py)`", text) if "/" in name and not name.startswith("tests/")}
    assert len(named) > 30
    assert not {name for name in named if not (PACKAGE / name).exists()}
    rooms = text.partition("## The rooms")[2].partition("## Stage")[0]
    for folder, modules in re.findall(r"\| `(\w+)/` \| (.*) \|", rooms):
        for name in re.findall(r"`([\w/]+)(\.py|/)`", modules):
            assert (PACKAGE / folder / "".join(name)).exists() or name[0] == "collector-config", (folder, name)
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == set(re.findall(r"^\|[^|]*\| `(\w+)/` \|", rooms, re.MULTILINE))


@pytest.mark.parametrize("module", [name for name in MODULES if part(name) == "cli"])
def test_the_command_loads_the_operator_s_side_only_when_it_is_asked_for(module: str) -> None:
    found = {part(name) for name in imported(MODULES[module], lazily=False)}
    assert found.isdisjoint(HEAVY) or module.rpartition(".")[2] in HEAVY
    assert module != "mlflow_usage.cli.main" or found <= {"cli"}


@pytest.mark.parametrize("module", [name for name in MODULES if name not in GENERATED])
def test_a_module_says_what_it_is(module: str) -> None:
    assert (ast.get_docstring(ast.parse(MODULES[module].read_text(encoding="utf-8"))) or "").strip().endswith((".", ":")), "no docstring"


@pytest.mark.parametrize("module", [name for name, path in MODULES.items() if path.name == "__init__.py" and part(name)])
def test_a_folder_s_init_holds_its_docstring_alone(module: str) -> None:
    (only,) = ast.parse(MODULES[module].read_text(encoding="utf-8")).body
    assert isinstance(only, ast.Expr)


def test_the_top_level_is_the_questions_a_newcomer_asks() -> None:
    assert {part(name) for name in MODULES} == set(MAY)
    assert not {path.parent.name for path in PACKAGE.glob("*/__init__.py")} ^ {name for name in MAY if (PACKAGE / name).is_dir() and name}


def test_what_is_generated_says_so() -> None:
    assert len(GENERATED) == 3
    for name in GENERATED:
        said = ast.get_docstring(ast.parse(MODULES[name].read_text())) or ""
        assert "Generated from" in said
        assert "`make docs`" in said


PUBLIC = {"status", "enable", "disable", "preview", "flush", "instrument", "uninstrument"}


def test_the_public_names_are_those_of_the_design_and_each_is_documented() -> None:
    assert set(mlflow_usage.__all__) == PUBLIC
    assert all((getattr(mlflow_usage, name).__doc__ or "").strip() for name in PUBLIC)
    own = {name: value for name, value in vars(mlflow_usage).items() if getattr(value, "__module__", "") == "mlflow_usage"}
    public = {name for name in own if not name.startswith("_")}
    assert public == PUBLIC
    page = (ROOT / "docs/in-python.md").read_text()
    assert re.findall(r"^\| `mlflow_usage\.(\w+)\(", page, re.MULTILINE) == mlflow_usage.__all__


def test_importing_it_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import mlflow_usage; print(*sorted(set(sys.modules) - before))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {name for name in result.stdout.split() if name.partition(".")[0] not in sys.stdlib_module_names} == {"mlflow_usage"}
    assert len(result.stdout.split()) < 40


def test_the_version_is_stated_once() -> None:
    from importlib.metadata import version

    from mlflow_usage.version import VERSION

    assert version("mlflow-usage") == VERSION
    assert PYPROJECT["project"]["dynamic"] == ["version"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    place = tmp_path_factory.mktemp("wheel")
    uv = Path(sys.executable).with_name("uv")
    subprocess.run([uv, "build", "--wheel", "--quiet", "--out-dir", place, ROOT], check=True, capture_output=True)
    (path,) = place.glob("*.whl")
    with zipfile.ZipFile(path) as opened:
        yield opened


def test_the_wheel_holds_what_it_needs(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())
    assert {f"mlflow_usage/{name}" for name in ("py.typed", "catalogue/catalogue.json", "catalogue/tables.py")} <= names
    for folder, target in (("collector-config", "mlflow_usage/collector/config"), ("src/mlflow_usage", "mlflow_usage")):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and "__pycache__" not in path.parts:
                assert f"{target}/{path.relative_to(ROOT / folder).as_posix()}" in names
    assert any(name.startswith("mlflow_usage/site/templates/") for name in names)
    assert any(name.startswith("mlflow_usage/site/queries/") and name.endswith(".sql") for name in names)
    assert {"collector.yaml", "filter.yaml", "builder.yaml"} <= {Path(name).name for name in names if "collector/config/" in name}


def test_the_wheel_holds_no_more(wheel: zipfile.ZipFile) -> None:
    names = wheel.namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"mlflow_usage"}
    assert not [name for name in names if "test" in Path(name).name.replace("latest", "")]
    assert not [name for name in names if name.endswith((".pyc", ".db", ".jsonl", ".pth")) or "/build/demo" in name]


def test_the_wheel_says_what_pip_has_to_know(wheel: zipfile.ZipFile) -> None:
    (metadata,) = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    text = wheel.read(metadata).decode()
    needed = {line.split(": ")[1].split(";")[0] for line in text.splitlines() if line.startswith("Requires-Dist") and "extra" not in line}
    assert {re.split("[<>,]", name)[0] for name in needed} == {
        *("opentelemetry-api", "opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http", "wrapt", "click", "platformdirs", "tomli"),
    }
    entry_points = wheel.read(metadata.replace("METADATA", "entry_points.txt")).decode()
    assert "[mlflow.tracking_store]\nmlflow-usage = mlflow_usage.activation:tracking_store" in entry_points
    assert "[console_scripts]\nmlflow-usage = mlflow_usage.cli.main:main" in entry_points
