"""Automatic logging switched on and off; what it logs by itself is no call of the person's."""

import mlflow
import mlflow.openai
import mlflow.sklearn
import numpy as np
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV

x = np.arange(30.0).reshape(-1, 1)

mlflow.sklearn.autolog()  # > mlflow.autolog flavor=sklearn disable=false log_models=true
LinearRegression().fit(x, x.ravel())  # a run, parameters, metrics and a model, none of them called by a person
mlflow.sklearn.autolog(log_models=False)  # > mlflow.autolog flavor=sklearn disable=false log_models=false
GridSearchCV(LogisticRegression(), {"C": [0.1, 1.0]}, cv=2).fit(x, x.ravel() > 14)
with mlflow.start_run():  # > mlflow.start_run
    LinearRegression().fit(x, x.ravel())
    mlflow.log_metric("own", 1.0)  # > mlflow.log_metric
mlflow.sklearn.autolog(disable=True)  # > mlflow.autolog flavor=sklearn disable=true log_models=true
LinearRegression().fit(x, x.ravel())
# The keyword's type is MLflow's affair; in effect is what `is True`.
mlflow.sklearn.autolog(disable=1)  # > mlflow.autolog flavor=sklearn disable=false log_models=true

# The flavors that it switches on, now or when their libraries are imported, are MLflow's calls.
mlflow.autolog(log_models=False)  # > mlflow.autolog disable=false log_models=false log_traces=true
LinearRegression().fit(x, x.ravel())
mlflow.autolog(disable=True)  # > mlflow.autolog disable=true log_models=true log_traces=true
try:  # the library is not there: a call that raises counts like any other
    mlflow.openai.autolog(log_traces=False)  # > mlflow.autolog flavor=openai disable=false log_traces=false since 3.0
    "which had models to log once"  # > mlflow.autolog flavor=openai disable=false log_traces=false log_models=false until 2.22
except ImportError:
    pass
try:
    mlflow.autolog(acme=True)  # > mlflow.autolog disable=false log_models=true log_traces=true
except TypeError:
    pass
