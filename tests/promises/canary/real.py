"""A program that uses MLflow for real, with an organisation's own names in every place that takes one.

Not a test: `test_canaries.py` runs it.
"""

# ruff: noqa: E402, PLW0603, BLE001, ARG002 -- a user's program, in the order in which it has to happen
from __future__ import annotations

import json
import logging
import os
import shutil
import sys
import warnings
from pathlib import Path
from typing import Any

CORE = os.environ["CANARY"]
LOG = os.environ["CANARY_LOG"]
warnings.simplefilter("ignore")
os.environ["MLFLOW_TRACKING_URI"] = f"sqlite:///{CORE}.db"

import mlflow
import mlflow.genai
import mlflow.pyfunc
import mlflow.sklearn
from mlflow.genai.scorers import scorer
from mlflow.tracking import MlflowClient
from sklearn.linear_model import LinearRegression

handler = logging.FileHandler(LOG, encoding="utf-8", errors="backslashreplace")
handler.addFilter(lambda record: record.name.startswith("mlflow_usage"))  # MLflow's own words are MLflow's
logging.getLogger().addHandler(handler)
logging.getLogger().setLevel(logging.DEBUG)

calls = 0


def call(function: Any, *args: Any, **kwargs: Any) -> Any:
    global calls
    calls += 1
    try:
        return function(*args, **kwargs)
    except Exception as error:  # many of these are refused, with the name in the message
        return error


class Own(mlflow.pyfunc.PythonModel):
    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        return [CORE for _ in model_input]


Own.__name__ = Own.__qualname__ = f"{CORE}Model"


@scorer(name=f"{CORE}_scorer")
def own_scorer(outputs: Any) -> bool:
    return CORE in str(outputs)


call(mlflow.set_experiment, f"{CORE}-experiment")
with call(mlflow.start_run, run_name=f"{CORE}-run", tags={CORE: CORE}, description=CORE) as run:
    call(mlflow.log_param, CORE, CORE)
    call(mlflow.log_params, {f"{CORE}.a": f"/home/{CORE}"})
    call(mlflow.log_metric, f"{CORE}_rmse", 1.0)
    call(mlflow.log_metrics, {f"{CORE}_mae": 1.0, "bad metric \x00": 2.0})
    call(mlflow.set_tag, CORE, f"{CORE}@{CORE}.example")
    call(mlflow.log_text, CORE * 100_000, f"{CORE}.txt")
    call(mlflow.log_dict, {CORE: CORE}, f"{CORE}.json")
    call(mlflow.log_artifact, f"/nowhere/{CORE}")
    call(mlflow.log_table, {CORE: [CORE]}, f"{CORE}-table.json")
    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    call(mlflow.sklearn.log_model, model, name=f"{CORE}-model", registered_model_name=f"{CORE}-registered", metadata={CORE: CORE})
    call(mlflow.pyfunc.log_model, name=f"{CORE}-own", python_model=Own(), pip_requirements=[], code_paths=[f"/nowhere/{CORE}"])
    call(mlflow.sklearn.log_model, {CORE: CORE}, name=CORE)
    call(mlflow.pyfunc.log_model, name=CORE, python_model=f"/nowhere/{CORE}.py")
call(mlflow.sklearn.load_model, f"models:/{CORE}-registered/1")
call(mlflow.pyfunc.load_model, f"runs:/{CORE}/model")
call(mlflow.search_runs, filter_string=f"tags.{CORE} = '{CORE}'")
call(mlflow.register_model, f"runs:/{CORE}/x", CORE)
call(mlflow.sklearn.autolog, disable=False, extra_tags={CORE: CORE})
LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
client = MlflowClient(tracking_uri=f"sqlite:///{CORE}-other.db")
call(client.create_experiment, CORE, tags={CORE: CORE})
call(client.create_registered_model, CORE, tags={CORE: CORE}, description=CORE)
call(client.set_registered_model_alias, CORE, CORE, "1")
call(client.get_run, CORE)
call(mlflow.genai.register_prompt, name=f"{CORE}-prompt", template=f"{CORE} {{{{question}}}}", tags={CORE: CORE})
call(mlflow.genai.load_prompt, f"prompts:/{CORE}-prompt/1")


@mlflow.trace(name=f"{CORE}-span", attributes={CORE: CORE})
def answer(question: str) -> str:
    return f"{CORE} {question}"


call(answer, CORE)
call(
    mlflow.genai.evaluate,
    data=[{"inputs": {"question": CORE}, "expectations": {"expected_response": CORE}}],
    predict_fn=answer,
    scorers=[own_scorer],
)
call(mlflow.set_tracking_uri, f"{CORE}store://warehouse")
call(mlflow.log_metric, CORE, 1.0)
call(mlflow.set_tracking_uri, f"sqlite:///{CORE}.db")

import mlflow_usage

delivered = mlflow_usage.flush(timeout=60)
logging.getLogger().removeHandler(handler)
shutil.copytree(os.environ["CANARY_STATE"], os.environ["CANARY_SNAPSHOT"])
figures = {"calls": calls, "delivered": delivered}
Path(os.environ["CANARY_FIGURES"]).write_text(json.dumps(figures), encoding="utf-8")
sys.stdout.flush()
