"""Values that lie, raise, or hand out the planted word when asked anything, and that know who asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from promises.canary.planted import proprietary

SPECIAL = (
    *("__str__", "__repr__", "__format__", "__bool__", "__len__", "__iter__", "__next__", "__contains__", "__getitem__", "__call__"),
    *("__lt__", "__gt__", "__index__", "__int__", "__float__", "__fspath__", "__instancecheck__", "__subclasscheck__", "__reduce__"),
    *("__eq__", "__ne__", "__hash__", "__getattr__", "__getattribute__", "__dir__", "__sizeof__", "__enter__", "__exit__", "__copy__"),
)
META = ("__eq__", "__ne__", "__hash__", "__str__", "__repr__", "__instancecheck__", "__subclasscheck__", "__getattribute__", "__bool__")
MANNERS = ("raises", "interrupts", "plants", "lies")

ran: Counter[str] = Counter()  # what of a hostile value was run


def method(name: str, manner: str, core: str) -> Callable[..., Any]:
    def run(*_: object, **__: object) -> Any:
        ran[name] += 1
        if manner == "raises":
            raise SystemError(core)
        if manner == "interrupts":
            raise KeyboardInterrupt(core)
        return core if manner == "plants" else True

    return run


def made(base: type, manner: str, core: str, *, module: str = "", is_class: bool = False) -> Any:
    """A value whose every method, and whose class's, is watched."""
    meta = type("Meta", (type(base),), {})
    body = {"__module__": module or f"acme.{core}", "__doc__": core, "name": core, "__class__": property(method("__class__", manner, core))}
    cls = type.__call__(meta, f"{core}Scorer", (base,), body)
    for name in SPECIAL:  # afterwards: MLflow looks at a new class of its own bases
        type.__setattr__(cls, name, method(name, manner, core))
    for name in META:
        setattr(meta, name, method(f"type {name}", manner, core))
    return cls if is_class else base.__new__(cls)


def hostile(core: str, bases: tuple[type, ...]) -> Iterator[tuple[str, Any]]:
    for manner in MANNERS:
        for base in bases:
            yield f"{base.__name__} that {manner}", made(base, manner, core)
            yield f"{base.__name__}'s class that {manner}", made(base, manner, core, is_class=True)
        lying = made(object, manner, core, module="mlflow.genai.scorers.builtin_scorers")
        yield f"impostor that {manner}", lying


def plain(core: str) -> Iterator[tuple[str, Any]]:
    texts = proprietary(core)
    yield from texts.items()
    yield "megabytes", f"{core} " * 150_000
    yield "bytes", core.encode()
    yield "deep", _deep(core)
    yield "mapping", {core: {core: [core]}}
    yield "list", [core, *texts.values()]
    yield "set", {core}
    yield "number", 10**5000
    yield "nan", float("nan")
    yield "nothing", None
    yield "module", ModuleType(f"acme.{core}", core)
    yield "exception", ValueError(core)
    yield "namespace", SimpleNamespace(name=core, tracking_uri=core, _tracking_client=core)
    yield "class", type(f"{core}Flavor", (), {"__module__": f"acme.{core}"})
    yield "generator", (letter for letter in core)

    def scorer(outputs: Any) -> bool:
        return bool(outputs)

    renamed = FunctionType(scorer.__code__, {})
    renamed.__module__, renamed.__qualname__, renamed.__name__, renamed.__doc__ = f"acme.{core}", f"{core}_scorer", core, core
    yield "function", renamed
    impostor = FunctionType(scorer.__code__, {})
    impostor.__module__, impostor.__qualname__ = "mlflow.metrics.genai.metric_definitions", "faithfulness"
    impostor.__name__ = core
    yield "impostor function", impostor


def _deep(core: str) -> list[Any]:
    deep: list[Any] = [core]
    for _ in range(5_000):
        deep = [deep]
    return deep


class Thrown(BaseException):
    """An exception of a user's code: nothing of it may be asked either."""

    __str__ = method("exception's __str__", "raises", "")
    __repr__ = method("exception's __repr__", "raises", "")
    __eq__ = method("exception's __eq__", "lies", "")
    __hash__ = method("exception's __hash__", "lies", "")  # type: ignore[assignment]
    __bool__ = method("exception's __bool__", "raises", "")


def uris(core: str) -> list[Any]:
    """Return tracking URIs, one of them of a subclass of str."""
    texts = proprietary(core)
    own = type("Uri", (str,), {name: method(f"uri's {name}", "lies", core) for name in ("__hash__", "__eq__", "__str__", "startswith")})
    return [
        *(texts[name] for name in ("uri", "database", "scheme", "path", "bucket")),
        f"databricks://{core}",
        f"file:///{core}",
        own(core),
    ]


def calling(name: Any) -> Callable[..., Any]:
    """Return a function that calls another, in a module of a given name."""
    scope: dict[str, Any] = {"__name__": name, "__builtins__": __builtins__}
    exec("def call(function, *args, **kwargs):\n    return function(*args, **kwargs)", scope)
    return scope["call"]  # type: ignore[no-any-return]
