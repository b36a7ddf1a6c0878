"""The published numbers against sums made another way, and the rules that make them fit for the public."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlflow_usage.site.build import Report
from mlflow_usage.site.charts import CHARTS
from mlflow_usage.site.collected import CATALOGUE
from mlflow_usage.site.errors import SiteError
from mlflow_usage.site.source import COLUMNS, QUERIES
from mlflow_usage.warehouse import schema
from support.site_terms import build
from support.usage_rows import Row, row, write

MONDAY = date(2026, 3, 2)
LATER = MONDAY + timedelta(days=16)  # the first day of receipt with which that week is final


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


PARTS: dict[str, tuple[str | None, Callable[[Row], Iterator[tuple[str, str]]]]] = {
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


def tally(chart: str, rows: list[Row], *, weekly: bool, threshold: int, cap: int) -> tuple[dict[tuple[str, ...], tuple[int, int]], int]:
    """Cells of a chart and how many are withheld, in plain Python."""
    event, parts = PARTS[chart]
    calls: dict[tuple[str, ...], dict[tuple[str, date], int]] = defaultdict(lambda: defaultdict(int))
    for entry in rows:
        day = entry["event_day"]
        if event not in (None, entry["event_name"]):
            continue
        start = day - timedelta(days=day.weekday()) if weekly else day
        for dimension, value in [("all", "all"), *parts(entry)]:
            calls[start.isoformat(), dimension, value][entry["installation_id"], day] += entry["count"]
    cells = {
        key: (len({installation for installation, _ in found}), sum(min(count, cap) for count in found.values()))
        for key, found in calls.items()
    }
    kept = {key: cell for key, cell in cells.items() if cell[0] >= threshold}
    return kept, len(cells) - len(kept)


def data(out: Path, chart: str) -> Any:
    return json.loads((out / "data" / f"{chart}.json").read_text())


def cells(out: Path, chart: str) -> dict[tuple[str, ...], tuple[int, int]]:
    return {
        (period["start"], cell["dimension"], cell["value"]): (cell["installations"], cell["calls"])
        for period in data(out, chart)["periods"]
        for cell in period["cells"]
    }


@pytest.mark.parametrize("chart", list(PARTS))
def test_a_demo_shows_every_cell_of_every_day(demo: Report, rows: list[Row], chart: str) -> None:
    expected, _ = tally(chart, rows, weekly=False, threshold=1, cap=10**18)
    assert cells(demo.out, chart) == expected


@pytest.mark.parametrize("chart", list(PARTS))
def test_public_figures_are_whole_final_weeks_clipped_and_of_enough_installations(public: Report, rows: list[Row], chart: str) -> None:
    received = max(entry["received_day"] for entry in rows)
    final = [r for r in rows if r["event_day"] - timedelta(days=r["event_day"].weekday()) + timedelta(days=6 + 9) <= received]
    expected, withheld = tally(chart, final, weekly=True, threshold=20, cap=10_000)
    assert cells(public.out, chart) == expected
    assert expected
    assert sum(period["suppressed"] for period in data(public.out, chart)["periods"]) == withheld


@pytest.mark.parametrize("chart", list(PARTS))
def test_csv_says_what_json_says(public: Report, chart: str) -> None:
    with (public.out / "data" / f"{chart}.csv").open() as file:
        lines = list(csv.DictReader(file))
    assert {(r["start"], r["dimension"], r["value"]): (int(r["installations"]), int(r["calls"])) for r in lines} == cells(public.out, chart)
    assert len(lines) == len(cells(public.out, chart))


def test_a_cell_of_19_installations_is_withheld_and_one_of_20_is_not(tmp_path: Path, out: Path) -> None:
    rows = [row(number, MONDAY, "mlflow.log_metric", store="FileStore") for number in range(20)]
    rows += [row(number, MONDAY, "mlflow.log_metric", store="RestStore") for number in range(100, 119)]
    rows.append(row(1, LATER, "mlflow.log_metric"))
    build(write(tmp_path / "t", rows), out)
    assert cells(out, "stores") == {("2026-03-02", "all", "all"): (39, 39), ("2026-03-02", "store", "FileStore"): (20, 20)}
    assert data(out, "stores")["periods"][0]["suppressed"] == 1
    assert "1 cell of fewer than 20 installations withheld" in (out / "index.html").read_text()
    published = "".join(
        path.read_text() for path in out.rglob("*") if path.is_file() and path.suffix != ".sql" and path.name != "collected.html"
    )
    assert "RestStore" not in published


def test_many_records_of_one_installation_are_one_installation(tmp_path: Path, out: Path) -> None:
    rows = [row(1, MONDAY, "mlflow.log_metric", count) for count in range(1, 60)] + [row(1, LATER, "mlflow.log_metric")]
    build(write(tmp_path / "t", rows), out)
    assert cells(out, "calls") == {}


def test_calls_are_clipped_per_installation_and_day_and_the_share_is_stated(tmp_path: Path, out: Path) -> None:
    rows = [row(number, MONDAY, "mlflow.log_metric", 100) for number in range(20)]
    rows += [row(0, MONDAY + timedelta(days=1), "mlflow.log_metric", 50_000), row(0, LATER, "mlflow.log_metric")]
    build(write(tmp_path / "t", rows), out)
    assert cells(out, "calls")["2026-03-02", "all", "all"] == (20, 2_000 + 10_000)
    assert data(out, "calls")["periods"][0]["clipped"] == round(40_000 / 52_000, 4)
    assert "77 % of the calls cut off by the cap" in (out / "index.html").read_text()


@pytest.mark.parametrize(("received", "weeks"), [(LATER - timedelta(days=2), []), (LATER - timedelta(days=1), ["2026-W10"])])
def test_a_week_is_published_nine_days_after_its_end(tmp_path: Path, out: Path, received: date, weeks: list[str]) -> None:
    rows = [row(number, MONDAY, "mlflow.log_metric") for number in range(25)]
    build(write(tmp_path / "t", [*rows, row(1, received, "mlflow.log_metric")]), out)
    assert [period["period"] for period in data(out, "calls")["periods"]] == weeks


def test_what_is_published_stays_whatever_arrives_or_is_erased_later(tmp_path: Path, out: Path) -> None:
    first = [row(number, MONDAY, "mlflow.log_metric") for number in range(25)] + [row(1, LATER, "mlflow.log_metric")]
    place = tmp_path / "t"
    build(write(place, first), out)
    before = data(out, "calls")["periods"]
    again = MONDAY + timedelta(days=7)
    more = [row(number, MONDAY, "mlflow.log_metric", received=LATER) for number in range(100, 200)]
    more += [row(number, again, "mlflow.log_metric") for number in range(30)] + [row(1, LATER + timedelta(days=7), "mlflow.log_metric")]
    build(write(place, more), out)
    after = data(out, "calls")["periods"]
    assert after[0] == before[0]
    assert [period["period"] for period in after] == ["2026-W10", "2026-W11"]
    assert after[1]["cells"][0]["installations"] == 30


def test_figures_that_were_damaged_stop_the_build(table: str, out: Path) -> None:
    build(table, out)
    for content in (b"{", b"[]", b"\xff\xff"):
        (out / "data" / "calls.json").write_bytes(content)
        with pytest.raises(SiteError, match=r"calls\.json: published figures that cannot be read .* restore the file"):
            build(table, out)


def test_deliverys_own_events_and_records_without_a_day_are_in_no_figure(tmp_path: Path, out: Path) -> None:
    rows = [row(1, MONDAY, "mlflow.log_metric", 3), row(2, None, "mlflow.log_metric", 5, received=MONDAY)]
    rows.append(row(3, MONDAY, "mlflow.usage.dropped", 7, reason="age", store=None))
    build(write(tmp_path / "t", rows), out, demo=True)
    assert cells(out, "calls") == {("2026-03-02", "all", "all"): (1, 3)}
    assert "<td>1</td>" in (out / "method.html").read_text().split("in no figure")[1][:20]


def test_what_is_not_known_is_a_value_of_its_own(tmp_path: Path, out: Path) -> None:
    fields = ("store", "os_type", "os_version", "host_arch", "process_runtime_name", "process_runtime_version")
    build(write(tmp_path / "t", [row(1, MONDAY, "mlflow.log_metric", **dict.fromkeys(fields))]), out, demo=True)
    for chart, dimension in (("stores", "store"), ("systems", "os"), ("systems", "architecture"), ("python", "python")):
        assert cells(out, chart)["2026-03-02", dimension, "not known"] == (1, 1)


def test_the_queries_fit_the_table_the_catalogue_and_the_charts() -> None:
    catalogue = json.loads(CATALOGUE.read_text())
    declared = {name: kind.partition("<")[0] for name, kind, _, _ in schema.COLUMNS}
    assert {name: declared[name] for name in COLUMNS} == dict(COLUMNS)
    assert sorted(path.stem for path in QUERIES.glob("*.sql")) == sorted(chart.id for chart in CHARTS) == sorted(PARTS)
    listed = (QUERIES / "scorers.sql").read_text().split("VALUES")[1].split("AS list")[0]
    assert sorted(listed.split("'")[1::2]) == sorted(catalogue["attributes"]["mlflow.usage.scorers"]["members"])
