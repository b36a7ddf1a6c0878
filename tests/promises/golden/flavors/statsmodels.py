"""statsmodels."""

import mlflow
import mlflow.statsmodels
import numpy as np
import statsmodels.api

x = np.arange(30.0)
mlflow.statsmodels.autolog(log_models=False)  # > mlflow.autolog flavor=statsmodels disable=false log_models=false
model = statsmodels.api.OLS(2 * x + np.sin(x), statsmodels.api.add_constant(x)).fit()
mlflow.statsmodels.log_model(model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=statsmodels pip_requirements=true
try:
    mlflow.statsmodels.log_model(
        object(), name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=statsmodels pip_requirements=true status=failure
except Exception:
    pass
