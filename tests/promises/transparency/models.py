"""Run by another Python: `save PLACE` saves models of three kinds below PLACE, `load PLACE` loads them and shows what they predict."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

import mlflow
import mlflow.pyfunc
from mlflow import log_metric

with contextlib.suppress(ImportError):
    import mlflow_usage  # noqa: F401  a program that knows the plugin

CODE = """
import mlflow
from mlflow.models import set_model
class FromCode(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        mlflow.trace
        return [5]
set_model(FromCode())
"""


class Holding(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
    """Holds functions of MLflow, as itself, in its class and in its closure."""

    taken = staticmethod(mlflow.log_param)

    def __init__(self) -> None:
        self.log, self.get_run, self.many = log_metric, mlflow.MlflowClient.get_run, [mlflow.sklearn.log_model, mlflow.trace]

    def predict(self, context: Any, model_input: Any, params: Any = None) -> list[str]:  # noqa: ARG002
        return [self.log.__name__, self.get_run.__qualname__, log_metric.__module__, self.taken.__name__, *[f.__name__ for f in self.many]]


def save(place: Path) -> None:
    place.mkdir()
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    mlflow.sklearn.save_model(model, place / "sklearn", input_example=[[1.0]])
    mlflow.pyfunc.save_model(place / "pyfunc", python_model=Holding())
    (place / "code.py").write_text(CODE, encoding="utf-8")
    mlflow.pyfunc.save_model(place / "code", python_model=str(place / "code.py"))
    with mlflow.start_run() as run:
        mlflow.sklearn.log_model(model, "logged")
    shutil.copytree(mlflow.artifacts.download_artifacts(f"runs:/{run.info.run_id}/logged"), place / "logged")


def load(place: Path) -> None:
    shown = {}
    for path in sorted(place.iterdir()):
        if (path / "MLmodel").exists():
            predicted = mlflow.pyfunc.load_model(str(path)).predict([[1.0]])
            shown[path.name] = [str(round(value, 6) if isinstance(value, float) else value) for value in predicted]
    print(json.dumps({"mlflow": mlflow.__version__, "predicted": shown, "plugin": "mlflow_usage" in sys.modules}))


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    {"save": save, "load": load}[sys.argv[1]](Path(sys.argv[2]))
