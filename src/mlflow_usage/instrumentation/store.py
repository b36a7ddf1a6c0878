"""Which kind of backend store a tracking URI names.

Decides by the builder that MLflow's own registry would use, without calling it: nothing is resolved, opened, created or asked. It must
never keep a URI that it was not given by MLflow, and never let one leave.
"""

from __future__ import annotations

import sys
from typing import Any, Final

from mlflow_usage.instrumentation.targets import STORES

UTILS: Final = "mlflow.tracking._tracking_service.utils"
CUSTOM: Final = "custom_store"
MAX_URIS: Final = 256


class Stores(dict[Any, "str | None"]):
    """Tracking URI -> member of `mlflow.usage.store`, or None where it cannot be told."""

    def __missing__(self, uri: object) -> str | None:
        """Look the URI's builder up, once."""
        member = member_of(uri)
        if len(self) < MAX_URIS:
            self[uri] = member
        return member


def member_of(uri: object) -> str | None:
    """The store that MLflow would build for `uri`; None for no URI, or one that MLflow does not know."""
    utils = sys.modules.get(UTILS)
    if type(uri) is not str or not uri or utils is None:
        return None
    try:
        builder = utils._tracking_store_registry.get_store_builder(uri)  # noqa: SLF001  there is no public way that does not build
    except Exception:  # noqa: BLE001  MLflow's own refusal of the URI, of any kind
        return None
    name, module = getattr(builder, "__name__", None), getattr(builder, "__module__", None)
    if type(module) is str and type(name) is str and module.partition(".")[0] == "mlflow":
        return STORES.get(name, CUSTOM)
    return CUSTOM


def uri_of_client(client: object) -> object:
    """The tracking URI that a MlflowClient was made with, read from its instance dictionary only."""
    inner = _instance(client).get("_tracking_client")
    return _instance(inner).get("tracking_uri")


def _instance(thing: object) -> dict[str, Any]:
    try:
        found = object.__getattribute__(thing, "__dict__")
    except AttributeError:
        return {}
    return found if type(found) is dict else {}
