"""How the demo's plots look: one style, colours that colour-blind people tell apart."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

# Okabe and Ito's palette, without its yellow, which is too light for lines on white.
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY, BLACK = (
    "#0072B2",
    "#E69F00",
    "#009E73",
    "#D55E00",
    "#CC79A7",
    "#56B4E9",
    "#000000",
)
GREY = "#666666"

_STYLE = {
    "font.size": 11.0,
    "axes.titlesize": 12.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#e4e4e4",
    "grid.linewidth": 0.8,
    "axes.axisbelow": True,
    "lines.linewidth": 2.0,
    "legend.frameon": False,
    "savefig.dpi": 130,
}


@contextlib.contextmanager
def panels(
    rows: int, columns: int, title: str, *, size: tuple[float, float], **options: Any
) -> Iterator[tuple[Any, Any]]:
    """A figure with ``rows`` times ``columns`` axes, in the demo's style while the block lasts.

    Yields
    ------
    (figure, axes)
        ``axes`` as matplotlib's ``Figure.subplots`` gives them. The figure belongs to no window
        and to no global state: it is drawn when saved and freed when dropped.
    """
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_STYLE):
        figure = Figure(figsize=size, layout="constrained")
        axes = figure.subplots(rows, columns, **options)
        figure.suptitle(title, fontsize=14, fontweight="bold", x=0.01, ha="left")
        yield figure, axes
