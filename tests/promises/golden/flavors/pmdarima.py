"""pmdarima."""

import mlflow
import mlflow.pmdarima
import numpy as np
import pmdarima

model = pmdarima.ARIMA(order=(1, 0, 0)).fit(np.sin(np.arange(40.0)))
mlflow.pmdarima.log_model(model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=pmdarima pip_requirements=true
try:
    mlflow.pmdarima.log_model(
        model, name="m", pip_requirements=[], conda_env={}
    )  # > mlflow.log_model flavor=pmdarima pip_requirements=true status=failure
except Exception:
    pass
