"""The generated schema against the catalogue that it comes from."""

from __future__ import annotations

from typing import Any

from mlflow_usage.catalogue.build import model, warehouse_schema
from mlflow_usage.warehouse import rows, schema

CATALOGUE = model.load()


def executed(text: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(compile(text, "schema.py", "exec"), names)
    return names


def test_the_schema_is_the_catalogues() -> None:
    rendered = executed(warehouse_schema.render(CATALOGUE))
    for name in ("REVISION", "COLUMNS", "RESOURCE", "ATTRIBUTES", "STATISTICS", "CONSTRAINTS"):
        assert getattr(schema, name) == rendered[name], f"{name}: run `make docs`"


def test_rows_are_made_in_the_order_of_the_columns() -> None:
    made = [name for name, _, _ in warehouse_schema.MADE]
    columns = [*made, *(schema.RESOURCE[key] for key in rows.RESOURCE_KEYS), *(schema.ATTRIBUTES[key] for key in rows.ATTRIBUTE_KEYS)]
    assert [name for name, _, _, _ in schema.COLUMNS] == columns
