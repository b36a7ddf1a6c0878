"""Sentences that the public pages share.

Decides how turning it off is told, so that the page in `docs/` and the one on the site can never differ. Plain data without YAML: the
site reads it at run time. Text between back-quotes is code.
"""

from __future__ import annotations

from typing import Final

TITLE: Final = "What is collected, why, and how to turn it off"
NOTHING_ELSE: Final = (
    "Nothing that is not on this page is ever sent: no free text, no name of yours, no path, host, run, experiment or model, "
    "not even hashed."
)
TURN_OFF_LEAD: Final = "Any one of these is enough, before or after `import mlflow`:"
TURN_OFF: Final[tuple[tuple[str, str], ...]] = (  # how, for whom
    ("`MLFLOW_USAGE=off` in the environment", "this process and its children"),
    ("`MLFLOW_DISABLE_TELEMETRY=true` or `DO_NOT_TRACK=1` in the environment", "every tool that honours them"),
    ("`mlflow-usage off`", "this user, from now on"),
    ("`mlflow_usage.disable()` in Python", "this process"),
    ('`mode = "off"` in `/etc/mlflow-usage/policy.toml`', "everyone on the machine"),
)
TURN_OFF_CLOSE: Final = (
    "In CI (GitHub Actions, Jenkins and the rest) and under pytest it is off by itself. `mlflow-usage status` says whether it is on and "
    "what decided. `mlflow-usage preview` shows the exact next batch, `mlflow-usage sent` what has left."
)
EVENTS: Final = "A record says how often an event happened in a batch of at most a few seconds, its time cut to the hour."
