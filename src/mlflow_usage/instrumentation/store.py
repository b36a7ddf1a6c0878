"""The kind of backend store that a tracking URI names.

Decides by the builder that MLflow's own registry would use, without calling it: nothing is resolved, opened, created or asked. It must
never keep a URI that did not come from MLflow, nor let one leave.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from types import FunctionType
from typing import Any, Final

from mlflow_usage.instrumentation.targets import STORES

UTILS: Final = "mlflow.tracking._tracking_service.utils"
CUSTOM: Final = "custom_store"
MAX_URIS: Final = 256

_attribute: Final[Callable[[object, str], Any]] = object.__getattribute__


class Stores(dict[Any, "str | None"]):
    """Tracking URI -> member of `mlflow.usage.store`, or None where it is unknown."""

    def __missing__(self, uri: object) -> str | None:
        """Look the URI's builder up, once."""
        member = member_of(uri)
        if len(self) < MAX_URIS:
            self[uri] = member
        return member


class RawStores(dict[Any, "str | None"]):
    """The same by the variable's value as the environment holds it, undecoded."""

    def __init__(self, stores: Stores) -> None:
        """Look up new values in `stores`."""
        self.stores = stores

    def __missing__(self, raw: object) -> str | None:
        """Decode the variable, once."""
        member = self.stores[os.environ.get("MLFLOW_TRACKING_URI")]
        if len(self) < MAX_URIS:
            self[raw] = member
        return member


def member_of(uri: object) -> str | None:
    """Return the store that MLflow would build for `uri`; None for no URI, or one that MLflow does not know."""
    utils = sys.modules.get(UTILS)
    if type(uri) is not str or not uri or utils is None:
        return None
    try:
        builder = utils._tracking_store_registry.get_store_builder(uri)  # noqa: SLF001  there is no public way that does not build
    except Exception:  # noqa: BLE001  MLflow's own refusal of the URI, of any kind
        return None
    if type(builder) is not FunctionType or type(builder.__name__) is not str:
        return CUSTOM
    known = utils.__dict__.get(builder.__name__) is builder  # a function can lie about its module and name
    return STORES.get(builder.__name__, CUSTOM) if known else CUSTOM


def uri_of_client(client: object) -> object:
    """Return the tracking URI that an MlflowClient was made with, read from its instance dictionary only."""
    try:
        own = _attribute(client, "__dict__")
        inner = _attribute(own.get("_tracking_client"), "__dict__") if type(own) is dict else None
    except AttributeError:
        return None
    return inner.get("tracking_uri") if type(inner) is dict else None
