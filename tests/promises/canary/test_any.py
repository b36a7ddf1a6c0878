"""Random calls of random patched functions with random values, followed to the bytes of the request and the journal."""

from __future__ import annotations

import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from opentelemetry.exporter.otlp.proto.common._log_encoder import encode_logs

from mlflow_usage.delivery import otel
from mlflow_usage.instrumentation.meter import Meter
from mlflow_usage.instrumentation.patch import Patches
from mlflow_usage.journal.recorder import Recorder
from mlflow_usage.process.life import Life
from promises.canary.hostile import META, SPECIAL, Thrown, made, plain, ran
from promises.canary.planted import Canary, proprietary
from support.strategies import resources

CORE = "QzvKdwxPnCanaryXjTqh"
CANARY = Canary(CORE)
PLAIN = dict(plain(CORE))


class Sink:
    """A stand-in for a session: a recorder with a journal on disk."""

    def __init__(self) -> None:
        self.place = Path(tempfile.mkdtemp())
        self.begin({})

    def begin(self, resource: dict[str, Any]) -> None:
        self.resource = resource
        self.recorder = Recorder(lambda: {"resource": resource, "mode": "on", "endpoint": "x"}, lambda: self.place, life=Life())

    def hit(self, event: Any, store: str | None) -> None:
        self.recorder.hit(event, store)

    tally = hit

    def count(self, event: str, attributes: Mapping[str, Any]) -> None:
        self.recorder.count(event, attributes)

    def recheck(self) -> bool:
        return True

    def renew(self) -> None:
        pass


@pytest.fixture(scope="module")
def patched() -> Iterator[tuple[Sink, list[tuple[Any, str, Any]]]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # MLflow's own
        import mlflow.genai
        import mlflow.pyfunc
        import mlflow.sklearn
        import mlflow.statsmodels  # noqa: F401
    sink = Sink()
    patches = Patches(Meter(sink))
    patches.register()
    # `scorer` counts only where it is given a function; the others count whatever they are given.
    found = [(owner, name, wrapper) for owner, name, _, wrapper in patches.placed if vars(owner).get(name) is wrapper and name != "scorer"]
    assert len(found) > 150
    try:
        yield sink, found
    finally:
        patches.restore()


@st.composite
def values(draw: st.DrawFn) -> Callable[[], Any]:
    """How a value is made. Hypothesis itself would touch the value."""
    if draw(st.booleans()):
        kind = draw(st.sampled_from(sorted(PLAIN)))
        return lambda: PLAIN[kind]
    base = draw(st.sampled_from([object, list, dict, int, str, tuple, bytes, float]))
    manner = draw(st.sampled_from(["raises", "interrupts", "plants", "lies"]))
    module = draw(st.sampled_from([f"acme.{CORE}", "mlflow.genai.scorers.builtin_scorers", "builtins", "mlflow.pyfunc.model"]))
    is_class = draw(st.booleans())
    return lambda: made(base, manner, CORE, module=module, is_class=is_class)


CALLS = st.lists(
    st.tuples(
        st.integers(0, 10_000),
        st.lists(values(), max_size=4),
        st.dictionaries(
            st.sampled_from(["python_model", "sk_model", "params", "metadata", "code_paths", "scorers", "predict_fn", "disable", CORE]),
            values() | st.lists(values(), max_size=3).map(lambda makers: lambda: [make() for make in makers]),
            max_size=4,
        ),
        st.booleans(),
        st.sampled_from([*proprietary(CORE).values(), None]),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(CALLS, resources())
def test_nothing_of_any_value_is_in_what_is_recorded_or_sent(
    patched: tuple[Sink, list[tuple[Any, str, Any]]],
    calls: list[tuple[int, list[Any], dict[str, Any], bool, str | None]],
    resource: dict[str, Any],
) -> None:
    from mlflow.tracking._tracking_service import utils

    sink, functions = patched
    sink.begin(resource)
    thrown, result = Thrown(CORE), object()
    ran.clear()
    before = utils._tracking_uri
    try:
        for number, positional, named, fails, uri in calls:
            owner, name, wrapper = functions[number % len(functions)]
            original = wrapper.__wrapped__

            def stub(*_: Any, **__: Any) -> Any:
                if fails:  # noqa: B023
                    raise thrown
                return result

            utils._tracking_uri = uri  # type: ignore[assignment]
            args, kwargs = [make() for make in positional], {key: make() for key, make in named.items()}
            if isinstance(owner, type):
                args.insert(0, object.__new__(owner))
            wrapper.__wrapped__ = stub
            try:
                came = vars(owner)[name](*args, **kwargs)
                assert came is result
                assert not fails
            except Thrown as error:
                assert error is thrown  # noqa: PT017
                assert fails
            finally:
                wrapper.__wrapped__ = original
    finally:
        utils._tracking_uri = before
    assert not ran
    written, sent, number = _everything(sink)
    assert number == len(calls)
    assert CANARY.found(written) == []
    assert CANARY.found(sent) == []


def _everything(sink: Sink) -> tuple[bytes, bytes, int]:
    """Return the journals' bytes, the requests' bytes, and how many calls these count."""
    written, sent, number = b"", b"", 0
    recorder = sink.recorder
    live = recorder.live
    assert live is not None
    for owned in (live.owned, *recorder.retired):
        assert owned.path is not None
        written += owned.path.read_bytes() + owned.path.name.encode()
        recorder.seal(owned, uuid.uuid4().bytes)
        batch = owned.journal.batch()
        made = otel.records(batch, {"resource": sink.resource}, "0.1.0")
        assert len(made) == len(batch.entries)
        sent += encode_logs(made).SerializeToString()
        number += sum(entry.calls for entry in batch.entries)
        with suppress(OSError):
            owned.remove()
    return written, sent, number


def test_the_special_methods_are_all_watched() -> None:
    value = made(object, "plants", CORE)
    ran.clear()
    assert str(value) == CORE
    assert bool(made(object, "lies", CORE))
    assert ran["__str__"] == ran["__bool__"] == 1
    assert {*SPECIAL, *META} >= {"__str__", "__repr__", "__eq__", "__hash__", "__bool__", "__len__", "__iter__", "__getattr__"}
