"""LangChain: models from code."""

from pathlib import Path

import mlflow
import mlflow.langchain
from langchain_core.runnables import RunnableLambda

mlflow.langchain.autolog()  # > mlflow.autolog flavor=langchain disable=false log_traces=true
RunnableLambda(lambda text: text * 2).invoke("a")
Path("acme_chain.py").write_text(
    "import mlflow\nfrom langchain_core.runnables import RunnableLambda\nmlflow.models.set_model(RunnableLambda(str.upper))\n"
)
mlflow.langchain.log_model(
    "acme_chain.py", name="m", pip_requirements=[], input_example="a"
)  # > mlflow.log_model flavor=langchain model_type=string pip_requirements=true
try:
    mlflow.langchain.log_model(
        object(), name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=langchain pip_requirements=true status=failure
except Exception:
    pass
mlflow.langchain.autolog(disable=True, log_traces=False)  # > mlflow.autolog flavor=langchain disable=true log_traces=false
