"""The command `mlflow-usage`, one module for each of its commands."""
