"""Classic training: autologging, then log_model in two flavors."""

import lightgbm
import mlflow
import mlflow.lightgbm
import mlflow.sklearn
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

# What this program calls, counted by hand: the demo compares it with the table.
CALLS = {
    "mlflow.set_experiment": 1,
    "mlflow.autolog": 1,
    "mlflow.start_run": 1,
    "mlflow.log_param": 1,
    "mlflow.log_metrics": 3,
    "mlflow.log_model": 2,
    "mlflow.load_model": 1,
    "mlflow.search_runs": 1,
}

mlflow.set_experiment("iris")
mlflow.sklearn.autolog(log_models=False)
features, labels = load_iris(return_X_y=True)
with mlflow.start_run():
    mlflow.log_param("why", "demo")
    model = LogisticRegression(max_iter=300).fit(features, labels)
    for step in range(3):
        mlflow.log_metrics({"score": model.score(features, labels)}, step=step)
    logged = mlflow.sklearn.log_model(model, name="model", pip_requirements=["scikit-learn"])
    booster = lightgbm.train({"objective": "multiclass", "num_class": 3, "verbosity": -1}, lightgbm.Dataset(features, labels), 3)
    mlflow.lightgbm.log_model(booster, name="booster", pip_requirements=["lightgbm"], metadata={"team": "secret"})
mlflow.sklearn.load_model(logged.model_uri)
mlflow.search_runs()
