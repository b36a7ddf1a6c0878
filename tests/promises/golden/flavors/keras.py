"""Keras."""

import keras
import mlflow
import mlflow.keras
import numpy as np

x = np.arange(20.0, dtype=np.float32).reshape(-1, 1)
mlflow.keras.autolog(log_models=False)  # > mlflow.autolog flavor=keras disable=false log_models=false
model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="sgd")
model.fit(x, x, epochs=1, verbose=0)
# It has no code_paths, and so none was given.
mlflow.keras.log_model(model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=keras pip_requirements=true
try:
    mlflow.keras.log_model(object(), name="m", pip_requirements=[])  # > mlflow.log_model flavor=keras pip_requirements=true status=failure
except Exception:
    pass
