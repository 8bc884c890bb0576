"""PNG and PDF of an SVG, without any program: typst is one wheel and brings its fonts along."""

from __future__ import annotations

import math
import re
from typing import Any

_PAGE = b'#set page(width: auto, height: auto, margin: 0pt, fill: none)\n#image("graph.svg")\n'
_SHARPNESS = 192.0
"""Pixels per inch of a PNG: two for each pixel of the SVG."""
_MOST_PIXELS = 60_000_000
_LONGEST_SIDE = 30_000


def find_converter() -> Any:
    """The module typst; None if it is not installed."""
    try:
        import typst
    except ImportError:
        return None
    return typst


def convert_svg(typst: Any, svg: str, format: str) -> bytes:
    """A PNG or PDF of an SVG document.

    Parameters
    ----------
    typst : module
        From `find_converter`.
    svg : str
    format : {"png", "pdf"}

    Raises
    ------
    RuntimeError
        If it cannot be converted.
    """
    files = {"main.typ": _PAGE, "graph.svg": svg.encode()}
    options = {"ppi": _pixels_per_inch(svg)} if format == "png" else {}
    try:
        converted: bytes = typst.compile(files, format=format, **options)
    except typst.TypstError as error:
        raise RuntimeError(f"the picture could not be made {format.upper()}: {error}") from error
    return converted


def _pixels_per_inch(svg: str) -> float:
    """Less for a huge picture, so that its PNG can be held in memory."""
    size = re.search(r'<svg[^>]* width="([\d.]+)(?:pt)?" height="([\d.]+)', svg, flags=re.DOTALL)
    if size is None:
        return _SHARPNESS
    width, height = float(size[1]), float(size[2])
    scale = min(
        _SHARPNESS / 96.0,
        _LONGEST_SIDE / max(width, height, 1.0),
        math.sqrt(_MOST_PIXELS / max(width * height, 1.0)),
    )
    return 96.0 * scale
