"""ONNX."""

import mlflow
import mlflow.onnx
import numpy as np
from skl2onnx import to_onnx
from sklearn.linear_model import LinearRegression

x = np.arange(10.0, dtype=np.float32).reshape(-1, 1)
model = to_onnx(LinearRegression().fit(x, x.ravel()), x[:1])
mlflow.onnx.log_model(model, name="m", pip_requirements=[])  # > mlflow.log_model flavor=onnx pip_requirements=true
try:
    mlflow.onnx.log_model(object(), name="m", pip_requirements=[])  # > mlflow.log_model flavor=onnx pip_requirements=true status=failure
except Exception:
    pass
