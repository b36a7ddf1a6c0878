"""What is not MLflow's own and says that it is: a store, a flavor, models, scorers, and functions in MLflow's names."""

import sys
import types
from pathlib import Path

# A store of the company's, whose builder has the name and the module of MLflow's.
Path("acme_store.py").write_text(
    """
def _get_rest_store(store_uri, artifact_uri=None, **_):
    from mlflow.store.tracking.file_store import FileStore
    return FileStore("files")

_get_rest_store.__module__ = "mlflow.tracking._tracking_service.utils"
"""
)
# A flavor of the company's: its log_model is its own, and so is what it calls.
Path("acme_sklearn.py").write_text(
    """
FLAVOR_NAME = "sklearn"

def save_model(model, path, mlflow_model, **_):
    import mlflow.pyfunc, os
    os.makedirs(path, exist_ok=True)
    mlflow.pyfunc.add_to_model(mlflow_model, loader_module="acme_sklearn")
    mlflow_model.add_flavor("acme_secret")
    mlflow_model.save(os.path.join(path, "MLmodel"))

def log_model(model, name, **kwargs):
    import sys
    from mlflow.models import Model
    return Model.log(artifact_path=name, flavor=sys.modules[__name__], model=model, **kwargs)

log_model.__module__ = save_model.__module__ = "mlflow.sklearn"
"""
)
distribution = Path("acme_store-1.0.dist-info")
distribution.mkdir()
(distribution / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-store\nVersion: 1.0\n")
(distribution / "entry_points.txt").write_text("[mlflow.tracking_store]\nacme-secret = acme_store:_get_rest_store\n")
sys.path.insert(0, str(Path.cwd()))

import mlflow  # noqa: E402
import mlflow.pyfunc  # noqa: E402

MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2]))

import acme_sklearn  # noqa: E402

sys.modules["mlflow.acme"] = types.ModuleType("mlflow.acme")
DATABASE = mlflow.get_tracking_uri()

# Neither its log_model nor MLflow's Model.log is an event; what it calls of MLflow's public functions is.
acme_sklearn.log_model(object(), "m")  # > mlflow.add_to_model
"log_model began the run, so it is there to be ended"
mlflow.end_run()  # > mlflow.end_run


class PythonModel:
    """Not MLflow's."""

    def predict(self, context, model_input):
        return model_input


PythonModel.__module__ = "mlflow.pyfunc.model"
Responder = type("ResponsesAgent", (mlflow.pyfunc.PythonModel,), {"predict": PythonModel.predict, "__module__": "mlflow.pyfunc"})


class Everything(type):
    """A class that says that it is equal to any."""

    def __eq__(cls, other):
        return True

    __hash__ = type.__hash__


class Liar(metaclass=Everything):
    """An object whose class is not what it says."""

    @property
    def __class__(self):
        return mlflow.pyfunc.ChatModel


named = {"name" if MLFLOW >= (3, 0) else "artifact_path": "m"}
for model in (PythonModel(), Liar()):
    try:
        mlflow.pyfunc.log_model(
            **named, python_model=model, pip_requirements=[]
        )  # > 2 x mlflow.log_model flavor=pyfunc pip_requirements=true status=failure
    except Exception:
        pass
mlflow.pyfunc.log_model(
    **named, python_model=Responder(), pip_requirements=[]
)  # > mlflow.log_model flavor=pyfunc model_type=PythonModel pip_requirements=true
mlflow.end_run()  # > mlflow.end_run

mlflow.set_tracking_uri("acme-secret://host")
mlflow.search_experiments()  # > mlflow.search_experiments store=custom_store
mlflow.MlflowClient("acme-secret://other").search_experiments()  # > mlflow.search_experiments store=custom_store
mlflow.set_tracking_uri(DATABASE)

if MLFLOW >= (3, 9):
    from mlflow.genai import scorer
    from mlflow.genai.scorers import Safety, Scorer

    class Pretender(Scorer):
        name: str = "safety"

        def __call__(self, outputs):
            return 1.0

    Pretender.__name__ = Pretender.__qualname__ = "Safety"
    Pretender.__module__ = "mlflow.genai.scorers.builtin_scorers"

    @scorer(name="correctness")  # > mlflow.genai.scorer since 3.9
    def answer_correctness(outputs):
        return True

    answer_correctness.__dict__["__module__"] = "mlflow.metrics.genai.metric_definitions"

    class Sub(Safety):
        def __call__(self, **_):
            return True

    rows = [{"inputs": {"question": "a"}, "outputs": "b"}]
    mlflow.genai.evaluate(
        data=rows, scorers=[Pretender(), answer_correctness, Sub()]
    )  # > mlflow.genai.evaluate scorers=custom_scorer since 3.9
