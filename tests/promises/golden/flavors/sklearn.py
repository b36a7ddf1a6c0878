"""scikit-learn."""

import mlflow
import mlflow.sklearn
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

x = np.arange(60.0).reshape(-1, 2)
y = (x[:, 0] > 30).astype(int)
mlflow.sklearn.autolog(log_datasets=False)  # > mlflow.autolog flavor=sklearn disable=false log_models=true
model = make_pipeline(StandardScaler(), LogisticRegression()).fit(x, y)
model.score(x, y)
mlflow.sklearn.autolog(log_models=False)  # > mlflow.autolog flavor=sklearn disable=false log_models=false
GridSearchCV(LogisticRegression(), {"C": [1, 2]}, cv=2).fit(x, y)
mlflow.sklearn.log_model(
    model, name="m", params={"a": 1}, pip_requirements=[]
)  # > mlflow.log_model flavor=sklearn params=true pip_requirements=true
try:
    mlflow.sklearn.log_model(
        object(), name="m", serialization_format="skops", pip_requirements=[]
    )  # > mlflow.log_model flavor=sklearn pip_requirements=true status=failure
except Exception:
    pass
