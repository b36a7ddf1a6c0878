"""What an attribute may be reads the same in `docs/`, on the site and in `mlflow-usage explain`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlflow_usage import catalogue
from mlflow_usage.catalogue.values import in_words

LIST = {"type": "enum[]", "members": ["a", "b"], "fallback": "b"}
FIXED = {"type": "enum", "members": ["mlflow"], "fallback": None}
NUMBER = {"type": "int", "min": 1, "max": 10_000_000}


@pytest.mark.parametrize(
    ("attribute", "words", "plain", "counted"),
    [
        ({"type": "boolean"}, "`true` or `false`", "true or false", "`true` or `false`"),
        (NUMBER, "a number from 1 to 10,000,000", "a number from 1 to 10,000,000", "a number from 1 to 10,000,000"),
        (
            {"type": "string", "pattern": "[a-z]{3}"},
            "text that matches `[a-z]{3}`",
            "text that matches [a-z]{3}",
            "text that matches `[a-z]{3}`",
        ),
        ({**LIST, "type": "enum"}, "one of `a`, `b`; anything else is `b`", "one of a, b; anything else is b", "one of 2 values"),
        (LIST, "any of `a`, `b`; anything else is `b`", "any of a, b; anything else is b", "any of 2 values"),
        (FIXED, "always `mlflow`", "always mlflow", "always"),
    ],
)
def test_a_value_in_words(attribute: dict[str, Any], words: str, plain: str, counted: str) -> None:
    assert in_words(attribute) == words
    assert in_words(attribute, quote="") == plain
    assert in_words(attribute, listed=False) == counted


def test_every_attribute_has_words() -> None:
    content = json.loads((Path(catalogue.__file__).parent / "catalogue.json").read_text())
    for attribute in (*content["resource"].values(), *content["attributes"].values()):
        assert all(f"`{member}`" in in_words(attribute) for member in attribute.get("members", ()))
