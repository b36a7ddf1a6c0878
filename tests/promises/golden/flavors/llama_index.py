"""LlamaIndex, with a mock for a language model."""

from pathlib import Path

import mlflow
import mlflow.llama_index

mlflow.llama_index.autolog()  # > mlflow.autolog flavor=llama_index disable=false log_traces=true
Path("acme_engine.py").write_text(
    """
import mlflow
from llama_index.core import Document, Settings, SummaryIndex
from llama_index.core.llms import MockLLM
Settings.llm = MockLLM()
Settings.embed_model = None
mlflow.models.set_model(SummaryIndex.from_documents([Document(text="secret")]))
"""
)
mlflow.llama_index.log_model(
    "acme_engine.py", name="m", engine_type="query", pip_requirements=[]
)  # > mlflow.log_model flavor=llama_index model_type=string pip_requirements=true
try:
    mlflow.llama_index.log_model(
        object(), name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=llama_index pip_requirements=true status=failure
except Exception:
    pass
