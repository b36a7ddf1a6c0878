"""The site as somebody builds it who answers for it."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from mlflow_usage.site import build as site
from mlflow_usage.site import terms

GOVERNANCE = Path(__file__).parent / "site" / "governance.yaml"
build = partial(site.build, governance=terms.read(GOVERNANCE))
