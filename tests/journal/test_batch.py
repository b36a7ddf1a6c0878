"""The key of a slot: whatever was counted is read back, by this version and by a later one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlflow_usage.journal.batch import JournalError, decode_key, encode_key

VALUES = st.booleans() | st.integers(0, 10**9) | st.text(max_size=20) | st.lists(st.text(max_size=5), max_size=3)
NAMES = st.from_regex(r"mlflow\.usage\.[a-z_]{1,20}", fullmatch=True) | st.from_regex(r"[a-z]{1,9}\.[a-z]{1,9}", fullmatch=True)


@given(st.text(max_size=30), st.dictionaries(NAMES, VALUES, max_size=6))
def test_a_key_is_read_back_as_it_was_written(event: str, attributes: dict[str, object]) -> None:
    assert decode_key(encode_key(event, attributes)) == (event, attributes)


def test_a_key_does_not_depend_on_the_order_of_its_attributes() -> None:
    one = {"mlflow.usage.flavor": "sklearn", "mlflow.usage.status": "success"}
    assert encode_key("mlflow.log_model", one) == encode_key("mlflow.log_model", dict(reversed(one.items())))


def test_a_key_is_short() -> None:
    assert encode_key("mlflow.log_metric", {"mlflow.usage.store": "FileStore"}) == b'["mlflow.log_metric",{"store":"FileStore"}]'


def test_what_another_version_wrote_in_another_order_is_understood() -> None:
    key = json.dumps(["mlflow.new_event", {"zeta": True, "alpha": 1, "other.name": "x"}]).encode()
    assert decode_key(key) == ("mlflow.new_event", {"mlflow.usage.zeta": True, "mlflow.usage.alpha": 1, "other.name": "x"})


@pytest.mark.parametrize(
    "key", [b"", b"\xff", b"7", b"[]", b'["one"]', b'["one", 7]', b'["one", {}, {}]', b"[" * 50_000, b'{"a": 1, "b": 2}']
)
def test_garbage_is_no_key(key: bytes) -> None:
    with pytest.raises(JournalError):
        decode_key(key)


@given(st.binary(max_size=100))
def test_no_bytes_do_worse_than_to_be_no_key(key: bytes) -> None:
    try:
        event, attributes = decode_key(key)
    except JournalError:
        return
    assert isinstance(event, str)
    assert all(isinstance(name, str) for name in attributes)
