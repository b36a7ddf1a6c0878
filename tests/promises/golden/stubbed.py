"""A program that calls every flavor of this MLflow, with or without its library, up to the point where it would log a model.

Modules that have every attribute stand in for a missing library, so that MLflow's own flavor module imports and its
real `log_model` and `autolog` run. Prints what it called, one JSON line each: module, function, flavor, and the parameters with defaults.
"""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import json
import sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType

from mlflow_usage.instrumentation.targets import TARGETS, rows

LIBRARIES = [
    "ag2",
    "agno",
    "anthropic",
    "autogen",
    "autogen_agentchat",
    "autogen_core",
    "autogen_ext",
    "boto3",
    "botocore",
    "catboost",
    "claude_agent_sdk",
    "crewai",
    "diffusers",
    "diviner",
    "dspy",
    "fastai",
    "fastcore",
    "google.genai",
    "google.generativeai",
    "groq",
    "h2o",
    "haystack",
    "johnsnowlabs",
    "keras",
    "langchain",
    "langchain_core",
    "langchain_community",
    "lightgbm",
    "lightning",
    "litellm",
    "llama_index",
    "mistralai",
    "mleap",
    "onnx",
    "onnxruntime",
    "openai",
    "paddle",
    "pmdarima",
    "promptflow",
    "prophet",
    "pydantic_ai",
    "pyspark",
    "pytorch_lightning",
    "semantic_kernel",
    "sentence_transformers",
    "shap",
    "smolagents",
    "spacy",
    "statsmodels",
    "strands",
    "tensorflow",
    "torch",
    "torchvision",
    "transformers",
    "typesafe_sdk",
    "xgboost",
    "llama_index_instrumentation",
]


class Module(ModuleType):
    """A stand-in for a module of a missing library: a capitalised name is a class, any other a module or function."""

    __path__ = ()
    __version__ = "99.0.0"

    def __getattr__(self, name: str) -> object:
        if name.startswith("__"):
            raise AttributeError(name)
        found = type(name, (), {}) if name[0].isupper() else Module(name)
        setattr(self, name, found)
        return found

    def __call__(self, *_: object, **__: object) -> Module:
        return self


class Finder(MetaPathFinder, Loader):
    """The last finder: it finds what no other does."""

    def find_spec(self, name: str, *_: object) -> ModuleSpec | None:
        known = any(name == library or name.startswith(f"{library}.") for library in missing)
        return ModuleSpec(name, self, is_package=True) if known else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return Module(spec.name)

    def exec_module(self, module: ModuleType) -> None: ...


def there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ModuleNotFoundError:
        return False


class Given:
    """Return an argument without meaning."""


GIVEN = {"pip_requirements": ["a"], "metadata": {}}


def needed(function: object) -> list[str]:
    """Return the parameters without a default."""
    plain = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    parameters = inspect.signature(function).parameters.items()
    return [name for name, parameter in parameters if parameter.default is parameter.empty and parameter.kind in plain]


missing = [name for name in LIBRARIES if not there(name)]
from mlflow.models import Model  # noqa: E402

sys.meta_path.append(Finder())
for name in ("log", "_log_v2"):
    if hasattr(Model, name):
        setattr(Model, name, classmethod(lambda *_, **__: "logged"))
for module in TARGETS:
    for function, _, fixed in rows(module):
        flavor = fixed.get("mlflow.usage.flavor")
        if flavor is None or not there(module):
            continue
        try:
            found = getattr(importlib.import_module(module), function, None)
        except Exception as error:  # noqa: BLE001  the test shows it
            print(json.dumps({"module": module, "function": function, "flavor": flavor, "error": repr(error)}))
            continue
        if found is None or found.__module__ != module:
            continue
        outcome = "success"
        try:
            if function == "log_model":
                found(**{name: "m" if name == "artifact_path" else Given() for name in needed(found)}, **GIVEN)
            else:
                found(disable=True)
        except Exception:  # noqa: BLE001  a call that fails counts
            outcome = "failure"
        parameters = {key: value.default for key, value in inspect.signature(found).parameters.items()}
        known = {key: value for key, value in parameters.items() if isinstance(value, bool)}
        with contextlib.suppress(BrokenPipeError):
            print(
                json.dumps(
                    {
                        "module": module,
                        "function": function,
                        "flavor": flavor,
                        "outcome": outcome,
                        "defaults": known,
                        "names": list(parameters),
                    }
                )
            )
