"""A client of one's own: its methods share the events of the functions, and its store is the one it was made with."""

import time
from pathlib import Path

import mlflow
import pandas as pd
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag

MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2]))


class AcmeClient(MlflowClient):
    """A subclass inherits the methods, and an overridden one counts where it calls MLflow's."""

    def log_param(self, *args, **kwargs):
        return super().log_param(*args, **kwargs)


client = AcmeClient()
files = MlflowClient("file:files")
files.search_experiments()  # > mlflow.search_experiments store=FileStore
files.log_metric(files.create_run("0").info.run_id, "a", 1.0)  # > mlflow.log_metric store=FileStore
"also its argument"  # > mlflow.client.create_run store=FileStore
experiment = client.create_experiment("secret")  # > mlflow.create_experiment
client.get_experiment(experiment)  # > mlflow.get_experiment
client.get_experiment_by_name("secret")  # > mlflow.get_experiment_by_name
client.rename_experiment(experiment, "renamed")  # > mlflow.client.rename_experiment
client.set_experiment_tag(experiment, "a", "b")  # > mlflow.set_experiment_tag
client.search_experiments()  # > mlflow.search_experiments
client.delete_experiment(experiment)  # > mlflow.delete_experiment
client.restore_experiment(experiment)  # > mlflow.restore_experiment
run = client.create_run(experiment).info.run_id  # > mlflow.client.create_run
now = int(time.time() * 1000)
client.log_param(run, "a", 1)  # > mlflow.log_param
for step in range(7):
    client.log_metric(run, "a", 1.0, step=step)  # > 7 x mlflow.log_metric
client.log_batch(run, [Metric("b", 1.0, now, 0)], [Param("b", "1")], [RunTag("b", "1")])  # > mlflow.client.log_batch
client.set_tag(run, "a", "b")  # > mlflow.set_tag
client.delete_tag(run, "a")  # > mlflow.delete_tag
client.log_text(run, "words", "words.txt")  # > mlflow.log_text
client.log_dict(run, {}, "d.json")  # > mlflow.log_dict
client.log_table(run, pd.DataFrame({"a": [1]}), "t.json")  # > mlflow.log_table
Path("a.txt").write_text("a")
client.log_artifact(run, "a.txt")  # > mlflow.log_artifact
client.list_artifacts(run)  # > mlflow.artifacts.list_artifacts
client.download_artifacts(run, "a.txt")  # > mlflow.artifacts.download_artifacts
client.load_table(experiment, "t.json", [run])  # > mlflow.load_table
client.get_metric_history(run, "a")  # > mlflow.client.get_metric_history
client.get_run(run)  # > mlflow.get_run
client.update_run(run, name="secret")  # > mlflow.client.update_run
client.search_runs([experiment])  # > mlflow.search_runs
client.get_parent_run(run)  # > mlflow.get_parent_run
client.set_terminated(run)  # > mlflow.client.set_terminated
client.delete_run(run)  # > mlflow.delete_run
client.restore_run(run)  # > mlflow.restore_run
span = client.start_trace("secret", experiment_id=experiment)  # > mlflow.client.start_trace
trace = span.request_id if MLFLOW < (3, 0) else span.trace_id
child = client.start_span("inner", trace, span.span_id)  # > mlflow.start_span
client.end_span(trace, child.span_id)  # > mlflow.client.end_span
client.end_trace(trace)  # > mlflow.client.end_trace
mlflow.flush_trace_async_logging()  # > mlflow.flush_trace_async_logging
client.search_traces([experiment]) if MLFLOW < (3, 9) else client.search_traces(locations=[experiment])  # > mlflow.search_traces
client.get_trace(trace)  # > mlflow.get_trace
client.set_trace_tag(trace, "a", "b")  # > mlflow.set_trace_tag
client.delete_trace_tag(trace, "a")  # > mlflow.delete_trace_tag
client.delete_traces("0", max_timestamp_millis=now + 60000)  # > mlflow.client.delete_traces
client.tracking_uri
if MLFLOW >= (3, 0):
    model = client.create_logged_model(experiment, "secret")  # > mlflow.client.create_logged_model since 3.0
    client.log_model_params(model.model_id, {"a": "b"})  # > mlflow.log_model_params since 3.0
    client.set_logged_model_tags(model.model_id, {"a": "b"})  # > mlflow.set_logged_model_tags since 3.0
    client.get_logged_model(model.model_id)  # > mlflow.get_logged_model since 3.0
    client.search_logged_models([experiment])  # > mlflow.search_logged_models since 3.0
    client.finalize_logged_model(model.model_id, "READY")  # > mlflow.finalize_logged_model since 3.0
    client.delete_logged_model(model.model_id)  # > mlflow.client.delete_logged_model since 3.0
methods = [client.log_metric, MlflowClient.log_metric]
methods[0](run, "bound", 1.0)  # > mlflow.log_metric
methods[1](client, run, "unbound", 1.0)  # > mlflow.log_metric
list(map(client.get_run, [run, run]))  # > 2 x mlflow.get_run
try:
    client.get_run("none")  # > mlflow.get_run
except mlflow.MlflowException:
    pass
try:
    client.log_metric()  # > mlflow.log_metric
except TypeError:
    pass
