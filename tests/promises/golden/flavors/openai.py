"""OpenAI: a logged prompt; nothing is asked."""

import os

os.environ["OPENAI_API_KEY"] = "secret"

import mlflow  # noqa: E402
import mlflow.openai  # noqa: E402

mlflow.openai.autolog()  # > mlflow.autolog flavor=openai disable=false log_traces=true
mlflow.openai.log_model(  # > mlflow.log_model flavor=openai model_type=string pip_requirements=true
    "gpt-4o-mini", "chat.completions", name="m", pip_requirements=[], messages=[{"role": "user", "content": "{secret}"}]
)
try:
    mlflow.openai.log_model(
        "gpt", "no task", name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=openai model_type=string pip_requirements=true status=failure
except Exception:
    pass
