"""TensorFlow."""

import mlflow
import mlflow.tensorflow
import numpy as np
import tensorflow as tf

x = np.arange(20.0, dtype=np.float32).reshape(-1, 1)
mlflow.tensorflow.autolog(log_models=False)  # > mlflow.autolog flavor=tensorflow disable=false log_models=false
model = tf.keras.Sequential([tf.keras.Input((1,)), tf.keras.layers.Dense(1)])
model.compile(loss="mse", optimizer="sgd")
model.fit(x, x, epochs=1, verbose=0)
mlflow.tensorflow.log_model(
    model, name="m", pip_requirements=[], input_example=x[:2]
)  # > mlflow.log_model flavor=tensorflow pip_requirements=true
try:
    mlflow.tensorflow.log_model(
        object(), name="m", pip_requirements=[]
    )  # > mlflow.log_model flavor=tensorflow pip_requirements=true status=failure
except Exception:
    pass
