"""What a row of the usage table adds to each chart: the charts' queries written once more, in plain Python."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from support.usage_rows import Row


def minor(version: str) -> str:
    return ".".join(version.split(".")[:2])


def system(entry: Row) -> Iterator[tuple[str, str]]:
    yield "os", entry["os_type"]
    yield "architecture", entry["host_arch"]
    parts = entry["os_version"].split(".")
    yield "os_version", f"{entry['os_type']} {parts[0] if entry['os_type'] == 'darwin' else '.'.join(parts[:2])}"


def given(entry: Row, *names: str) -> Iterator[tuple[str, str]]:
    for name in names:
        if entry[name] is not None:
            yield name, "given" if entry[name] else "not given"


def options(entry: Row) -> Iterator[tuple[str, str]]:
    yield from given(entry, "pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata")
    yield "model_type", entry["model_type"]
    yield "status", entry["status"]


def settings(entry: Row) -> Iterator[tuple[str, str]]:
    yield "flavor", entry["flavor"] or "mlflow.autolog()"
    for name in ("disable", "log_models", "log_traces"):
        yield name, str(entry[name]).lower()


def evaluation(entry: Row) -> Iterator[tuple[str, str]]:
    for scorer in entry["scorers"]:
        yield "scorer", scorer
    yield from given(entry, "predict_fn")
    yield "status", entry["status"]


def python(entry: Row) -> Iterator[tuple[str, str]]:
    name = entry["process_runtime_name"]
    yield "python", ("" if name == "cpython" else name + " ") + minor(entry["process_runtime_version"])


# chart -> the one event that it counts, if it is about one, and the (dimension, value) pairs of a row
VALUES: dict[str, tuple[str | None, Callable[[Row], Iterator[tuple[str, str]]]]] = {
    "calls": (None, lambda _: iter(())),
    "versions": (None, lambda entry: iter([("version", minor(entry["service_version"]))])),
    "apis": (None, lambda entry: iter([("api", entry["event_name"])])),
    "log_model_flavors": ("mlflow.log_model", lambda entry: iter([("flavor", entry["flavor"])])),
    "log_model_options": ("mlflow.log_model", options),
    "autolog_flavors": ("mlflow.autolog", settings),
    "scorers": ("mlflow.genai.evaluate", evaluation),
    "python": (None, python),
    "systems": (None, system),
    "stores": (None, lambda entry: iter([("store", entry["store"])])),
}
