"""A call that raises counts like any other, and its exception is MLflow's own: type, arguments, notes, cause, traceback text."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from promises.golden.annotated import came, differences, expected, run
from support.receiver import Receiver

PROGRAM = """
import traceback

import mlflow
import mlflow.genai
import mlflow.openai
import mlflow.pyfunc
import mlflow.sklearn


class Interrupting(mlflow.pyfunc.PythonModel):
    def predict(self, context, model_input):
        return model_input

    def __getstate__(self):
        raise KeyboardInterrupt("acme", 7)


def shown(function, *args, **kwargs):
    try:
        function(*args, **kwargs)
    except BaseException as error:
        print(type(error).__module__, type(error).__qualname__, error.args, getattr(error, "__notes__", None), repr(error.__cause__))
        traceback.print_exc(file=__import__("sys").stdout)
    else:
        raise AssertionError(function)


shown(mlflow.sklearn.log_model)  # > mlflow.log_model flavor=sklearn status=failure
shown(mlflow.sklearn.log_model, 7, name="m", serialization_format="acme")  # > mlflow.log_model flavor=sklearn status=failure
broken = Interrupting()
shown(mlflow.pyfunc.log_model, name="m", python_model=broken)  # > mlflow.log_model flavor=pyfunc model_type=PythonModel status=failure
shown(mlflow.genai.evaluate, data=None, scorers=[])  # > mlflow.genai.evaluate status=failure
shown(mlflow.genai.evaluate, [], scorers=len)  # > mlflow.genai.evaluate status=failure
shown(mlflow.openai.autolog)  # > mlflow.autolog flavor=openai disable=false log_traces=true
shown(mlflow.autolog, acme=1)  # > mlflow.autolog disable=false log_models=true log_traces=true
shown(mlflow.log_metric)  # > mlflow.log_metric
shown(mlflow.get_run, "none")  # > mlflow.get_run
shown(mlflow.MlflowClient().get_run, "none")  # > mlflow.get_run
shown(mlflow.MlflowClient().log_metric)  # > mlflow.log_metric
shown(mlflow.genai.scorer, 7, name=8)  # > mlflow.genai.scorer
"""
# The plugin's one line where arguments or the outcome are recorded, its source, and the marks below it.
OURS = re.compile(r'  File "[^"]*mlflow_usage/instrumentation/\w+/calls\.py", line \d+, in (?:wrapper|_by_class)\n(?:    .*\n)+')
GENERATED = re.compile(r"[0-9a-f]{32}|/tmp/tmp\w+")  # names that MLflow makes up


def test_what_a_call_raises_is_the_same_with_and_without(tmp_path: Path) -> None:
    script = tmp_path / "failing.py"
    script.write_text(PROGRAM, encoding="utf-8")
    with Receiver() as receiver:
        bare = run(sys.executable, script, tmp_path, receiver.endpoint, MLFLOW_USAGE="off")
        assert (bare.returncode, receiver.requests) == (0, []), bare.stderr
        ended = run(sys.executable, script, tmp_path, receiver.endpoint)
        assert ended.returncode == 0, ended.stderr
        assert differences(expected(PROGRAM, "newest"), came(receiver)) == []
    assert GENERATED.sub("", OURS.sub("", ended.stdout)) == GENERATED.sub("", bare.stdout)
    assert bare.stdout.count("Traceback (most recent call last)") >= expected(PROGRAM, "newest").total()
