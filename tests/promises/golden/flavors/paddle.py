"""Paddle."""

import mlflow
import mlflow.paddle
import numpy as np
import paddle

mlflow.paddle.autolog(log_models=False)  # > mlflow.autolog flavor=paddle disable=false log_models=false
model = paddle.nn.Linear(2, 1)
trained = paddle.Model(model)
trained.prepare(paddle.optimizer.SGD(parameters=model.parameters()), paddle.nn.MSELoss())
trained.fit([(np.ones(2, "float32"), np.ones(1, "float32"))] * 4, epochs=1, verbose=0)
static = paddle.jit.to_static(model, input_spec=[paddle.static.InputSpec([None, 2], "float32")])
mlflow.paddle.log_model(static, name="m", pip_requirements=[])  # > mlflow.log_model flavor=paddle pip_requirements=true
try:
    mlflow.paddle.log_model(
        object(), name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=paddle pip_requirements=true status=failure
except Exception:
    pass
