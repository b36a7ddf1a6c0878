"""The charts: a row each, with title, definition and shape.

Decides what each chart shows, how, and in which order. Its id is one of `catalogue/charts.py`, its numbers come from `queries/<id>.sql`,
its questions from the catalogue.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from mlflow_usage.catalogue.charts import ChartId
from mlflow_usage.site.figures import ALL

Shape: TypeAlias = Literal["columns", "shares", "bars"]
Place: TypeAlias = Literal["wide", "left", "right"]  # on a wide screen


@dataclass(frozen=True, slots=True)
class Panel:
    """One block of bars: the values of one dimension, or one value of each of several two-valued dimensions."""

    title: str
    dimensions: tuple[str, ...]
    rows: int = 12  # bars drawn; the table has all
    only: str | None = None  # the value that is drawn of each two-valued dimension


@dataclass(frozen=True, slots=True)
class Chart:
    """One chart of the site."""

    id: ChartId
    title: str
    definition: str
    shape: Shape
    panels: tuple[Panel, ...]
    universe: str  # what 100 % is
    lead: str = ""  # the attribute or event whose question comes first
    question: str | None = None  # the chart's own, where the catalogue asks one for each family
    place: Place = "wide"


INSTALLATIONS: Final = "installations"
CHARTS: Final[tuple[Chart, ...]] = (
    Chart(
        "calls",
        "Installations and calls",
        "An installation is a random secret made once for this purpose in a user's state directory; the site knows its SHA-256 only while "
        "it counts. A call is one that a person's code makes; MLflow's calls to itself do not count.",
        "columns",
        (Panel("All APIs", (ALL,)),),
        INSTALLATIONS,
        lead="app.installation.id",
    ),
    Chart(
        "versions",
        "MLflow versions",
        "Installations by MLflow's minor release. One that used two releases in a period counts under both; shares are of their sum.",
        "shares",
        (Panel("Version", ("version",)),),
        INSTALLATIONS,
        lead="service.version",
    ),
    Chart(
        "apis",
        "APIs",
        "Installations that called the API at least once. A fluent function and its MlflowClient twin are one API.",
        "bars",
        (Panel("API", ("api",), rows=20),),
        INSTALLATIONS,
        question="Which parts of MLflow are used, and which could be retired? Each family's own question is given with its table.",
    ),
    Chart(
        "log_model_flavors",
        "Flavors of logged models",
        "Installations that called log_model with the flavor. Every flavor that is not MLflow's own is custom_flavor.",
        "bars",
        (Panel("Flavor", ("flavor",), rows=15),),
        "installations that log models",
        lead="mlflow.usage.flavor",
        place="left",
    ),
    Chart(
        "autolog_flavors",
        "Automatic logging",
        "Installations that called autolog for the flavor; mlflow.autolog() is the call for all flavors at once. Settings are those in "
        "effect, defaults included.",
        "bars",
        (
            Panel("Flavor", ("flavor",), rows=10),
            Panel("Settings in effect", ("disable", "log_models", "log_traces"), only="true"),
        ),
        "installations that call autolog",
        lead="mlflow.autolog",
        place="right",
    ),
    Chart(
        "log_model_options",
        "How models are logged",
        "Installations that called log_model at least once with the argument, the kind of model or the outcome. An argument is given if it "
        "is not None.",
        "bars",
        (
            Panel("Arguments given", ("pip_requirements", "extra_pip_requirements", "code_paths", "params", "metadata"), only="given"),
            Panel("Kind of model", ("model_type",)),
            Panel("Outcome", ("status",)),
        ),
        "installations that log models",
        lead="mlflow.usage.model_type",
        place="left",
    ),
    Chart(
        "scorers",
        "Scorers of evaluations",
        "Installations that called genai.evaluate with the scorer. Every scorer that is not MLflow's own is custom_scorer; an evaluation "
        "with several counts under each.",
        "bars",
        (
            Panel("Scorer", ("scorer",), rows=12),
            Panel("Arguments given", ("predict_fn",), only="given"),
            Panel("Outcome", ("status",)),
        ),
        "installations that evaluate",
        lead="mlflow.usage.scorers",
        place="right",
    ),
    Chart(
        "python",
        "Python",
        "Installations by Python's minor version, of CPython unless another implementation is named.",
        "bars",
        (Panel("Python", ("python",)),),
        INSTALLATIONS,
        lead="process.runtime.version",
        place="left",
    ),
    Chart(
        "systems",
        "Operating systems",
        "Installations by system, processor and the system's version (of Linux the kernel's).",
        "bars",
        (
            Panel("System", ("os",)),
            Panel("Architecture", ("architecture",)),
            Panel("Version", ("os_version",), rows=8),
        ),
        INSTALLATIONS,
        lead="os.type",
        place="right",
    ),
    Chart(
        "stores",
        "Tracking stores",
        "Installations by the kind of tracking store in use at a call; not known where finding out would mean touching the store.",
        "bars",
        (Panel("Store", ("store",)),),
        INSTALLATIONS,
        lead="mlflow.usage.store",
        place="left",
    ),
)


def questions(chart: Chart, catalogue: dict[str, Any]) -> list[str]:
    """Return the questions that the chart answers: each one of the attributes and events that name it, once."""
    if chart.question:
        return [chart.question]
    entries = {**catalogue["resource"], **catalogue["attributes"], **catalogue["events"]}
    first = entries[chart.lead]["question"]
    return list(dict.fromkeys([first, *(entry["question"] for entry in entries.values() if entry["chart"] == chart.id)]))
