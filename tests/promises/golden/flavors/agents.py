"""Automatic tracing of the libraries that are only traced; nothing is asked of anyone."""

import os

os.environ.update(OPENAI_API_KEY="secret", ANTHROPIC_API_KEY="secret", CREWAI_DISABLE_TELEMETRY="true")

import mlflow  # noqa: E402
import mlflow.ag2  # noqa: E402
import mlflow.agno  # noqa: E402
import mlflow.anthropic  # noqa: E402
import mlflow.autogen  # noqa: E402
import mlflow.bedrock  # noqa: E402
import mlflow.crewai  # noqa: E402
import mlflow.gemini  # noqa: E402
import mlflow.groq  # noqa: E402
import mlflow.haystack  # noqa: E402
import mlflow.litellm  # noqa: E402
import mlflow.mistral  # noqa: E402
import mlflow.otel  # noqa: E402
import mlflow.pydantic_ai  # noqa: E402
import mlflow.semantic_kernel  # noqa: E402
import mlflow.smolagents  # noqa: E402
import mlflow.strands  # noqa: E402
import mlflow.typesafe  # noqa: E402

mlflow.ag2.autolog()  # > mlflow.autolog flavor=ag2 disable=false log_traces=true
mlflow.agno.autolog()  # > mlflow.autolog flavor=agno disable=false log_traces=true
mlflow.anthropic.autolog(log_traces=False)  # > mlflow.autolog flavor=anthropic disable=false log_traces=false
mlflow.autogen.autolog()  # > mlflow.autolog flavor=autogen disable=false log_traces=true
mlflow.bedrock.autolog()  # > mlflow.autolog flavor=bedrock disable=false log_traces=true
mlflow.crewai.autolog()  # > mlflow.autolog flavor=crewai disable=false log_traces=true
mlflow.gemini.autolog(disable=True)  # > mlflow.autolog flavor=gemini disable=true log_traces=true
mlflow.groq.autolog()  # > mlflow.autolog flavor=groq disable=false log_traces=true
mlflow.haystack.autolog()  # > mlflow.autolog flavor=haystack disable=false log_traces=true
mlflow.litellm.autolog()  # > mlflow.autolog flavor=litellm disable=false log_traces=true
mlflow.mistral.autolog()  # > mlflow.autolog flavor=mistral disable=false log_traces=true
mlflow.otel.autolog()  # > mlflow.autolog flavor=otel disable=false log_traces=true
mlflow.pydantic_ai.autolog()  # > mlflow.autolog flavor=pydantic_ai disable=false log_traces=true
mlflow.semantic_kernel.autolog()  # > mlflow.autolog flavor=semantic_kernel disable=false log_traces=true
mlflow.smolagents.autolog()  # > mlflow.autolog flavor=smolagents disable=false log_traces=true
mlflow.strands.autolog()  # > mlflow.autolog flavor=strands disable=false log_traces=true
mlflow.typesafe.autolog()  # > mlflow.autolog flavor=typesafe disable=false log_traces=true
