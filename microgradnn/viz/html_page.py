"""A picture as one HTML file: light and dark, with a legend and a table of the nodes.

No script and no request: the page works from disk and in print, and its table says to a screen
reader, or where pictures are not shown, what the picture says.
"""

from __future__ import annotations

from .cards import Card, Picture
from .layout import Layout
from .palette import DARK, LIGHT, Palette
from .svg import draw_svg
from .user_text import escape_xml

_STYLE = """\
body{margin:0;padding:16px;font:15px system-ui,sans-serif;background:LIGHT_PAGE;color:LIGHT_INK}
figure{margin:0;overflow:auto}
.dark{display:none}
svg{max-width:none;display:block}
.legend,summary{color:LIGHT_MUTED;margin:8px 0}
table{border-collapse:collapse;margin:8px 0}
th,td{text-align:left;padding:2px 12px 2px 0;border-bottom:1px solid LIGHT_LINE;vertical-align:top}
td{font-family:ui-monospace,monospace;font-size:12px;white-space:pre-wrap}
.value{color:LIGHT_VALUE}.gradient{color:LIGHT_GRADIENT}
@media screen and (prefers-color-scheme:dark){
body{background:DARK_PAGE;color:DARK_INK}
.light{display:none}.dark{display:block}
.legend,summary{color:DARK_MUTED}
th,td{border-color:DARK_LINE}
.value{color:DARK_VALUE}.gradient{color:DARK_GRADIENT}
}
"""


def make_page(picture: Picture, layout: Layout, title: str = "Computation graph") -> str:
    """The page.

    Parameters
    ----------
    picture : Picture
    layout : Layout
    title : str
    """
    light, dark = (_element(picture, layout, palette) for palette in (LIGHT, DARK))
    rows = "\n".join(map(_row, picture.cards))
    return f"""\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{escape_xml(title)}</title>
<style>
{_style()}</style>
</head>
<body>
<figure class="light" tabindex="0">{light}</figure>
<figure class="dark" tabindex="0">{dark}</figure>
<p class="legend">Hexagon: parameter. Pill: input; dashed: constant. Box: operation, with its symbol
where the operands arrive. Stacked boxes: many nodes in one. Double line: the result.
<span class="value">Blue: value.</span> <span class="gradient">Orange, ∂: gradient.</span>
Hatched: NaN or Inf.</p>
<details><summary>The same as a table</summary>
<table>
<thead><tr><th>name</th><th>kind</th><th>operation</th><th>shape</th><th>value</th><th>gradient</th>
</tr></thead>
<tbody>
{rows}
</tbody>
</table></details>
</body>
</html>
"""


def _element(picture: Picture, layout: Layout, palette: Palette) -> str:
    """The SVG as an element of a page: without the declaration that begins a file."""
    return draw_svg(picture, layout, palette).split("?>", 1)[1].strip()


def _row(card: Card) -> str:
    def said(role: str) -> str:
        return ", ".join(line.text for line in card.lines if line.role == role)

    cells = (said("name") or said("note"), card.kind, card.symbol, said("shape"), said("value"))
    return (
        "<tr>"
        + "".join(f"<td>{escape_xml(cell)}</td>" for cell in (*cells, said("gradient")))
        + "</tr>"
    )


def _style() -> str:
    style = _STYLE
    for prefix, palette in (("LIGHT", LIGHT), ("DARK", DARK)):
        for role in ("page", "ink", "muted", "line", "value", "gradient"):
            style = style.replace(f"{prefix}_{role.upper()}", getattr(palette, role))
    return style
