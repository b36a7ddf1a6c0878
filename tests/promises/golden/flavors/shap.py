"""SHAP: no flavor of log_model, but functions of its own, whose inner log_model is MLflow's."""

import mlflow
import mlflow.shap
import numpy as np
import shap
from sklearn.linear_model import LinearRegression

x = np.arange(60.0).reshape(-1, 2)
model = LinearRegression().fit(x, x[:, 0])
mlflow.shap.log_explanation(model.predict, x[:5])  # > mlflow.log_explanation
mlflow.shap.log_explainer(shap.Explainer(model.predict, x), name="m", pip_requirements=[])  # > mlflow.log_explainer
