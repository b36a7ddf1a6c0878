"""The site as somebody builds it who answers for it."""

from __future__ import annotations

from functools import partial

from mlflow_usage.site import build as site
from mlflow_usage.site import terms
from support.repository import TESTS

GOVERNANCE = TESTS / "site" / "governance.yaml"
build = partial(site.build, governance=terms.read(GOVERNANCE))
