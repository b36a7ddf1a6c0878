"""A program that calls every patched function of MLflow with every planted value; MLflow's own functions are not run.

Not a test: `test_canaries.py` runs it in a process of its own, whose names, variables and directories are planted as well.
"""

# ruff: noqa: E402, PLW0603, BLE001, ARG005, PERF203, PT017 -- a user's program, in the order in which it has to happen
from __future__ import annotations

import importlib
import inspect
import json
import logging
import os
import shutil
import socket
import sys
import threading
import warnings
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from promises.canary.hostile import Thrown, calling, hostile, made, method, plain, ran, uris

CORE = os.environ["CANARY"]
SNAPSHOT, LOG = os.environ["CANARY_SNAPSHOT"], os.environ["CANARY_LOG"]
warnings.simplefilter("ignore")

# A machine that names its organisation wherever it is asked.
SYSTEM = os.uname()
FIELDS = ("Linux", f"{CORE}-host", f"6.1.0-{CORE}-secret", f"#1 SMP {CORE}", f"{CORE}-cpu")
os.uname = lambda: os.uname_result(FIELDS)
socket.gethostname = socket.getfqdn = lambda *_: f"{CORE}-host"  # type: ignore[assignment]

import mlflow
import mlflow.pyfunc
import mlflow.version
from mlflow.genai.scorers import Safety
from mlflow.tracking import MlflowClient

from mlflow_usage.instrumentation.targets import TARGETS
from mlflow_usage.process.running import Running

for name in TARGETS:
    try:
        importlib.import_module(name)
    except Exception:
        continue
mlflow.version.VERSION = f"3.17.2+{CORE}.7"
sys.implementation = SimpleNamespace(**{**vars(sys.implementation), "name": CORE})  # type: ignore[assignment]

assert Running.patches is not None
assert Running.session is not None


def parameters(original: Any) -> list[str]:
    try:
        found = inspect.signature(original).parameters.values()
    except (TypeError, ValueError):
        return []
    return [one.name for one in found if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY) and one.name != "self"]


bases = (object, list, dict, int, str, tuple, mlflow.pyfunc.PythonModel)
VALUES = [*plain(CORE), *hostile(CORE, bases)]
VALUES.append(("renamed built-in scorer", Safety(name=CORE)))
VALUES.append(("model", type(f"{CORE}Model", (mlflow.pyfunc.PythonModel,), {"predict": lambda self, model_input: CORE})()))
URIS = uris(CORE)
OWN_NAME = type("Name", (str,), {each: method(f"caller's {each}", "lies", CORE) for each in ("__hash__", "__eq__", "startswith")})
CALLERS = [calling("__main__"), calling(f"acme.{CORE}.train"), calling(OWN_NAME("x")), calling(f"mlflow_{CORE}"), calling(7)]


def clients() -> list[Any]:
    found = []
    for uri in [*URIS, made(object, "raises", CORE), None]:
        client = object.__new__(MlflowClient)
        client.__dict__["_tracking_client"] = SimpleNamespace(tracking_uri=uri)
        found.append(client)
    lying = {each: method(f"client's {each}", "raises", CORE) for each in ("__getattribute__", "__getattr__", "__eq__", "__hash__")}
    strange = object.__new__(type(f"{CORE}Client", (MlflowClient,), lying))
    return [*found, strange, object.__new__(MlflowClient)]


CLIENTS = clients()
handler = logging.FileHandler(LOG, encoding="utf-8", errors="backslashreplace")
logging.getLogger().addHandler(handler)
logging.getLogger().setLevel(logging.DEBUG)
for known in [*logging.root.manager.loggerDict]:
    logging.getLogger(known).setLevel(logging.DEBUG)

result, calls, apis, given = object(), 0, 0, [None]


def stub(*args: Any, **kwargs: Any) -> Any:
    given[0] = (args, kwargs)  # type: ignore[call-overload]
    if calls % 2:
        raise thrown
    return result


thrown = Thrown(CORE)


def call(owner: Any, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    global calls
    calls += 1
    mlflow.tracking._tracking_service.utils._tracking_uri = URIS[calls % len(URIS)] if calls % 3 else None
    wrapper = vars(owner)[name]
    caller = CALLERS[calls % len(CALLERS)]
    if inspect.isclass(owner) and owner is MlflowClient:
        wrapper = wrapper.__get__(CLIENTS[calls % len(CLIENTS)], owner)
    try:
        came = caller(wrapper, *args, **kwargs)
        assert came is result
    except Thrown as error:
        assert error is thrown
    thrown.__traceback__ = None
    own_args, own_kwargs = given[0]  # type: ignore[misc]
    own_args = own_args[len(own_args) - len(args) :]
    assert all(here is there for here, there in zip(args, own_args, strict=True))
    assert all(own_kwargs[key] is value for key, value in kwargs.items())


def everything() -> None:
    global apis
    for owner, name, original, wrapper in tuple(Running.patches.placed):  # type: ignore[union-attr]
        if vars(owner).get(name) is not wrapper or not callable(original):
            continue
        apis += 1
        names = parameters(original)
        wrapper.__wrapped__ = stub
        if hasattr(wrapper, "_self_function"):
            wrapper._self_function = stub
        for _, value in VALUES:
            call(owner, name, (value,) * 8, {})
            call(owner, name, (), dict.fromkeys(names, value))
            call(owner, name, ([value], (value, value)), {"scorers": [value, value], f"{CORE}": value})


thread = threading.Thread(target=everything, name=f"{CORE}-thread")
before = sum(ran.values())
thread.start()
thread.join()
touched = {name: count for name, count in ran.items() if count}
import mlflow_usage

delivered = mlflow_usage.flush(timeout=60)
shutil.copytree(os.environ["CANARY_STATE"], SNAPSHOT)
figures = {"apis": apis, "values": len(VALUES), "calls": calls, "touched": touched, "before": before, "delivered": delivered}
Path(os.environ["CANARY_FIGURES"]).write_text(json.dumps(figures), encoding="utf-8")
calls = 0  # MLflow's own exit handler ends a run with a stub that returns
