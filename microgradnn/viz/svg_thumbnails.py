"""Heat maps and histograms as SVG: one path for each shade, however many cells have it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from .geometry import coordinate as _n
from .palette import Palette, mixed
from .thumbnails import BROKEN, LEVELS, Thumbnail


def draw_thumbnail(
    thumb: Thumbnail, x: float, y: float, color: str, palette: Palette
) -> Iterator[str]:
    """The elements of one thumbnail.

    Parameters
    ----------
    thumb : Thumbnail
    x, y : float
        Of its upper left corner.
    color : str
        Of the bars of a histogram.
    palette : Palette
    """
    if thumb.levels:
        yield from _heat_map(thumb, x, y, palette)
    else:
        yield from _histogram(thumb, x, y, color, palette)


def _heat_map(thumb: Thumbnail, x: float, y: float, palette: Palette) -> Iterator[str]:
    width, height = thumb.cell
    cells: dict[int, list[str]] = defaultdict(list)
    for row in range(thumb.rows):
        column = 0
        levels = thumb.levels[row * thumb.columns : (row + 1) * thumb.columns]
        while column < thumb.columns:
            first = column
            while column < thumb.columns and levels[column] == levels[first]:
                column += 1
            left, right = x + first * width, x + column * width
            top, bottom = y + row * height, y + (row + 1) * height
            cells[levels[first]].append(
                f"M{_n(left)} {_n(top)}H{_n(right)}V{_n(bottom)}H{_n(left)}"
            )
    for level, places in sorted(cells.items()):
        if level:
            yield f'<path d="{"".join(places)}" fill="{_shade(level, palette)}"/>'
    yield (
        f'<rect x="{_n(x)}" y="{_n(y)}" width="{_n(thumb.width)}" height="{_n(thumb.height)}" '
        f'fill="none" stroke="{palette.line}" stroke-width="0.7"/>'
    )


def _shade(level: int, palette: Palette) -> str:
    if level == BROKEN:
        return palette.ink
    hue = palette.value if level > 0 else palette.gradient
    return mixed(palette.card, hue, abs(level) / LEVELS)


def _histogram(thumb: Thumbnail, x: float, y: float, color: str, palette: Palette) -> Iterator[str]:
    width, _ = thumb.cell
    foot = y + thumb.height
    bars = "".join(
        f"M{_n(x + k * width)} {_n(foot)}v{_n(-max(bar * thumb.height, 0.8))}"
        f"h{_n(width)}V{_n(foot)}"
        for k, bar in enumerate(thumb.bars)
        if bar > 0
    )
    yield f'<path d="{bars}" fill="{color}" fill-opacity="0.75"/>'
    yield (
        f'<path d="M{_n(x)} {_n(foot)}h{_n(thumb.width)}" stroke="{palette.line}" '
        'stroke-width="0.9"/>'
    )
    if thumb.zero is not None:
        yield (
            f'<path d="M{_n(x + thumb.zero * thumb.width)} {_n(y)}V{_n(foot + 2)}" '
            f'stroke="{palette.ink}" stroke-width="0.9" stroke-dasharray="2 2"/>'
        )
