"""What is published of the numbers, and what never is."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from mlflow_usage.catalogue.charts import CHARTS
from mlflow_usage.site.build import Report
from mlflow_usage.site.figures import SiteError
from support.site_builds import build, cells, data
from support.usage_rows import row, write

MONDAY = date(2026, 3, 2)
LATER = MONDAY + timedelta(days=16)  # the first day of receipt with which that week is final


@pytest.mark.parametrize("chart", CHARTS)
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
