"""What the hook reports of an import, and that the import itself looks the same."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
import warnings
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, SourceFileLoader
from pathlib import Path
from types import ModuleType

import pytest

from mlflow_usage.instrumentation.importlib_bootstrap.imports import Finder

NAME = "acme_lazy_module"
SOURCE = 'import warnings\nwarnings.warn("imported", FutureWarning, stacklevel=2)\nvalue = 1\n'


@pytest.fixture
def told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[ModuleType]]:
    (tmp_path / f"{NAME}.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, NAME, raising=False)
    found: list[ModuleType] = []
    finder = Finder({NAME}, found.append)
    sys.meta_path.insert(0, finder)
    yield found
    sys.meta_path.remove(finder)
    sys.modules.pop(NAME, None)


def test_a_module_is_handed_over_once_it_is_complete_and_keeps_no_trace(told: list[ModuleType]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module(NAME)
    assert told == [module]
    assert module.value == 1
    assert type(module.__loader__) is SourceFileLoader
    assert module.__spec__ is not None
    assert module.__spec__.loader is module.__loader__
    assert inspect.getsource(module) == SOURCE
    assert not [name for name in sys.modules if name.startswith(NAME) and name != NAME]


def test_a_warning_of_an_import_points_at_the_line_that_imports(told: list[ModuleType]) -> None:  # noqa: ARG001  it is in place
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        exec(compile(f"\n\nimport {NAME}\n", "program.py", "exec"), {})
    assert [(one.filename, one.lineno) for one in seen if one.category is FutureWarning] == [("program.py", 3)]


def test_a_reload_is_told_again_and_an_error_of_the_module_is_its_own(told: list[ModuleType], tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        module = importlib.import_module(NAME)
        importlib.reload(module)
    assert told == [module, module]
    (tmp_path / f"{NAME}.py").write_text("raise LookupError('no such thing')\n")
    with pytest.raises(LookupError, match="no such thing"):
        importlib.reload(module)
    assert len(told) == 2
    assert type(module.__loader__) is SourceFileLoader


def test_a_module_that_is_not_there_is_missed_as_ever(told: list[ModuleType]) -> None:
    finder = Finder({"acme_missing"}, told.append)
    sys.meta_path.insert(0, finder)
    try:
        with pytest.raises(ModuleNotFoundError, match="No module named 'acme_missing'"):
            importlib.import_module("acme_missing")
    finally:
        sys.meta_path.remove(finder)
    assert told == []


def test_no_frame_of_ours_is_below_the_module_s_own(told: list[ModuleType], tmp_path: Path) -> None:
    source = "import sys\nframe, files = sys._getframe(), []\nwhile frame := frame.f_back:\n    files.append(frame.f_code.co_filename)\n"
    (tmp_path / f"{NAME}.py").write_text(source)
    importlib.invalidate_caches()
    module = importlib.import_module(NAME)
    assert told == [module]
    assert type(module.__spec__) is ModuleSpec
    assert "_stand_in" not in vars(module.__spec__)
    assert not [name for name in module.files if "mlflow_usage" in name]


def test_a_module_that_fails_is_not_told_of(told: list[ModuleType], tmp_path: Path) -> None:
    (tmp_path / f"{NAME}.py").write_text("import sys\nspec = __spec__\nsys.modules['acme_spec'] = spec\nraise LookupError('no')\n")
    importlib.invalidate_caches()
    with pytest.raises(LookupError, match="no"):
        importlib.import_module(NAME)
    spec: object = sys.modules.pop("acme_spec")
    assert told == []
    assert type(spec) is ModuleSpec
    assert type(spec.loader) is SourceFileLoader


def test_a_module_that_is_loaded_lazily_is_told_of_when_it_is_executed(told: list[ModuleType]) -> None:
    spec = importlib.util.find_spec(NAME)
    assert spec is not None
    assert spec.loader is not None
    spec.loader = importlib.util.LazyLoader(spec.loader)
    module = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = module
    spec.loader.exec_module(module)
    assert told == []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert module.value == 1
    assert told == [module]
    assert type(module.__spec__) is ModuleSpec
