"""The store of a tracking URI is determined without building, opening or asking anything."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from instrumentation.measuring import Calls
from mlflow_usage.catalogue.tables import ATTRIBUTES
from mlflow_usage.instrumentation.store import MAX_URIS, Stores, member_of, uri_of_client

URIS = [
    ("sqlite:///mlflow.db", "SqlAlchemyStore"),
    ("postgresql+psycopg2://user:hunter2@db.acme.example/mlflow", "SqlAlchemyStore"),
    ("mysql://db/mlflow", "SqlAlchemyStore"),
    ("./mlruns", "FileStore"),
    ("/var/lib/acme/mlruns", "FileStore"),
    ("file:///var/lib/acme/mlruns", "FileStore"),
    ("http://mlflow.acme.example:5000", "RestStore"),
    ("https://mlflow.acme.example", "RestStore"),
    ("databricks", "RestStore"),
    ("databricks://acme-profile", "RestStore"),
    ("uc:https://catalog.acme.example", "RestStore"),
    ("acme-store://tenant", "custom_store"),
    ("nobody-knows-this://tenant", None),
    ("C:\\Users\\acme\\mlruns", "FileStore"),
    ("", None),
    (None, None),
    (7, None),
    (b"sqlite:///mlflow.db", None),
]


@pytest.fixture
def registry(wrapped: Calls) -> Any:  # noqa: ARG001
    """MLflow's registry, with a plugin's store in it."""
    from mlflow.tracking._tracking_service.utils import _tracking_store_registry as found

    def build_acme_store(*_: object, **__: object) -> None:
        raise AssertionError("a store was built")

    found.register("acme-store", build_acme_store)
    yield found
    del found._registry["acme-store"]


@pytest.mark.parametrize(("uri", "store"), URIS)
def test_the_store_is_the_one_that_mlflow_would_build(
    registry: Any, monkeypatch: pytest.MonkeyPatch, uri: object, store: str | None, tmp_path: Path
) -> None:
    registry._get_store_with_resolved_uri.cache_clear()
    monkeypatch.chdir(tmp_path)
    assert member_of(uri) == store
    assert registry._get_store_with_resolved_uri.cache_info().currsize == 0
    assert not list(tmp_path.iterdir())


def test_a_builder_that_lies_about_itself_is_a_custom_one(registry: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    class Builder:
        __module__ = "mlflow.tracking._tracking_service.utils"
        __name__ = "_get_file_store"

        def __getattr__(self, name: str) -> Any:
            raise SystemError

    class Worse:
        def __getattr__(self, name: str) -> Any:
            raise SystemError

    def imitation() -> None:
        raise SystemError

    imitation.__module__, imitation.__name__ = "mlflow.tracking._tracking_service.utils", "_get_file_store"
    guest = ModuleType("mlflow.acme")  # a company's module that calls itself a part of MLflow
    exec("def _get_rest_store(*_, **__): raise SystemError", guest.__dict__)
    monkeypatch.setitem(sys.modules, "mlflow.acme", guest)
    for builder in (Builder(), Worse(), imitation, guest._get_rest_store, None):
        registry.register("acme-store", builder)
        assert member_of("acme-store://x") == "custom_store"


@pytest.mark.usefixtures("registry")
@given(st.text() | st.sampled_from(["sqlite", "http", "file", "uc", "databricks"]).flatmap(lambda s: st.text().map(lambda t: f"{s}:{t}")))
def test_any_text_is_a_member_of_the_catalogue_or_nothing(uri: str) -> None:
    store = member_of(uri)
    assert store is None or store in ATTRIBUTES["mlflow.usage.store"].members


@pytest.mark.usefixtures("registry")
def test_uris_without_end_fill_no_memory() -> None:
    stores = Stores()
    for number in range(2 * MAX_URIS):
        assert stores[f"sqlite:///{number}.db"] == "SqlAlchemyStore"
    assert len(stores) == MAX_URIS


def test_the_store_of_a_client_is_its_own_and_that_of_a_function_the_global_one(
    calls: Calls, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    import mlflow
    from mlflow.tracking._tracking_service import utils

    client = mlflow.MlflowClient("http://127.0.0.1:9")
    monkeypatch.setattr(utils, "_tracking_uri", None)
    mlflow.end_run()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{tmp_path}/mlflow.db")
    mlflow.end_run()
    monkeypatch.setattr(utils, "_tracking_uri", str(tmp_path))
    mlflow.end_run()
    with pytest.raises(TypeError):
        client.log_metric()
    stores = [attributes.get("store") for _, attributes in calls.made]
    assert stores == [None, "SqlAlchemyStore", "FileStore", "RestStore"]
    assert not list(tmp_path.iterdir())


class Lying:
    """An object that raises whatever is asked of it."""

    def __getattribute__(self, name: str) -> Any:
        raise SystemError


@pytest.mark.parametrize("kind", [int, object, dict, Lying, type("Slotted", (), {"__slots__": ()})])
def test_what_is_no_client_has_no_uri(kind: type) -> None:
    assert uri_of_client(kind()) is None


def test_a_client_of_a_subclass_is_read_without_its_code() -> None:
    class Inner:
        def __init__(self) -> None:
            self.tracking_uri = "databricks"

        def __getattribute__(self, name: str) -> Any:
            if name == "tracking_uri":
                raise SystemError
            return object.__getattribute__(self, name)

    class Client:
        def __init__(self) -> None:
            self._tracking_client = Inner()

        def __getattribute__(self, name: str) -> Any:
            raise SystemError

    assert uri_of_client(Client()) == "databricks"
