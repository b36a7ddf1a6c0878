"""`python -m mlflow_usage` is the command `mlflow-usage`."""

from mlflow_usage.cli.main import main

main()
