"""Experiments, runs, parameters, metrics, tags, artifacts and inputs, as a training script writes them."""

import atexit
import os
import tempfile
import threading
from pathlib import Path

import mlflow
import numpy as np
import pandas as pd
from mlflow import log_metric, start_run

DATABASE = os.environ["MLFLOW_TRACKING_URI"]  # setting a URI writes the variable
MLFLOW = tuple(map(int, mlflow.__version__.split(".")[:2]))

mlflow.get_tracking_uri()
mlflow.active_run()
mlflow.set_experiment("prices")  # > mlflow.set_experiment
other = mlflow.create_experiment("other")  # > mlflow.create_experiment
mlflow.set_experiment_tag("team", "acme")  # > mlflow.set_experiment_tag
mlflow.set_experiment_tags({"goal": "secret"})  # > mlflow.set_experiment_tags

frame = pd.DataFrame({"rooms": [1.0, 2.0, 3.0], "price": [10.0, 20.0, 30.0]})
with start_run(run_name="outer") as run:  # > mlflow.start_run
    mlflow.log_param("depth", 3)  # > mlflow.log_param
    mlflow.log_params({"rate": 0.1, "rounds": 5})  # > mlflow.log_params
    for step in range(25):
        log_metric("loss", 1 / (step + 1), step=step)  # > 25 x mlflow.log_metric
    mlflow.log_metrics({"mae": 1.0, "mse": 2.0}, step=1)  # > mlflow.log_metrics
    mlflow.set_tag("stage", "trial")  # > mlflow.set_tag
    mlflow.set_tags({"a": "1", "b": "2"})  # > mlflow.set_tags
    mlflow.delete_tag("a")  # > mlflow.delete_tag
    mlflow.log_text("words", "notes/words.txt")  # > mlflow.log_text
    mlflow.log_dict({"answer": 42}, "answers.json")  # > mlflow.log_dict
    mlflow.log_table(frame, "table.json")  # > mlflow.log_table
    mlflow.log_table(frame, "table.json")  # > mlflow.log_table
    mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), "picture.png")  # > mlflow.log_image
    folder = Path(tempfile.mkdtemp())
    (folder / "file.txt").write_text("x")
    mlflow.log_artifact(folder / "file.txt")  # > mlflow.log_artifact
    mlflow.log_artifacts(str(folder), "folder")  # > mlflow.log_artifacts
    dataset = mlflow.data.from_pandas(frame, targets="price", name="prices")  # > mlflow.data.from_pandas
    mlflow.log_input(dataset, context="training")  # > mlflow.log_input
    if MLFLOW >= (3, 0):
        mlflow.log_inputs(datasets=[dataset], contexts=["test"], tags_list=[None])  # > mlflow.log_inputs since 3.0
    with mlflow.start_run(nested=True):  # > mlflow.start_run
        mlflow.log_metric("inner", 1.0)  # > mlflow.log_metric
    try:
        mlflow.log_param("depth", 4)  # > mlflow.log_param
    except mlflow.MlflowException:
        pass
    try:
        mlflow.log_metric()  # > mlflow.log_metric
    except TypeError:
        pass

mlflow.start_run()  # > mlflow.start_run
worker = threading.Thread(target=mlflow.log_metric, args=("threaded", 1.0), kwargs={"run_id": run.info.run_id})
worker.start()  # the thread's first frame is Python's own: a user's call # > mlflow.log_metric
worker.join()
mlflow.log_metric("later", 1.0, synchronous=False)  # > mlflow.log_metric
mlflow.flush_async_logging()  # > mlflow.flush_async_logging
mlflow.end_run()  # > mlflow.end_run

mlflow.get_run(run.info.run_id)  # > mlflow.get_run
mlflow.get_parent_run(run.info.run_id)  # > mlflow.get_parent_run
mlflow.search_runs(filter_string="metrics.mae > 0")  # > mlflow.search_runs
mlflow.search_runs(output_format="list")  # > mlflow.search_runs
mlflow.load_table("table.json")  # > mlflow.load_table
mlflow.artifacts.list_artifacts(run_id=run.info.run_id)  # > mlflow.artifacts.list_artifacts
mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/notes/words.txt")  # > mlflow.artifacts.load_text
mlflow.artifacts.load_dict(f"runs:/{run.info.run_id}/answers.json")  # > mlflow.artifacts.load_dict
mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path="file.txt")  # > mlflow.artifacts.download_artifacts
mlflow.get_experiment_by_name("prices")  # > mlflow.get_experiment_by_name
mlflow.get_experiment(other)  # > mlflow.get_experiment
mlflow.search_experiments()  # > mlflow.search_experiments
try:
    mlflow.get_run("no such run")  # > mlflow.get_run
except mlflow.MlflowException:
    pass
mlflow.delete_run(run.info.run_id)  # > mlflow.delete_run
mlflow.delete_experiment(other)  # > mlflow.delete_experiment

left = mlflow.start_run()  # MLflow's own exit handler ends it, which is no call # > mlflow.start_run
atexit.register(mlflow.log_metric, "last", 1.0, run_id=left.info.run_id)  # no frame of a caller # > mlflow.log_metric
mlflow.set_tracking_uri("file:files")
mlflow.search_experiments()  # > mlflow.search_experiments store=FileStore
mlflow.set_tracking_uri("http://127.0.0.1:9")
try:
    mlflow.set_experiment("unreachable")  # > mlflow.set_experiment store=RestStore
except Exception:
    pass
mlflow.set_tracking_uri(DATABASE)
