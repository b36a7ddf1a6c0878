"""A program that dies by SIGKILL in the middle of its work."""

import os
import signal

import mlflow

CALLS = {"mlflow.start_run": 1, "mlflow.log_metric": 500, "mlflow.log_params": 1, "mlflow.log_text": 1}

mlflow.start_run()
mlflow.log_params({"a": 1, "b": 2})
mlflow.log_text("never sent", "note.txt")
for step in range(500):
    mlflow.log_metric("loss", 1 / (step + 1), step=step, synchronous=False)
os.kill(os.getpid(), signal.SIGKILL)
