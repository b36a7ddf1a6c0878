"""scikit-learn."""

import mlflow
import mlflow.sklearn
import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

x = np.arange(60.0).reshape(-1, 2)
y = (x[:, 0] > 30).astype(int)
mlflow.sklearn.autolog(log_datasets=False)  #> mlflow.autolog flavor=sklearn disable=false log_models=true
model = make_pipeline(StandardScaler(), RandomForestClassifier(n_estimators=2)).fit(x, y)
model.score(x, y)
GridSearchCV(RandomForestClassifier(n_estimators=2), {"max_depth": [1, 2]}, cv=2).fit(x, y)
mlflow.sklearn.log_model(model, name="m", input_example=x[:2], params={"a": 1})  #> mlflow.log_model flavor=sklearn params=true
try:
    mlflow.sklearn.log_model(object(), name="m", serialization_format="skops", pip_requirements=[])  #> mlflow.log_model flavor=sklearn pip_requirements=true status=failure
except Exception:
    pass
