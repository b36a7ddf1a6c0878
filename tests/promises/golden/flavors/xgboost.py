"""XGBoost, by its own interface and scikit-learn's."""

import mlflow
import mlflow.xgboost
import numpy as np
import xgboost

x = np.arange(60.0).reshape(-1, 2)
y = (x[:, 0] > 30).astype(int)
mlflow.xgboost.autolog(log_models=False)  # > mlflow.autolog flavor=xgboost disable=false log_models=false
data = xgboost.DMatrix(x, label=y)
model = xgboost.train({"objective": "binary:logistic"}, data, num_boost_round=3, evals=[(data, "train")])
xgboost.XGBClassifier(n_estimators=2).fit(x, y)
mlflow.xgboost.log_model(
    model, name="m", pip_requirements=[], metadata={}
)  # > mlflow.log_model flavor=xgboost pip_requirements=true metadata=true
mlflow.xgboost.log_model(xgb_model=model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=xgboost pip_requirements=true
try:
    mlflow.xgboost.log_model(
        "no model", name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=xgboost model_type=string pip_requirements=true status=failure
except Exception:
    pass
