"""CatBoost."""

import catboost
import mlflow
import mlflow.catboost
import numpy as np

x = np.arange(60.0).reshape(-1, 2)
model = catboost.CatBoostClassifier(iterations=2, verbose=False, allow_writing_files=False).fit(x, x[:, 0] > 30)
mlflow.catboost.log_model(model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=catboost pip_requirements=true
try:
    mlflow.catboost.log_model(
        object(), name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=catboost pip_requirements=true status=failure
except Exception:
    pass
