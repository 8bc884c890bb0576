"""What a picture shows of each node: lines of text, a symbol, a shape, a size, a tooltip.

Cards are snapshots: they hold text, no arrays, so that a picture keeps no memory alive and does not
change when training goes on.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .card_text import Style as Style
from .card_text import called, flaw, is_listed, shape_text, short_count, summarise, tooltip
from .number_text import MINUS
from .palette import LIGHT, Palette
from .records import GraphRecord, Kind, Mark, NodeRecord
from .thumbnails import Thumbnail, thumbnail
from .user_text import columns, one_line, shorten

Role = Literal["name", "note", "shape", "value", "gradient"]

# Points, which are the pixels of the SVG.
FONT_SIZE = 12.0
CHARACTER = 0.62 * FONT_SIZE
"""Width allowed for a character: monospaced fonts have 0.55 to 0.61 em; none needs measuring."""
LINE = 16.0
BADGE = 28.0
ROOT_INSET = 4.0
"""Between the two lines around the root."""
_OPERATION_WIDTH, _LEAF_WIDTH = 104.0, 92.0
_NAME_COLUMNS, _SYMBOL_COLUMNS = 22, 16
_GAP = 8.0
"""Around thumbnails."""
_LAYER = 4.0
"""How far each of the boxes of a stack stands out behind the one before."""

_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")


@dataclass(frozen=True)
class Line:
    """One line of a card."""

    role: Role
    text: str


@dataclass(frozen=True)
class Card:
    """One node as it is drawn.

    Attributes
    ----------
    kind : Kind
    is_root : bool
    lines : tuple of Line
        From top to bottom; an empty text keeps its place.
    symbol : str
        Of the operation, drawn in a circle on the edge where the operands arrive.
    width, height : float
        Of the card without that circle, in points.
    tooltip : str
        Everything in full, on several lines.
    bar : float or None
        Length of the bar for the gradient, from -1 to 1.
    flaw : str
        ``NaN`` or ``Inf`` if there is any in the value or gradient.
    thumbnails : tuple of Thumbnail or None
        Of the value and of the gradient.
    layers : int
        Boxes drawn behind this one: a stack stands for several nodes.
    zero : bool
        Whether the gradient is known to be nothing but zeros.
    mark : Mark
    """

    kind: Kind
    is_root: bool
    lines: tuple[Line, ...]
    symbol: str
    width: float
    height: float
    tooltip: str
    bar: float | None
    flaw: str
    thumbnails: tuple[Thumbnail | None, Thumbnail | None] = (None, None)
    layers: int = 0
    zero: bool = False
    mark: Mark = ""

    @property
    def stack(self) -> float:
        """How far the boxes behind this one stand out."""
        return _LAYER * self.layers

    @property
    def symbol_width(self) -> float:
        """Of the circle, which is an oblong for a long symbol."""
        if not self.symbol:
            return 0.0
        return max(BADGE, even(columns(self.symbol) * CHARACTER + 14.0))


@dataclass(frozen=True)
class Wire:
    """One edge as it is drawn."""

    source: int
    target: int
    tooltip: str
    mark: Mark = ""


@dataclass(frozen=True)
class Picture:
    """What there is to lay out."""

    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    direction: str
    hurry: bool
    """Whether the layout should stop looking for a better one early."""
    rank_gap: float = 0.45
    """Inches between ranks."""
    backward: bool = False
    """Whether arrows show the way of gradients."""
    palette: Palette = LIGHT


def make_cards(graph: GraphRecord, style: Style) -> tuple[Card, ...]:
    """One card for each node."""
    largest = max(map(_size_of_gradient, graph.nodes), default=0.0)
    return tuple(_make_card(node, style, largest) for node in graph.nodes)


def make_wires(graph: GraphRecord) -> tuple[Wire, ...]:
    """One wire for each edge."""
    return tuple(
        Wire(
            edge.source,
            edge.target,
            f"{called(graph.nodes[edge.source])} → {called(graph.nodes[edge.target])}"
            + (f" (operand {edge.operand})" if edge.operand else ""),
            edge.mark,
        )
        for edge in graph.edges
    )


def even(size: float) -> float:
    """Rounded up to an even number of points.

    Graphviz halves sizes and rounds; with odd ones it laid out a chain of 200 products in 12
    seconds instead of half a second.
    """
    return 2.0 * math.ceil(size / 2.0)


def typeset(symbol: str) -> str:
    """A symbol of the table in print: ``*`` becomes ×, ``**2`` x².

    Examples
    --------
    >>> [typeset(s) for s in ("*", "-", "/", "**2", "**-1", "**0.5", "**", "tanh")]
    ['×', '−', '÷', 'x²', 'x⁻¹', 'x^0.5', 'xʸ', 'tanh']
    """
    single = {"*": "×", "-": MINUS, "/": "÷", "**": "xʸ"}.get(symbol)
    if single is not None:
        return single
    power = re.fullmatch(r"\*\*(-?\d+(?:\.\d+)?)", symbol)
    if power is None:
        return symbol
    exponent = power[1].removesuffix(".0")
    if "." in exponent:
        return "x^" + exponent.replace("-", MINUS)
    return "x" + exponent.translate(_SUPERSCRIPTS)


def _make_card(node: NodeRecord, style: Style, largest: float) -> Card:
    lines = list(_lines(node, style))
    thumbnails = _thumbnails(node, style)
    symbol = shorten(typeset(one_line(node.symbol)), _SYMBOL_COLUMNS)
    widest = max((columns(line.text) for line in lines), default=0) * CHARACTER
    pictures = [t for t in thumbnails if t is not None]
    if pictures:
        widest = max(widest, sum(t.width for t in pictures) + _GAP * (len(pictures) - 1))
    least = _OPERATION_WIDTH if node.kind in ("operation", "output", "group") else _LEAF_WIDTH
    # Room for the half of the circle that lies on the card, or for the points of the hexagon.
    sides = 34.0 if symbol or node.kind in ("operation", "parameter") else 26.0
    if not lines:
        least = BADGE
    inset = 2 * ROOT_INSET if node.is_root and lines else 0.0
    height = max(10.0 + LINE * len(lines), BADGE + 8.0) if lines else BADGE
    if pictures:
        height += even(max(t.height for t in pictures) + _GAP)
    if node.kind == "more":
        height = BADGE
    return Card(
        kind=node.kind,
        is_root=node.is_root,
        lines=tuple(lines),
        symbol=symbol,
        width=even(max(least, widest + sides if lines else 0.0)) + inset,
        height=height + inset,
        tooltip=tooltip(node, style),
        bar=_bar(node, largest) if style.show_grads else None,
        flaw=flaw(node, style),
        thumbnails=thumbnails,
        layers=2 if node.count > 1 and node.kind != "more" else int(node.kind == "group"),
        zero=style.show_grads and _is_zero(node.gradient),
        mark=node.mark,
    )


def _lines(node: NodeRecord, style: Style) -> Iterator[Line]:
    """The lines of a card, from top to bottom."""
    name = one_line(node.name)
    if name:
        yield Line("name", shorten(name, _NAME_COLUMNS))
    if node.note:
        yield Line("note" if name else "name", shorten(one_line(node.note), _NAME_COLUMNS))
    if node.parameters and node.kind == "group":
        yield Line("note", f"{short_count(node.parameters)} parameters")
    if node.shape is not None:
        yield Line("shape", f"{shape_text(node.shape)} {node.dtype}".strip())
    if (style.show_values or node.kind == "constant") and node.value is not None:
        yield Line("value", summarise(node.value, style.precision))
    if style.show_grads and (node.expects_gradient or node.gradient is not None):
        # "Not yet" is not zero: the place is kept, and left empty.
        text = "" if node.gradient is None else summarise(node.gradient, style.precision)
        yield Line("gradient", text and f"∂ {text}")
    if style.show_saved and node.saved:
        yield Line("note", shorten(f"saves {', '.join(node.saved)}", _NAME_COLUMNS))


def _thumbnails(node: NodeRecord, style: Style) -> tuple[Thumbnail | None, Thumbnail | None]:
    """Of the value and the gradient, where a line cannot show every number."""
    if not style.show_arrays:
        return None, None
    shown = (node.value if style.show_values else None, node.gradient if style.show_grads else None)
    first, second = (
        None if data is None or is_listed(data, style.precision) else thumbnail(data)
        for data in shown
    )
    return first, second


def _is_zero(gradient: Any) -> bool:
    """Whether there is a gradient, and nothing but zeros in it."""
    return gradient is not None and np.size(gradient) > 0 and not np.any(gradient)


def _size_of_gradient(node: NodeRecord) -> float:
    """Absolute value of a gradient that is one finite number; 0 otherwise."""
    g = node.gradient
    if isinstance(g, np.ndarray):
        g = g.item() if g.size == 1 else None
    try:
        size = 0.0 if g is None else abs(float(g))
    except OverflowError:
        return 0.0
    return size if math.isfinite(size) else 0.0


def _bar(node: NodeRecord, largest: float) -> float | None:
    """Signed length of the bar: the logarithm of the gradient's size over six decades."""
    size = _size_of_gradient(node)
    if not size:
        return None
    length = max(0.05, 1.0 + (math.log10(size) - math.log10(largest)) / 6.0)
    g = node.gradient
    return length if (g.item() if isinstance(g, np.ndarray) else g) > 0 else -length
