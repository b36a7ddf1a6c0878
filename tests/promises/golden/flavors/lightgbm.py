"""LightGBM."""

import lightgbm
import mlflow
import mlflow.lightgbm
import numpy as np

x = np.arange(60.0).reshape(-1, 2)
y = (x[:, 0] > 30).astype(int)
mlflow.lightgbm.autolog(log_models=False)  # > mlflow.autolog flavor=lightgbm disable=false log_models=false
model = lightgbm.train({"objective": "binary", "verbose": -1, "min_data_in_leaf": 1}, lightgbm.Dataset(x, label=y), num_boost_round=2)
mlflow.lightgbm.log_model(
    model, name="m", pip_requirements=[], code_paths=[]
)  # > mlflow.log_model flavor=lightgbm pip_requirements=true code_paths=true
try:
    mlflow.lightgbm.log_model(
        object(), name="m", pip_requirements=[], serialization_format="acme"
    )  # > mlflow.log_model flavor=lightgbm pip_requirements=true status=failure
except Exception:
    pass
mlflow.lightgbm.autolog(disable=True)  # > mlflow.autolog flavor=lightgbm disable=true log_models=true
