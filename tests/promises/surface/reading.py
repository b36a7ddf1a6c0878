"""Prints one installed MLflow's public API as JSON. Run by its environment's Python, with the plugin and none of the tests' code.

Public functions are read from the source files, because most flavors import libraries that are not installed; what can be imported is
then imported with the plugin active, and looked at. Standard input: `{"internal": [modules], "targets": {module: [paths]}}`.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import importlib.util
import inspect
import io
import json
import logging
import sys
import warnings
from collections.abc import Iterator
from functools import cache, partial
from pathlib import Path
from types import FunctionType
from typing import Any

FUNCTION, CLASS, OTHER = "function", "class", "other"
FLAVORED = {"log_model", "save_model", "load_model", "autolog"}
CONTAINERS = (ast.If, ast.Try, ast.With)


def home() -> Path:
    spec = importlib.util.find_spec("mlflow")  # of the package itself: nothing is imported
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


HOME = home()


def path_of(module: str) -> Path | None:
    """Return the source file of a module of MLflow."""
    base = HOME.joinpath(*module.split(".")[1:])
    return next((path for path in (base / "__init__.py", base.with_suffix(".py")) if path.is_file()), None)


def statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when the module is imported, in any branch."""
    for node in body:
        yield node
        if isinstance(node, CONTAINERS):
            for name in ("body", "orelse", "finalbody"):
                yield from statements(getattr(node, name, []))
            for handler in getattr(node, "handlers", []):
                yield from statements(handler.body)


def strings(node: ast.AST | None) -> list[str]:
    return [found.value for found in ast.walk(node) if isinstance(found, ast.Constant) and isinstance(found.value, str)] if node else []


class Bindings:
    """Return what a module's statements bind: name -> (kind, origin), and its `__all__`."""

    def __init__(self, module: str, path: Path) -> None:
        self.module, self.is_package = module, path.name == "__init__.py"
        self.package = module if self.is_package else module.rpartition(".")[0]
        self.bound: dict[str, tuple[str, Any]] = {}
        self.exported: list[str] = []
        for node in statements(ast.parse(path.read_text(encoding="utf-8")).body):
            self.bind(node)

    def bind(self, node: ast.stmt) -> None:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            command = any(isinstance(d, ast.Call) and ast.unparse(d.func).endswith((".command", ".group")) for d in node.decorator_list)
            self.bound[node.name] = (OTHER if command else FUNCTION, None)
        elif isinstance(node, ast.ClassDef):
            self.bound[node.name] = (CLASS, [item.name for item in node.body if isinstance(item, (ast.FunctionDef, ast.AsyncFunctionDef))])
        elif isinstance(node, ast.ImportFrom):
            source = importlib.util.resolve_name("." * node.level + (node.module or ""), self.package) if node.level else node.module
            for alias in node.names:
                self.bound.setdefault(alias.asname or alias.name, ("import", (source, alias.name)))
        elif isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            self.assign(node)
        elif isinstance(node, ast.Expr) and ast.unparse(node).startswith(("__all__.append", "__all__.extend")):
            self.exported += strings(node.value)

    def assign(self, node: ast.Assign | ast.AugAssign | ast.AnnAssign) -> None:
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and target.id == "__all__":
                self.exported += strings(node.value)
            elif isinstance(target, ast.Name):
                alias = isinstance(node.value, ast.Name)
                self.bound.setdefault(target.id, ("import", (self.module, node.value.id)) if alias else (OTHER, None))


@cache
def read(module: str) -> Bindings | None:
    path = path_of(module)
    return None if path is None else Bindings(module, path)


def resolve(module: str, name: str, depth: int = 20) -> tuple[str, str, str]:
    """Return where a name is defined: (module, name, kind)."""
    found = read(module)
    if found is None or depth == 0 or name not in found.bound:
        return module, name, OTHER
    kind, source = found.bound[name]
    if kind != "import":
        return module, name, kind
    if not str(source[0]).startswith("mlflow"):
        return str(source[0]), source[1], OTHER
    return resolve(source[0], source[1], depth - 1)


def modules(internal: set[str]) -> Iterator[str]:
    """Yield every module of MLflow except private and internal ones."""
    for path in sorted(HOME.rglob("*.py")):
        parts = path.relative_to(HOME).with_suffix("").parts
        name = ".".join(("mlflow", *parts)).removesuffix(".__init__")
        above = {".".join(name.split(".")[:end]) for end in range(1, name.count(".") + 2)}
        if not any(part.startswith("_") for part in name.split(".")) and not above & internal and all(p.isidentifier() for p in parts):
            yield name


def public(module: str) -> Iterator[str]:
    """Return a module's public names: its `__all__`, what a module just below `mlflow` defines, and a flavor's functions."""
    found = read(module)
    assert found is not None
    yield from dict.fromkeys(found.exported)
    for name, (kind, source) in found.bound.items():
        own = kind in {FUNCTION, CLASS} and module.count(".") == 1
        flavored = name in FLAVORED and found.is_package and (kind != "import" or str(source[0]).startswith(f"{module}."))
        if not name.startswith("_") and name not in found.exported and (own or flavored):
            yield name


def surface(internal: set[str]) -> dict[str, tuple[str, str]]:
    """Return public name -> (place of its definition, kind)."""
    names: dict[str, tuple[str, str]] = {}
    for module in modules(internal):
        for name in public(module):
            if not name.startswith("_"):
                source, origin, kind = resolve(module, name)
                names[f"{module}.{name}"] = (f"{source}:{origin}", kind)
    return names


def quietly(module: str) -> tuple[Any, str]:
    """Return a module, or why it cannot be imported here."""
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            return importlib.import_module(module), ""
    except BaseException as error:  # noqa: BLE001  anything that a missing or too new library does
        return None, f"{type(error).__name__}: {error}"[:200]


def wrapped(value: Any) -> bool:
    return type(value).__module__.startswith("mlflow_usage.")


def bound_at(module: str, path: str) -> bool:
    """Return whether a target's place exists in the source."""
    found = read(module)
    name, _, rest = path.partition(".")
    if found is None or name not in found.bound:
        return False
    kind, members = found.bound[name]
    return rest in members if kind == CLASS and rest else True


def targets(wanted: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """Return for every target whether it exists, could be imported, and is wrapped."""
    said = {}
    for module, paths in wanted.items():
        if path_of(module) is None:
            continue
        loaded, error = quietly(module)
        for path in paths:
            owner: Any = loaded
            *parents, name = path.split(".")
            for parent in parents:
                owner = getattr(owner, "__dict__", {}).get(parent)
            value = getattr(owner, "__dict__", {}).get(name)
            there = value is not None if loaded is not None else bound_at(module, path)
            if there:
                said[f"{module}:{path}"] = {"error": error, "wrapped": wrapped(value)}
    return said


def client() -> dict[str, str]:
    """Return public names of MlflowClient -> the class that defines them."""
    loaded, error = quietly("mlflow.tracking.client")
    if loaded is None:
        assert "mlflow.tracking.client" not in error or path_of("mlflow.tracking.client") is None, error
        return {}
    kind = getattr(loaded, "MlflowClient", None)
    names = [name for name in dir(kind) if not name.startswith("_")] if kind is not None else []
    return {name: next(base.__qualname__ for base in kind.__mro__ if name in vars(base)) for name in names}


def commands() -> tuple[dict[str, dict[str, Any]], str]:
    """Return every command of `mlflow` with a body: where that is defined, and whether it is wrapped; or why there is no command line."""
    if path_of("mlflow.cli") is None:
        return {}, "no command line"
    loaded, error = quietly("mlflow.cli")
    if loaded is None:
        return {}, error
    import click

    found: dict[str, dict[str, Any]] = {}

    def visit(group: Any, above: tuple[str, ...]) -> None:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            if not isinstance(command, click.Group) or command.invoke_without_command:
                module = inspect.unwrap(command.callback).__module__
                holders = [key for key, value in vars(sys.modules[module]).items() if value is command]
                said = {"place": f"{module}:{(holders or ['?'])[0]}.callback", "wrapped": wrapped(command.callback)}
                found[".".join((*above, name)).replace("-", "_")] = said
            if isinstance(command, click.Group):
                visit(command, (*above, name))

    visit(loaded.cli, ())
    return found, ""


def scorers() -> list[str]:
    """Return the classes of MLflow's built-in scorers."""
    module = "mlflow.genai.scorers.builtin_scorers"
    path = path_of(module)
    if path is None:
        return []
    classes = {
        node.name: [ast.unparse(base) for base in node.bases] for node in ast.parse(path.read_text()).body if isinstance(node, ast.ClassDef)
    }

    def built_in(name: str) -> bool:
        return "BuiltInScorer" in name or any(built_in(base) for base in classes.get(name, []))

    return [f"{module}:{name}" for name in classes if built_in(name) and not name.startswith(("_", "BuiltIn"))]


def listed(names: dict[str, tuple[str, str]], internal: set[str]) -> None:
    """Add names that only the running module knows: those put into an `__all__` during its import."""
    for module in modules(internal):
        loaded = vars(sys.modules[module]) if module in sys.modules else {}
        for name in loaded.get("__all__", ()):
            if not name.startswith("_") and f"{module}.{name}" not in names:
                value = loaded.get(name)
                kind = CLASS if isinstance(value, type) else FUNCTION if callable(value) else OTHER
                names[f"{module}.{name}"] = (f"{getattr(value, '__module__', module)}:{getattr(value, '__qualname__', name)}", kind)


def callables(names: dict[str, tuple[str, str]]) -> list[str]:
    """Return public names that are no function in the source and can still be called."""
    found = []
    for name, (_, kind) in names.items():
        module, _, attribute = name.rpartition(".")
        value = vars(sys.modules[module]).get(attribute) if kind == OTHER and module in sys.modules else None
        if isinstance(value, FunctionType | partial) or wrapped(value):
            found.append(name)
    return found


def main() -> None:
    warnings.simplefilter("ignore")
    logging.disable()
    asked = json.load(sys.stdin)
    names = surface(set(asked["internal"]))
    version: dict[str, str] = {}
    exec((HOME / "version.py").read_text().partition("def ")[0].partition("IS_")[0], version)  # importing it would import MLflow
    quietly("mlflow")
    found, error = commands()
    said = {
        "version": version["VERSION"],
        "public": names,
        "client": client(),
        "commands": found,
        "no commands": error,
        "targets": targets(asked["targets"]),
        "scorers": scorers(),
        "callables": callables(names),
        "top": sorted(name for name in modules(set()) if name.count(".") == 1),
    }
    listed(names, set(asked["internal"]))
    print(json.dumps(said))


if __name__ == "__main__":
    main()
