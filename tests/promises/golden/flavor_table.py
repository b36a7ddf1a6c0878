"""The flavors that are tested with their real libraries, the environments for that, and the page that lists them."""

from __future__ import annotations

from typing import Any, Final

# Environments by name: the libraries installed with MLflow, and the programs of flavors/ that run there.
SETS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "tabular": (
        (
            "xgboost", "lightgbm", "catboost", "statsmodels", "prophet", "pmdarima", "onnx", "onnxruntime", "skl2onnx", "spacy", "shap",
        ),
        ("sklearn", "xgboost", "lightgbm", "catboost", "statsmodels", "prophet", "pmdarima", "onnx", "spacy", "shap"),
    ),
    "tensors": (("tensorflow-cpu", "tensorboard", "paddlepaddle"), ("tensorflow", "keras", "paddle")),
    "agents": (
        (
            "langchain", "langchain-community", "langgraph", "llama-index-core", "dspy", "openai", "anthropic", "litellm", "google-genai",
            "groq", "mistralai", "pydantic-ai-slim", "boto3", "smolagents", "strands-agents", "agno", "openinference-instrumentation-agno",
            "autogen-agentchat", "autogen-ext", "haystack-ai", "opentelemetry-haystack", "semantic-kernel",
            "ag2<1", "typesafe-sdk", "crewai",
        ),
        ("langchain", "llama_index", "dspy", "openai", "agents"),
    ),
}  # fmt: skip
# Flavor -> the distribution whose version the page shows.
REAL: Final = {
    "ag2": "ag2",
    "agno": "agno",
    "anthropic": "anthropic",
    "autogen": "autogen-agentchat",
    "bedrock": "boto3",
    "catboost": "catboost",
    "crewai": "crewai",
    "dspy": "dspy",
    "gemini": "google-genai",
    "groq": "groq",
    "haystack": "haystack-ai",
    "keras": "keras",
    "langchain": "langchain",
    "lightgbm": "lightgbm",
    "litellm": "litellm",
    "llama_index": "llama-index-core",
    "mistral": "mistralai",
    "onnx": "onnx",
    "openai": "openai",
    "otel": "opentelemetry-sdk",
    "paddle": "paddlepaddle",
    "pmdarima": "pmdarima",
    "prophet": "prophet",
    "pydantic_ai": "pydantic-ai-slim",
    "pyfunc": "mlflow",
    "semantic_kernel": "semantic-kernel",
    "sklearn": "scikit-learn",
    "smolagents": "smolagents",
    "spacy": "spacy",
    "statsmodels": "statsmodels",
    "strands": "strands-agents",
    "tensorflow": "tensorflow-cpu",
    "typesafe": "typesafe-sdk",
    "xgboost": "xgboost",
}
HEAD: Final = """# How each flavor is tested

Written by the slow tests of `tests/promises/golden` (`make test-all`). *for real*: in a process of its own, `log_model` of a small model of
the library and a failing one, `autolog`, and training under it; all that came is compared with what the program called. Of a library that
MLflow only traces, `autolog` is switched on and no more: nobody's service is asked. *patch*: MLflow's own function runs with a stand-in
for the library, up to the point where it would log; its whole record is compared. Every *for real* has the patch's test too, on every
release of MLflow named here that has the flavor.

pytorch, transformers, sentence_transformers and diffusers have the patch's test only: the package index has no PyTorch for Linux without
gigabytes of GPU libraries. So have the flavors that need a Java machine (h2o, spark, pyspark.ml, mleap), a licence (johnsnowlabs), or an
MLflow of years ago (diviner, fastai, promptflow).

| flavor | log_model | autolog | MLflow |
|---|---|---|---|
"""


def page(named: set[tuple[str, str]], rows: dict[str, list[dict[str, Any]]], versions: dict[str, str]) -> str:
    """Return the page, from the catalogue's flavors, each release's findings, and the libraries' versions."""
    lines = []
    for flavor in sorted({flavor for flavor, _ in named}):
        how = f"for real, {REAL[flavor]} {versions[REAL[flavor]]}" if flavor in REAL else "patch"
        cells = [how if (flavor, function) in named else "none" for function in ("log_model", "autolog")]
        releases = [release for release, found in rows.items() if any(row["flavor"] == flavor for row in found)]
        lines.append(f"| {flavor} | {' | '.join(cells)} | {', '.join(releases)} |\n")
    return HEAD + "".join(lines)
