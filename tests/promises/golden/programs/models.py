"""Models logged, saved, loaded, described, evaluated and run: the fields of the form on real calls, with real failures."""

from pathlib import Path

import mlflow
import mlflow.pyfunc
import numpy as np
import pandas as pd
from mlflow.models import infer_signature
from mlflow.sklearn import log_model as log_sklearn
from mlflow.types.llm import ChatChoice, ChatCompletionResponse
from sklearn.linear_model import LinearRegression

MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2]))
REQUIREMENTS = ["scikit-learn"]


def named(name):
    return {"name" if MLFLOW >= (3, 0) else "artifact_path": name}


x = np.array([[1.0], [2.0], [3.0]])
model = LinearRegression().fit(x, x.ravel())
mlflow.set_experiment("models")  # > mlflow.set_experiment
signature = infer_signature(x, model.predict(x))  # > mlflow.models.infer_signature

with mlflow.start_run():  # > mlflow.start_run
    info = log_sklearn(model, **named("plain"))  # requirements are inferred, in a process of MLflow's # > mlflow.log_model flavor=sklearn
    log_sklearn(  # > mlflow.log_model flavor=sklearn pip_requirements=true metadata=true
        model, **named("described"), signature=signature, input_example=x, metadata={"acme": "secret"}, pip_requirements=REQUIREMENTS
    )
    # Registering calls a dozen functions of MLflow's own.
    log_sklearn(  # > mlflow.log_model flavor=sklearn pip_requirements=true
        sk_model=model, **named("registered"), registered_model_name="acme-model", pip_requirements=REQUIREMENTS
    )
    helper = Path("acme_helper.py")
    helper.write_text("VALUE = 1\n")
    log_sklearn(  # > mlflow.log_model flavor=sklearn extra_pip_requirements=true code_paths=true
        model, **named("shipped"), code_paths=[str(helper)], extra_pip_requirements=["numpy"]
    )
    if MLFLOW >= (3, 0):
        log_sklearn(  # > mlflow.log_model flavor=sklearn params=true pip_requirements=true since 3.0
            model, name="parameters", params={"depth": 1}, pip_requirements=[]
        )
    try:
        log_sklearn(model, **named("typo"), serialization_format="acme")  # > mlflow.log_model flavor=sklearn status=failure
    except mlflow.MlflowException:
        pass
    try:
        log_sklearn()  # > mlflow.log_model flavor=sklearn status=failure
    except TypeError:
        pass

    class Doubling(mlflow.pyfunc.PythonModel):
        def predict(self, context, model_input, params=None):
            mlflow.active_run()
            return model_input * 2

    class Chatting(mlflow.pyfunc.ChatModel):
        def predict(self, context, messages, params=None):
            return ChatCompletionResponse(choices=[ChatChoice(message=messages[-1])], model="acme")

    class Agent(mlflow.pyfunc.ChatAgent):
        def predict(self, messages, context=None, custom_inputs=None):
            from mlflow.types.agent import ChatAgentResponse

            return ChatAgentResponse(messages=[{"role": "assistant", "content": "secret", "id": "1"}])

    class Both(Chatting, Doubling):  # the most special base class is told
        pass

    mlflow.pyfunc.log_model(
        **named("doubling"), python_model=Doubling(), pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc model_type=PythonModel pip_requirements=true
    mlflow.pyfunc.log_model(
        **named("chatting"), python_model=Chatting(), pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc model_type=ChatModel pip_requirements=true
    mlflow.pyfunc.log_model(
        **named("both"), python_model=Both(), pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc model_type=ChatModel pip_requirements=true
    mlflow.pyfunc.log_model(
        **named("agent"), python_model=Agent(), pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc model_type=ChatAgent pip_requirements=true

    class Responding(mlflow.pyfunc.ResponsesAgent):
        def predict(self, request):
            from mlflow.types import responses

            response = responses.ResponsesAgentResponse if MLFLOW >= (3, 0) else responses.ResponsesResponse
            return response(output=[self.create_text_output_item("secret", "1")])

        def predict_stream(self, request):  # abstract on 2.22
            yield from ()

        def create_text_output_item(self, text, id):
            return {"type": "message", "id": id, "role": "assistant", "content": [{"type": "output_text", "text": text}]}

    mlflow.pyfunc.log_model(
        **named("responding"), python_model=Responding(), pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc model_type=ResponsesAgent pip_requirements=true

    def doubled(model_input: list[str]) -> list[str]:
        return [text * 2 for text in model_input]

    mlflow.pyfunc.log_model(
        **named("function"), python_model=doubled, pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc pip_requirements=true

    source = Path("acme_model.py")
    source.write_text(
        """
import mlflow
mlflow.set_experiment("models")
class Acme(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input, params=None):
        return model_input
mlflow.models.set_model(Acme())
"""
    )
    # MLflow executes the file; what it calls at its top level is none of the person's calls.
    file = mlflow.pyfunc.log_model(
        **named("code"), python_model=source, pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc model_type=string pip_requirements=true
    mlflow.pyfunc.log_model(
        **named("text"), python_model=str(source), pip_requirements=[]
    )  # > mlflow.log_model flavor=pyfunc model_type=string pip_requirements=true
    try:
        mlflow.pyfunc.log_model(**named("none"), python_model=7)  # > mlflow.log_model flavor=pyfunc status=failure
    except mlflow.MlflowException:
        pass

    frame = pd.DataFrame({"x": [1.0, 2.0, 3.0], "y": [1.0, 2.0, 3.0]})

    def predicted(data):
        mlflow.log_metric("called", 1.0)  # a user's call from inside a callback counts # > mlflow.log_metric
        return data["x"].to_numpy()

    mlflow.models.evaluate(  # > mlflow.evaluate
        predicted, frame, targets="y", model_type="regressor", evaluator_config={"log_model_explainability": False}
    )

mlflow.sklearn.save_model(model, "saved", pip_requirements=REQUIREMENTS)  # > mlflow.save_model
try:
    mlflow.sklearn.save_model(model, "saved", pip_requirements=REQUIREMENTS)  # > mlflow.save_model
except mlflow.MlflowException:
    pass
mlflow.pyfunc.save_model("saved-code", python_model=str(source), pip_requirements=[])  # > mlflow.save_model
mlflow.sklearn.load_model("saved").predict(x)  # > mlflow.load_model
loaded = mlflow.pyfunc.load_model(info.model_uri)  # > mlflow.load_model
loaded.predict(x)
mlflow.pyfunc.load_model(file.model_uri).predict(x)  # > mlflow.load_model
mlflow.models.get_model_info(info.model_uri)  # > mlflow.models.get_model_info
mlflow.models.set_signature("saved", signature)  # > mlflow.models.set_signature
mlflow.pyfunc.get_model_dependencies("saved")  # > mlflow.get_model_dependencies
mlflow.models.predict("saved", input_data=x, env_manager="local")  # > mlflow.models.predict
mlflow.models.convert_input_example_to_serving_input(x)  # > mlflow.models.convert_input_example_to_serving_input
mlflow.models.update_model_requirements(info.model_uri, "add", ["numpy"])  # > mlflow.models.update_model_requirements
try:
    mlflow.pyfunc.load_model("no/such/model")  # > mlflow.load_model
except Exception:
    pass
if MLFLOW >= (3, 0):
    mlflow.search_logged_models()  # > mlflow.search_logged_models since 3.0
    mlflow.get_logged_model(info.model_id)  # > mlflow.get_logged_model since 3.0
    mlflow.last_logged_model()  # > mlflow.last_logged_model since 3.0
    mlflow.set_logged_model_tags(info.model_id, {"a": "b"})  # > mlflow.set_logged_model_tags since 3.0
    mlflow.delete_logged_model_tag(info.model_id, "a")  # > mlflow.delete_logged_model_tag since 3.0
    pending = mlflow.initialize_logged_model(name="pending")  # > mlflow.initialize_logged_model since 3.0
    mlflow.log_model_params({"a": "b"}, model_id=pending.model_id)  # > mlflow.log_model_params since 3.0
    mlflow.finalize_logged_model(pending.model_id, "READY")  # > mlflow.finalize_logged_model since 3.0
    mlflow.set_active_model(name="active")  # > mlflow.set_active_model since 3.0
    mlflow.create_external_model(name="external")  # > mlflow.create_external_model since 3.0
