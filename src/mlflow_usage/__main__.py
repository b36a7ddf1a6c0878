"""`python -m mlflow_usage` is the command `mlflow-usage`."""

from mlflow_usage.cli import main

main()
