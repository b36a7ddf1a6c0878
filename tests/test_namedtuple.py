"""The named tuples of the import path are the standard ones in all that the project asks of them."""

from __future__ import annotations

import copy
import pickle
import typing

import pytest

from mlflow_usage import namedtuple


class Ours(namedtuple.NamedTuple):
    first: int
    second: str = "two"
    third: tuple[int, ...] = ()


class Theirs(typing.NamedTuple):
    first: int
    second: str = "two"
    third: tuple[int, ...] = ()


CALLS: list[tuple[tuple[object, ...], dict[str, object]]] = [
    ((1,), {}),
    ((1, "b", (3,)), {}),
    ((), {"third": (3,), "first": 1}),
    ((1,), {"third": (3,)}),
    ((), {}),
    ((1, "b", (), 4), {}),
    ((1,), {"first": 1}),
    ((1,), {"fourth": 4}),
    ((), {"second": "b"}),
]


@pytest.mark.parametrize(("values", "by_name"), CALLS)
def test_an_instance_is_made_or_refused_alike(values: tuple[typing.Any, ...], by_name: dict[str, typing.Any]) -> None:
    try:
        expected = Theirs(*values, **by_name)
    except TypeError:
        with pytest.raises(TypeError):
            Ours(*values, **by_name)
        return
    made = Ours(*values, **by_name)
    assert made == expected
    assert (made.first, made.second, made.third) == tuple(expected)
    assert made._asdict() == expected._asdict()
    assert repr(made) == repr(expected).replace("Theirs", "Ours")
    assert made._replace(second="c") == expected._replace(second="c")
    for other in (copy.copy(made), copy.deepcopy(made), pickle.loads(pickle.dumps(made))):
        assert other == made
        assert type(other) is Ours
    with pytest.raises(AttributeError):
        made.first = 2  # type: ignore[misc]
    match made:
        case Ours(first, second):
            assert (first, second) == tuple(expected)[:2]
