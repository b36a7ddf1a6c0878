"""For the demo only: count MLflow's internal calls, which the plugin does not record.

Each appends one byte to a file, so that the number survives SIGKILL.
"""

import os

from mlflow_usage.instrumentation import meter
from mlflow_usage.instrumentation.caller import INTERNAL, Origins

_descriptor = os.open(os.environ["DEMO_INTERNAL_CALLS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


class Counting(Origins):
    """The origins of callers; every call looks its caller up here once."""

    def __getitem__(self, name):
        origin = super().__getitem__(name)
        if origin == INTERNAL:
            os.write(_descriptor, b".")
        return origin


meter.Origins = Counting
