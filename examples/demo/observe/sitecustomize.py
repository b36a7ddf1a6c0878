"""For the demo only: count the calls that MLflow makes to itself, which the plugin does not record.

One byte is appended to a file for each, so that the number survives SIGKILL too.
"""

import os

from mlflow_usage.instrumentation.meter import Meter

_descriptor = os.open(os.environ["DEMO_INTERNAL_CALLS"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_asker = Meter.asker


def _counting(self, depth=1):
    asked = _asker(self, depth + 1)

    def ask():
        counts = asked()
        if not counts:
            os.write(_descriptor, b".")
        return counts

    return ask


Meter.asker = _counting
