"""Prophet."""

import mlflow
import mlflow.prophet
import pandas as pd
from prophet import Prophet

frame = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=60), "y": range(60)})
model = Prophet(weekly_seasonality=False, yearly_seasonality=False, daily_seasonality=False).fit(frame)
mlflow.prophet.log_model(model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=prophet pip_requirements=true
try:
    mlflow.prophet.log_model(
        object(), name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=prophet pip_requirements=true status=failure
except Exception:
    pass
