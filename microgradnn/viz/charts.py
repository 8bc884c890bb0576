"""Charts on matplotlib: their colours, how they are saved and how notebooks show them.

No pyplot: a chart is no global state, opens no window and needs no display.
"""

from __future__ import annotations

import io
import os
import warnings
from typing import TYPE_CHECKING, Any

from .files import write_atomically
from .palette import LIGHT

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.colors import Colormap
    from matplotlib.figure import Figure

FORMATS = ("png", "svg", "pdf")
SERIES = (
    (LIGHT.value, "-"),
    (LIGHT.gradient, "-"),
    (LIGHT.ink, "--"),
    (LIGHT.line, "-."),
    (LIGHT.value, ":"),
    (LIGHT.gradient, "--"),
)
"""Colour and dashes of the lines of one panel: apart for any eye, and on grey paper."""
_CLASSES = (LIGHT.value, LIGHT.gradient, "#5fb3ba", LIGHT.ink, "#e0b400", "#9a5fb5", LIGHT.line)
"""Colours of classes; markers tell them apart too."""
MARKERS = "osD^vPX"


class MissingPackage(ImportError):
    """A package of the extra is not installed."""


def need(package: str, what: str) -> MissingPackage:
    """The error for a package that is missing: what needs it, and what to install.

    Examples
    --------
    >>> raise need("matplotlib", "viz.weights")
    Traceback (most recent call last):
    microgradnn.viz.charts.MissingPackage: viz.weights needs matplotlib, which is not installed: ...
    """
    return MissingPackage(
        f"{what} needs {package}, which is not installed: "
        "pip install 'microgradnn[demo]' brings it",
        name=package,
    )


class Chart:
    """A chart: it shows itself in notebooks, ``save(path)`` writes it.

    Attributes
    ----------
    figure : matplotlib.figure.Figure
    """

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    def render(self, format: str = "png") -> bytes:
        """The chart as a file's content.

        Parameters
        ----------
        format : {"png", "svg", "pdf"}

        Raises
        ------
        ValueError
            For another format.
        """
        if format not in FORMATS:
            raise ValueError(f"a chart is made as {', '.join(FORMATS)}, not as {format!r}")
        buffer = io.BytesIO()
        # The same chart gives the same bytes: no date, and ids that do not change.
        metadata: dict[str, Any] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(
            format, {}
        )
        import matplotlib

        with (
            matplotlib.rc_context({"svg.hashsalt": "microgradnn"}),
            warnings.catch_warnings(),
        ):
            warnings.filterwarnings("ignore", "Glyph .* missing")  # a label in any script
            self.figure.savefig(buffer, format=format, metadata=metadata)
        return buffer.getvalue()

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the chart; the name's ending says the format.

        Parameters
        ----------
        path : str or path
            Ends in ``.png``, ``.svg`` or ``.pdf``.

        Raises
        ------
        ValueError
            For another ending.
        OSError
            If the file cannot be written; an older one stays as it was.
        """
        ending = os.path.splitext(os.fspath(path))[1].lower().lstrip(".")
        write_atomically(path, self.render(ending))

    def _repr_png_(self) -> bytes:
        return self.render("png")

    def __repr__(self) -> str:
        width, height = self.figure.get_size_inches()
        return f"<Chart of {width:.3g} x {height:.3g} inches; chart.save('chart.png') writes it>"


def new_figure(what: str, width: float, height: float) -> Figure:
    """An empty figure.

    Parameters
    ----------
    what : str
        Who asks, for the error.
    width, height : float
        Inches.

    Raises
    ------
    MissingPackage
        If matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise need("matplotlib", what) from None
    return Figure(figsize=(width, height), dpi=110, facecolor=LIGHT.page, layout="constrained")


def style(axes: Axes, title: str = "", x: str = "", y: str = "") -> None:
    """Ink, thin lines and no box."""
    axes.set_facecolor(LIGHT.card)
    axes.tick_params(colors=LIGHT.muted, labelsize=9)
    for side, spine in axes.spines.items():
        spine.set_visible(side in ("left", "bottom"))
        spine.set_color(LIGHT.line)
    options: dict[str, Any] = {"parse_math": False}
    axes.set_title(title, fontsize=10.5, color=LIGHT.ink, loc="left", **options)
    axes.set_xlabel(x, fontsize=9.5, color=LIGHT.muted, **options)
    axes.set_ylabel(y, fontsize=9.5, color=LIGHT.muted, **options)


def diverging() -> Colormap:
    """Orange for negative numbers, white for zero, blue for positive ones."""
    from matplotlib.colors import LinearSegmentedColormap

    return LinearSegmentedColormap.from_list(
        "microgradnn", [LIGHT.gradient, "#f5c9a3", "#ffffff", "#a9cbee", LIGHT.value]
    )


def class_colour(k: int) -> str:
    """The colour of class number ``k``."""
    return _CLASSES[k % len(_CLASSES)]
