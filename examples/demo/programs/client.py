"""Only the client, without a fluent function or an active run; and a forked child that keeps calling."""

import os
import sys

from mlflow import MlflowClient

CALLS = {
    "mlflow.create_experiment": 1,
    "mlflow.client.create_run": 1,
    "mlflow.log_metric": 60,
    "mlflow.log_param": 1,
    "mlflow.set_tag": 1,
    "mlflow.client.set_terminated": 1,
    "mlflow.search_runs": 1,
    "mlflow.get_run": 1,
    "mlflow.client.create_registered_model": 1,
    "mlflow.search_registered_models": 1,
}

client = MlflowClient()
experiment = client.create_experiment("by-hand")
run = client.create_run(experiment)
for step in range(50):
    client.log_metric(run.info.run_id, "loss", 1 / (step + 1), step=step)
child = os.fork()
if child == 0:
    for step in range(50, 60):
        client.log_metric(run.info.run_id, "loss", 1 / (step + 1), step=step)
    os._exit(0)  # no exit handler runs: a later process delivers what the child counted
if os.waitpid(child, 0)[1] != 0:
    sys.exit("the child failed")
client.log_param(run.info.run_id, "why", "demo")
client.set_tag(run.info.run_id, "team", "secret")
client.set_terminated(run.info.run_id)
client.search_runs([experiment])
client.get_run(run.info.run_id)
client.create_registered_model("acme-internal-model")
client.search_registered_models()
