"""Drawings of the figures, made with Altair.

Decides how numbers look. Must never draw a number that is not in the figures, nor need a script to be read.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import altair as alt
from altair.utils import schemapi

from mlflow_usage.site import palette
from mlflow_usage.site.charts import Chart, Panel
from mlflow_usage.site.figures import Figures, PeriodFigures
from mlflow_usage.site.periods import periods_to
from mlflow_usage.site.svg import render, standalone
from mlflow_usage.site.text import by_version, percent, short

MARK: Final = palette.MARKERS
WIDE, MIDDLE, HALF, NARROW = 1034, 600, 480, 330
LARGE: Final = "replace(format(datum.value, '.3~s'), 'G', 'B')"  # SI says G where people say B
LETTER: Final = 6.9  # the width of a letter at 12 px; generous, since readers' fonts differ
SHOWN: Final = {"week": 53, "day": 92}
LEAST: Final = 7  # periods on an axis: a first week or day is at the end of a row, not alone
REST: Final = frozenset({"not known", "other", "mlflow.autolog()"})


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its name and its number."""

    name: str
    installations: int
    share: float | None

    @property
    def label(self) -> str:
        """The text to the right of the bar."""
        return short(self.installations) + (f" · {percent(self.share)}" if self.share is not None else "")


@dataclass(frozen=True, slots=True)
class Space:
    """The division of a drawing's width, the same for all its blocks."""

    width: int
    names: int  # pixels left of the bars; 0 where names are above them
    numbers: int  # pixels right of the longest bar
    most: int  # installations of the longest bar


def draw(chart: Chart, figures: Figures) -> dict[str, str]:
    """Return the chart as SVG for each width of screen, or nothing if there is nothing to draw."""
    if not any(one.cells for one in figures.periods):
        return {}
    widths = {"wide": WIDE, "middle": MIDDLE, "narrow": NARROW} if chart.place == "wide" else {"wide": HALF, "narrow": NARROW}
    shape: Callable[[Chart, Figures, int], alt.TopLevelMixin | None] = {"columns": columns, "shares": shares, "bars": bars}[chart.shape]
    with schemapi.debug_mode(False):  # the whole is checked once; checking each part too takes a third of a build
        drawn = {name: shape(chart, figures, width) for name, width in widths.items()}
        return {name: render(picture, describe(chart, figures)) for name, picture in drawn.items() if picture is not None}


def files(drawings: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """Return each drawing of each chart as a file of its own, by name."""
    return {
        f"charts/{chart}{'' if size == 'wide' else '-' + size}.svg": standalone(drawing)
        for chart, sizes in drawings.items()
        for size, drawing in sizes.items()
    }


def columns(_chart: Chart, figures: Figures, width: int) -> alt.TopLevelMixin | None:
    """Draw installations above calls, a column for each period."""
    shown = _shown(figures)
    rows = [
        {"at": s.period.short, "installations": s.whole.installations, "calls": s.whole.calls, "text": s.period.text}
        for s in shown
        if s.whole is not None
    ]
    if not rows:
        return None
    for row in rows:
        row["say"] = f"{row['text']}: {row['installations']:,} installations, {row['calls']:,} calls"
    blocks = []
    for field, title, colour in (("installations", "Installations", "bar"), ("calls", "Calls", "s3")):
        axis = alt.Axis(labelExpr=LARGE, tickCount=4, ticks=False, minExtent=40, maxExtent=40, tickMinStep=1)
        block = _plot(rows).mark_bar(color=MARK[colour], cornerRadiusTopLeft=2, cornerRadiusTopRight=2, size=_size(len(shown), width))
        y = alt.Y(f"{field}:Q", stack=None, title=None, axis=axis, scale=alt.Scale(nice=4))
        block = block.encode(x=_periods(shown, width), y=y, description="say:N")
        blocks.append(block.properties(width=width - 52, height=150, title=title))
    return alt.vconcat(*blocks)


def shares(chart: Chart, figures: Figures, width: int) -> alt.TopLevelMixin | None:
    """Draw shares over time: a colour for each of the newest versions, and one for all older ones."""
    shown = _shown(figures)
    names, rows = _series(shown, chart.panels[0].dimensions[0], len(palette.SERIES))
    if not rows:
        return None
    colours = [MARK[name] for name in palette.SERIES[: len(names)]]
    if len(names) == len(palette.SERIES):
        colours[-1] = MARK["s6"]
    legend_columns = 3 if width < HALF and len(names) == len(palette.SERIES) else len(names)
    drawing: alt.Chart = (
        _plot(rows)
        .mark_bar(size=_size(len(shown), width))
        .encode(
            x=_periods(shown, width),
            y=alt.Y("installations:Q", stack="normalize", title=None, axis=alt.Axis(format="%", tickCount=4, ticks=False, minExtent=40)),
            color=alt.Color("name:N", scale=alt.Scale(domain=names, range=colours), legend=alt.Legend(columns=legend_columns)),
            order="order:Q",
            description="say:N",
        )
        .properties(width=width - 52, height=260)
    )
    return drawing


def _series(shown: Sequence[PeriodFigures], dimension: str, most: int) -> tuple[list[str], list[dict[str, Any]]]:
    """Return the names and rows of a stacked drawing: the newest versions by name, the others summed up as older."""
    versions = sorted({cell.value for one in shown for cell in one.of(dimension)}, key=by_version, reverse=True)
    named = versions if len(versions) <= most else versions[: most - 1]
    older = f"older than {named[-1]}" if len(versions) > len(named) else None
    names = [*named, older] if older else named
    rows = []
    for one in shown:
        cells = one.of(dimension)
        whole = sum(cell.installations for cell in cells)
        for order, name in enumerate(names):
            mine = sum(c.installations for c in cells if c.value == name or (name == older and c.value not in named))
            if mine:
                say = f"{one.period.text}: {name} {percent(mine / whole)}, {mine:,} installations"
                rows.append({"at": one.period.short, "name": name, "order": -order, "installations": mine, "say": say})
    return names, rows


def _plot(rows: Sequence[Mapping[str, Any]]) -> Any:  # noqa: ANN401  Altair's builders are typed loosely
    return alt.Chart({"values": list(rows)})


def _shown(figures: Figures) -> tuple[PeriodFigures, ...]:
    """Return the newest periods, with empty ones where nothing was published."""
    published = {one.period: one for one in figures.periods}
    newest = figures.periods[-1].period
    count = (newest.start - figures.periods[0].period.start).days // (7 if figures.unit == "week" else 1) + 1
    periods = periods_to(newest, max(LEAST, min(count, SHOWN[figures.unit])))
    return tuple(published.get(period) or PeriodFigures(period, (), 0, 0.0) for period in periods)


def _size(periods: int, width: int) -> float:
    return max(2.0, min(72.0, round((width - 52) / periods * 0.82, 1)))


def _periods(shown: Sequence[PeriodFigures], width: int) -> alt.X:
    names = [one.period.short for one in shown]
    step = -(-len(names) // (5 if width < HALF else 8 if width < WIDE else 12))
    ticks = names[::-1][::step][::-1]
    return alt.X("at:O", scale=alt.Scale(domain=names), axis=alt.Axis(values=ticks, labelAngle=0, title=None, grid=False, tickSize=4))


def bars(chart: Chart, figures: Figures, width: int) -> alt.TopLevelMixin | None:
    """Draw bars for the newest period, most installations first."""
    latest = figures.latest
    blocks = [(panel.title, found) for panel in chart.panels if latest and (found := rank(panel, latest))]
    if not blocks:
        return None
    every = [bar for _, found in blocks for bar in found]
    space = Space(
        width=width,
        names=0 if width < HALF else min(width * 11 // 20, 20 + round(LETTER * max(len(bar.name) for bar in every))),
        numbers=18 + round(LETTER * max(len(bar.label) for bar in every)),
        most=max(bar.installations for bar in every),
    )
    titled = len(blocks) > 1
    return alt.vconcat(*(_block(title if titled else "", found, space) for title, found in blocks))


def rank(panel: Panel, latest: PeriodFigures) -> list[Bar]:
    """Return the bars of a panel, most installations first."""
    whole = latest.whole.installations if latest.whole else None
    found = [
        Bar(dimension if panel.only else cell.value, cell.installations, cell.installations / whole if whole else None)
        for dimension in panel.dimensions
        for cell in latest.of(dimension)
        if panel.only in (None, cell.value)
    ]
    return sorted(found, key=lambda bar: -bar.installations)[: panel.rows]


def _block(title: str, found: Sequence[Bar], space: Space) -> alt.LayerChart:
    narrow, names = not space.names, space.names
    step, room = (38 if narrow else 25), space.width - names - 4
    rows = [
        {
            "name": bar.name,
            "installations": bar.installations,
            "label": bar.label,
            "colour": MARK["rest" if bar.name in REST or bar.name.startswith("custom_") else "bar"],
            "say": f"{bar.name}: {bar.installations:,} installations" + (f", {percent(bar.share)}" if bar.share is not None else ""),
        }
        for bar in found
    ]
    order = alt.Scale(domain=[bar.name for bar in found])
    axis = (
        None
        if narrow
        else alt.Axis(ticks=False, labelLimit=names - 8, labelColor=MARK["ink"], minExtent=names, maxExtent=names, labelPadding=8)
    )
    base = _plot(rows).encode(
        y=alt.Y("name:N", scale=order, title=None, axis=axis),
        x=alt.X(
            "installations:Q", stack=None, title=None, axis=None, scale=alt.Scale(domain=[0, space.most * room / (room - space.numbers)])
        ),
    )
    lower = 8 if narrow else 0
    layers = [
        base.mark_bar(cornerRadiusEnd=2, height=13, yOffset=lower).encode(color=alt.Color("colour:N", scale=None), description="say:N"),
        base.mark_text(align="left", dx=6, dy=lower, color=MARK["muted"], fontSize=12, aria=False).encode(text="label:N"),
    ]
    if narrow:
        layers.append(base.mark_text(align="left", dy=-9, color=MARK["ink"], fontSize=12, aria=False).encode(x=alt.value(0), text="name:N"))
    block: alt.LayerChart = alt.layer(*layers).properties(width=room, height=step * len(rows), title=title)
    return block


def describe(chart: Chart, figures: Figures) -> str:
    """Return the drawing as a sentence, for readers who hear the page."""
    latest = figures.latest
    if latest is None:
        return f"{chart.title}: no figures yet."
    if chart.shape == "columns":
        whole = latest.whole
        return f"{chart.title}, latest {latest.period.text}" + (
            f": {whole.installations:,} installations, {whole.calls:,} calls." if whole else "."
        )
    top = [f"{bar.name} {bar.installations:,}" for bar in rank(chart.panels[0], latest)[:3]]
    return f"{chart.title}, {latest.period.text}: installations with {', '.join(top)}." if top else f"{chart.title}."
