"""SVG made from Altair's drawings by vl-convert, without a browser or the network.

Decides which parts of Vega's output reach a page: shapes, a title on each mark for the pointer, and one label for readers who hear the
page.
"""

from __future__ import annotations

import html
import re
from typing import Any, Final

import altair as alt
import vl_convert

from mlflow_usage.site import palette

MARK: Final = palette.MARKERS
FONT: Final = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
CONFIG: Final[dict[str, Any]] = {
    "font": FONT,
    "background": "transparent",
    "padding": 2,
    "view": {"stroke": None},
    "concat": {"spacing": 22},
    "axis": {
        "labelColor": MARK["muted"],
        "titleColor": MARK["muted"],
        "gridColor": MARK["grid"],
        "tickColor": MARK["line"],
        "domain": False,
        "labelFontSize": 12,
        "titleFontSize": 12,
        "titleFontWeight": "normal",
    },
    "legend": {"labelColor": MARK["ink"], "title": None, "orient": "top", "labelFontSize": 12, "symbolType": "square", "symbolSize": 110},
    "title": {"color": MARK["ink"], "fontSize": 12.5, "fontWeight": 600, "anchor": "start", "offset": 8},
}
HEAD: Final = re.compile(r'<svg [^>]*? width="([\d.]+)" height="[\d.]+" (viewBox="[^"]*")[^>]*>')
BAR: Final = re.compile(r'<path aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="bar"([^>]*)/>')
NOISE: Final = re.compile(r' (?:aria-[a-z]+|role|pointer-events|class|font-family)="[^"]*"')
LONG: Final = re.compile(r"\d+\.\d{3,}")
EMPTY: Final = re.compile(r'<path d=""[^>]*/>|<rect width="[^"]*" height="[^"]*" fill="transparent"/>')


def render(picture: alt.TopLevelMixin, label: str) -> str:
    """Return the drawing as SVG that scales, with variables for its colours."""
    configured: Any = picture.configure(**CONFIG)
    text = str(vl_convert.vegalite_to_svg(configured.to_dict()))
    head = HEAD.match(text)
    if head is None:
        raise ValueError("vl-convert's SVG does not begin with the head that this module knows")
    body = BAR.sub(r"<path\2><title>\1</title></path>", text[head.end() :])
    body = LONG.sub(lambda found: f"{float(found[0]):.2f}", EMPTY.sub("", NOISE.sub("", body)))
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{html.escape(label)}" {head[2]} style="max-width:{head[1]}px">'
    )
    return opening + palette.unmark(body)


def standalone(drawing: str) -> str:
    """Return the drawing as a file of its own, for other pages: with its colours, light or dark as the reader prefers."""
    style = f"svg{{background:var(--surface);font-family:{FONT}}}{palette.variables()}"
    return drawing.replace(">", f"><style>{style}</style>", 1) + "\n"
