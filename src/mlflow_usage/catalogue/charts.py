"""The ids of the charts on the public pages.

Decides which charts an entry of the catalogue may name as the one that answers its question. Plain data: the catalogue's build checks
entries against it, and the site draws exactly these (`site/charts.py`, `site/queries/<id>.sql`).
"""

from __future__ import annotations

from typing import Final, Literal, TypeAlias, get_args

ChartId: TypeAlias = Literal[
    "calls",
    "versions",
    "apis",
    "log_model_flavors",
    "log_model_options",
    "autolog_flavors",
    "scorers",
    "python",
    "systems",
    "stores",
]
CHARTS: Final[tuple[ChartId, ...]] = get_args(ChartId)
