"""Run by another Python, with or without the plugin: prints everything visible of every function of the catalogue, as JSON.

Arguments: the generated `targets.py`, whose TARGETS are read as text because the plugin may be absent, and what to import.
"""

from __future__ import annotations

import ast
import asyncio
import contextlib
import copy
import functools
import hashlib
import importlib
import inspect
import io
import json
import os
import pickle
import pydoc
import re
import sys
import traceback
import types
import typing
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest import mock

QUESTIONS = [name for name in dir(inspect) if name.startswith("is") and name != "iskeyword"]
OURS = re.compile(r'  File "[^"]*/mlflow_usage/instrumentation/[^\n]*\n(?:    [^\n]*\n)*')


def said(question: Callable[[], Any]) -> str:
    """Return the answer or the error as text, without addresses and the environment's place."""
    try:
        answer = str(question())
    except Exception as error:  # noqa: BLE001  an error is an answer
        answer = f"{type(error).__name__}: {error}"
    return re.sub(r"0x[0-9a-f]{6,}", "0x", answer).replace(sys.prefix, "")


def digest(content: object) -> str:
    return hashlib.sha256(str(content).encode()).hexdigest()[:16]


def signature(function: Any) -> list[str]:
    return [
        said(lambda: inspect.signature(function)),
        said(lambda: [(p.name, p.kind, repr(p.default), repr(p.annotation)) for p in inspect.signature(function).parameters.values()]),
        said(lambda: inspect.signature(function, eval_str=True)),
        said(lambda: inspect.getfullargspec(function)),
        *(said(lambda name=name: getattr(function, name)) for name in ("__defaults__", "__kwdefaults__")),
    ]


def names(function: Any) -> list[str]:
    return [said(lambda name=name: getattr(function, name)) for name in ("__name__", "__qualname__", "__module__")]


def documentation(function: Any) -> list[str]:
    return [
        said(lambda: function.__doc__),
        said(lambda: inspect.getdoc(function)),
        said(lambda: inspect.getcomments(function)),
        said(lambda: pydoc.render_doc(function, renderer=pydoc.plaintext)),
        said(lambda: pydoc.describe(function)),
    ]


def annotations(function: Any) -> list[str]:
    return [
        said(lambda: function.__annotations__),
        said(lambda: inspect.get_annotations(function)),
        said(lambda: typing.get_type_hints(function)),
        said(lambda: typing.get_type_hints(function, include_extras=True)),
    ]


def source(function: Any) -> list[str]:
    return [
        said(lambda: inspect.getsource(function)),
        said(lambda: inspect.getsourcelines(function)[1]),
        said(lambda: inspect.getsourcefile(function)),
        said(lambda: inspect.getfile(function)),
        said(lambda: inspect.getmodule(function)),
        said(lambda: function.__code__),
        said(lambda: sorted(vars(function).keys() - {"__wrapped__"})),
        said(lambda: sorted(dir(function))),
    ]


def nature(function: Any) -> list[str]:
    return [
        *(said(lambda name=name: (name, getattr(inspect, name)(function))) for name in QUESTIONS),
        said(lambda: asyncio.iscoroutinefunction(function)),
        said(lambda: callable(function)),
        said(lambda: [isinstance(function, kind) for kind in (types.FunctionType, types.MethodType, functools.partial, Callable, type)]),
        said(lambda: function.__class__),
    ]


def identity(function: Any, again: Any) -> list[str]:
    return [
        repr(function is again),
        repr(function == again),
        repr(hash(function) == hash(again)),
        repr({function: 1}[again]),
        said(lambda: repr(function)),
        said(lambda: f"{function}"),
    ]


def pickled(function: Any) -> list[str]:
    import cloudpickle

    def closure() -> Any:
        return function

    return [
        *(said(lambda protocol=protocol: pickle.dumps(function, protocol)) for protocol in range(6)),
        said(lambda: cloudpickle.dumps(function)),
        said(lambda: pickle.loads(pickle.dumps(function)) == function),
        said(lambda: pickle.loads(pickle.dumps({"in": [function]}))["in"][0] == function),
        said(lambda: pickle.loads(cloudpickle.dumps(closure))() == function),
        said(lambda: copy.copy(function) == function),
        said(lambda: copy.deepcopy([function])[0] == function),
    ]


def tools(function: Any) -> list[str]:
    """Return what the standard library makes of it."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    def double() -> Any:
        with contextlib.redirect_stderr(io.StringIO()):
            return mock.create_autospec(function)

    partial = functools.partial(function)
    return [
        said(lambda: partial),
        said(lambda: inspect.signature(partial)),
        said(lambda: partial.func == function),
        said(lambda: inspect.signature(wrapper)),
        said(lambda: (wrapper.__name__, wrapper.__doc__, wrapper.__module__, wrapper.__qualname__)),
        said(lambda: inspect.signature(double())),
        said(lambda: type(double()).__name__),
        said(lambda: asyncio.iscoroutinefunction(double())),
        said(lambda: functools.singledispatch(function).__name__),
        said(lambda: property(function).__doc__),
    ]


def wrong_call(function: Any) -> tuple[list[str], int]:
    """Return the exact error of a call with an unknown argument, and how many of our frames are in it."""
    impossible = {"no_such_argument_of_mlflow": 1}
    try:
        inspect.signature(function).bind(**impossible)
    except TypeError:
        pass
    except ValueError:
        return ["no signature"], 0
    else:
        return ["takes anything"], 0
    caught: list[str] = []
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        try:
            function(**impossible)
        except Exception:  # noqa: BLE001  the answer
            caught = traceback.format_exc().splitlines(keepends=True)
    text = "".join(caught)
    ours = len(OURS.findall(text))
    pointed = [(str(warning.message), warning.category.__name__, warning.filename, warning.lineno) for warning in warned]
    return [said(lambda: OURS.sub("", text)), said(lambda: pointed)], ours


def seen(function: Any, again: Any) -> dict[str, list[str]]:
    return {
        "signature": signature(function),
        "name, qualified name, module": names(function),
        "docstring, `help()`": documentation(function),
        "annotations, type hints": annotations(function),
        "source, file, code, attributes": source(function),
        "nature (every `inspect.is…`, `isinstance`, `callable`)": nature(function),
        "identity, equality, hash, repr": identity(function, again),
        "pickle (0 to 5), cloudpickle, copy: the same bytes": pickled(function),
        "`partial`, `wraps`, `create_autospec`, `singledispatch`": tools(function),
    }


def patched_by_mock(owner: Any, name: str) -> list[str]:
    """Replace it with a user's own `mock.patch.object`, and restore it."""
    before = vars(owner)[name]
    with mock.patch.object(owner, name, autospec=True) as double:
        inside = [said(lambda: inspect.signature(double)), said(lambda: getattr(owner, name) is double)]
    return [*inside, str(vars(owner)[name] is before)]


def look(owner: Any, name: str, *, method: bool) -> dict[str, Any]:
    function = getattr(owner, name)
    found: dict[str, Any] = seen(function, getattr(owner, name))
    found["a user's `mock.patch.object`, in and out"] = patched_by_mock(owner, name)
    called = function
    if method:
        client: Any = object.__new__(owner)  # without a store
        called = getattr(client, name)
        bound = seen(called, called)
        found["the same of the bound method"] = [digest(bound[key]) for key in bound if not key.startswith("pickle")]
        found["the same of the bound method"] += [str(called.__self__ is client), str(called.__func__ == function)]
    wrong, ours = wrong_call(called)
    found["error and traceback of a wrong call, and where its warnings point"] = wrong
    raw = vars(owner)[name]
    return {
        "seen": {key: {"digest": digest(value), "text": [line[:300] for line in value]} for key, value in found.items()},
        "wrapper": type(raw).__name__ if type(raw).__module__.startswith("mlflow_usage") else "",
        "frames": ours,
    }


def main() -> None:
    targets = next(
        ast.literal_eval(node.value)
        for node in ast.parse(Path(sys.argv[1]).read_text(encoding="utf-8")).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "TARGETS" and node.value
    )
    os.environ["PYTHONWARNINGS"] = "ignore"
    found: dict[str, Any] = {}
    failed: dict[str, str] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module, lines in sorted(targets.items()):
            try:
                home = importlib.import_module(module)
            except Exception as error:  # noqa: BLE001  this release has no such module, or its framework is not here
                failed[module] = f"{type(error).__name__}: {error}"
                continue
            for path in [line.split()[0] for line in lines.splitlines()]:
                *parents, name = path.split(".")
                owner: Any = home
                for parent in parents:
                    owner = vars(owner).get(parent)
                if owner is not None and vars(owner).get(name) is not None:
                    found[f"{module}:{path}"] = look(owner, name, method=isinstance(owner, type))
    import mlflow

    json.dump({"mlflow": mlflow.__version__, "found": found, "failed": failed}, sys.stdout)


if __name__ == "__main__":
    main()
