"""DSPy, with a stand-in for a language model."""

import dspy
import mlflow
import mlflow.dspy
from dspy.utils import DummyLM

mlflow.dspy.autolog()  # > mlflow.autolog flavor=dspy disable=false log_traces=true
dspy.settings.configure(lm=DummyLM([{"answer": "b"}] * 5))
program = dspy.Predict("question -> answer")
program(question="a")
mlflow.dspy.log_model(program, name="m", pip_requirements=[])  # > mlflow.log_model flavor=dspy pip_requirements=true
try:
    mlflow.dspy.log_model(
        lambda: 1, name="m", pip_requirements=[], task="acme"
    )  # > mlflow.log_model flavor=dspy pip_requirements=true status=failure
except Exception:
    pass
