"""Run by another Python that has the plugin: `uninstrument()` on everything that this release lets import, as JSON.

The argument is the generated `targets.py`.
"""

from __future__ import annotations

import ast
import contextlib
import importlib
import json
import sys
import warnings
from pathlib import Path
from typing import Any


def ours(value: object) -> bool:
    return type(value).__module__.partition(".")[0] == "mlflow_usage"


def modules() -> list[tuple[str, Any]]:
    return [(name, module) for name, module in tuple(sys.modules.items()) if name.partition(".")[0] == "mlflow" and module is not None]


def places() -> dict[str, Any]:
    """Return every attribute of a module of MLflow, or of its client, that is ours."""
    import mlflow

    found = {f"{name}:{key}": value for name, module in modules() for key, value in tuple(vars(module).items()) if ours(value)}
    return found | {f"MlflowClient:{key}": value for key, value in vars(mlflow.MlflowClient).items() if ours(value)}


def main() -> None:
    targets = next(
        ast.literal_eval(node.value)
        for node in ast.parse(Path(sys.argv[1]).read_text(encoding="utf-8")).body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "TARGETS" and node.value
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for module in sorted(targets):
            try:
                importlib.import_module(module)
            except Exception:  # noqa: BLE001, PERF203  this release has no such module, or its framework is not here
                continue
    import mlflow

    import mlflow_usage
    from mlflow_usage.process.running import Running

    assert Running.session is not None
    session = Running.session.id
    import mlflow.server.handlers  # its registry loads every entry point once more

    assert Running.session.id == session
    before = places()
    originals = {place: value.__wrapped__ for place, value in before.items()}
    held, client = mlflow.end_run, mlflow.MlflowClient.get_run
    # Somebody wraps on top: of a function, of a method, and of a re-export alone.
    kept: dict[str, Any] = {}
    for place, owner, name in (
        ("mlflow.tracking.fluent:log_metric", sys.modules["mlflow.tracking.fluent"], "log_metric"),
        ("MlflowClient:log_param", mlflow.MlflowClient, "log_param"),
        ("mlflow:set_tag", mlflow, "set_tag"),
    ):

        def on_top(*args: Any, below: Any = getattr(owner, name), **kwargs: Any) -> Any:  # noqa: B008  this one
            return below(*args, **kwargs)

        setattr(owner, name, on_top)
        kept[place] = on_top
    mlflow_usage.uninstrument()
    held("FINISHED")
    with contextlib.suppress(Exception):  # there is no such run
        client(mlflow.MlflowClient(), "0" * 32)
    now = {f"{name}:{key}": value for name, module in modules() for key, value in tuple(vars(module).items())}
    now |= {f"MlflowClient:{key}": value for key, value in vars(mlflow.MlflowClient).items()}
    wrong = [place for place, original in originals.items() if now[place] is not kept.get(place, original)]
    live = mlflow_usage.preview()
    left = sorted(places())
    mlflow_usage.instrument()
    again = sorted(places())
    missing = sorted(set(before) - set(again) - set(kept) - {"mlflow:log_metric"})  # somebody's is measured now in place of that one
    print(
        json.dumps({"mlflow": mlflow.__version__, "before": len(before), "wrong": wrong, "left": left, "missing": missing, "waiting": live})
    )


if __name__ == "__main__":
    main()
