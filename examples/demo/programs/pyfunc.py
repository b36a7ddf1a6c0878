"""A pyfunc PythonModel, and a model that is given as the path of its code."""

from pathlib import Path
from tempfile import TemporaryDirectory

import mlflow
import mlflow.pyfunc

CALLS = {"mlflow.start_run": 1, "mlflow.log_model": 3, "mlflow.load_model": 1, "mlflow.set_tags": 1}

CODE = """
import mlflow
from mlflow.pyfunc import PythonModel

class FromCode(PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input

mlflow.set_tag("from", "the model's own file: MLflow executes it, nobody calls it")
mlflow.models.set_model(FromCode())
"""


class AcmeModel(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input: list[str], params=None) -> list[str]:  # noqa: ARG002  the signature that MLflow calls
        return [text.upper() for text in model_input]


with TemporaryDirectory() as directory, mlflow.start_run():
    mlflow.set_tags({"team": "secret"})
    logged = mlflow.pyfunc.log_model(name="model", python_model=AcmeModel(), pip_requirements=["mlflow"])
    code = Path(directory, "acme_model.py")
    code.write_text(CODE, encoding="utf-8")
    mlflow.pyfunc.log_model(name="from_code", python_model=str(code), pip_requirements=["mlflow"])
    try:
        mlflow.pyfunc.log_model(name="broken", python_model=42)
    except Exception as error:  # noqa: BLE001  a call that fails counts like any other
        print("MLflow refuses it, as it should:", type(error).__name__)
mlflow.pyfunc.load_model(logged.model_uri).predict(["hello"])
