"""The tables below each chart, against its data file."""

from __future__ import annotations

import json

from mlflow_usage.site.build import Report
from mlflow_usage.site.charts import CHARTS
from support.html_reader import Reader


def test_a_table_says_what_the_data_file_says(public: Report) -> None:
    text = (public.out / "index.html").read_text()
    for chart in CHARTS:
        content = json.loads((public.out / "data" / f"{chart.id}.json").read_text())
        cells = Reader("<div>" + text.split(f'id="{chart.id}"')[1].split("</h2>")[1].split("</section>")[0] + "</div>").cells
        for cell in content["periods"][-1]["cells"]:
            if cell["dimension"] != "all":
                name = cell["value"] if cell["value"] in cells else f"{cell['dimension']}: {cell['value']}"
                at = cells.index(name)
                assert f"{cell['installations']:,}" in cells[at : at + 5], (chart.id, cell)
                assert f"{cell['calls']:,}" in cells[at : at + 5]
