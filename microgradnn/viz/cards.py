"""What a picture shows of each node: lines of text, a symbol, a shape, a size, a tooltip.

Cards are snapshots: they hold text, no arrays, so that a picture keeps no memory alive and does not
change when training goes on.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from .number_text import MINUS, format_exactly, format_number
from .reading import GraphRecord, Kind, NodeRecord
from .user_text import columns, one_line, shorten

Role = Literal["name", "shape", "value", "gradient"]

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
_LISTED, _LIST_COLUMNS = 4, 24
"""One-dimensional arrays up to this length are shown element by element, if they fit."""
_IN_TOOLTIP = 64

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


@dataclass(frozen=True)
class Picture:
    """What there is to lay out."""

    cards: tuple[Card, ...]
    wires: tuple[Wire, ...]
    direction: str
    hurry: bool
    """Whether the layout should stop looking for a better one early."""


@dataclass(frozen=True)
class Style:
    """The user's choices of what cards show."""

    show_values: bool = True
    show_grads: bool = True
    precision: int = 4


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
            f"{_called(graph.nodes[edge.source])} → {_called(graph.nodes[edge.target])}"
            + (f" (operand {edge.operand})" if edge.operand else ""),
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
    symbol = shorten(typeset(one_line(node.symbol)), _SYMBOL_COLUMNS)
    widest = max((columns(line.text) for line in lines), default=0)
    least = _OPERATION_WIDTH if node.kind in ("operation", "output") else _LEAF_WIDTH
    # Room for the half of the circle that lies on the card, or for the points of the hexagon.
    sides = 34.0 if node.kind in ("operation", "parameter") else 26.0
    if not lines:
        least = BADGE
    inset = 2 * ROOT_INSET if node.is_root and lines else 0.0
    return Card(
        kind=node.kind,
        is_root=node.is_root,
        lines=tuple(lines),
        symbol=symbol,
        width=even(max(least, widest * CHARACTER + sides if lines else 0.0)) + inset,
        height=(max(10.0 + LINE * len(lines), BADGE + 8.0) if lines else BADGE) + inset,
        tooltip=_tooltip(node, style),
        bar=_bar(node, largest) if style.show_grads else None,
        flaw=_flaw(node, style),
    )


def _lines(node: NodeRecord, style: Style) -> Any:
    """The lines of a card, from top to bottom."""
    name = one_line(node.name)
    if name:
        yield Line("name", shorten(name, _NAME_COLUMNS))
    if node.shape is not None:
        yield Line("shape", f"{_shape_text(node.shape)} {node.dtype}".strip())
    if (style.show_values or node.kind == "constant") and node.value is not None:
        yield Line("value", _summary(node.value, style.precision))
    if style.show_grads and (node.expects_gradient or node.gradient is not None):
        # "Not yet" is not zero: the place is kept, and left empty.
        text = "" if node.gradient is None else _summary(node.gradient, style.precision)
        yield Line("gradient", text and f"∂ {text}")


def _shape_text(shape: tuple[int, ...]) -> str:
    return str(shape) if len(shape) > 1 else f"({shape[0]},)" if shape else "()"


def _summary(data: Any, digits: int) -> str:
    """One line that says most about a number or an array."""
    if not isinstance(data, np.ndarray):
        return format_number(data, digits)
    if data.size == 1:
        return format_number(data.item(), digits)
    if data.size == 0:
        return "no elements"
    if data.dtype.kind == "b":
        return f"{int(data.sum())} of {data.size} true"
    if data.ndim == 1 and data.size <= _LISTED:
        listed = "[" + ", ".join(format_number(x.item(), digits) for x in data) + "]"
        if len(listed) <= _LIST_COLUMNS:
            return listed
    finite = np.isfinite(data)
    broken = data.size - int(finite.sum())
    if broken:
        return f"{broken} of {data.size} {_flaw_in(data)}"
    low, high = format_number(data.min().item(), digits), format_number(data.max().item(), digits)
    return f"all {low}" if low == high else f"{low} … {high}"


def _flaw(node: NodeRecord, style: Style) -> str:
    shown = (node.value if style.show_values else None, node.gradient if style.show_grads else None)
    flaws = [_flaw_in(data) for data in shown if data is not None]
    return "NaN" if "NaN" in flaws else "Inf" if "Inf" in flaws else ""


def _flaw_in(data: Any) -> str:
    """``NaN`` or ``Inf`` if there is one."""
    if isinstance(data, int):  # of any size: NumPy would refuse 10**400
        return ""
    if np.isnan(data).any():
        return "NaN"
    return "Inf" if np.isinf(data).any() else ""


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


def _called(node: NodeRecord) -> str:
    """What to call a node in a sentence."""
    return one_line(node.name) or node.operation or node.kind


def _tooltip(node: NodeRecord, style: Style) -> str:
    """Everything about a node, in full."""
    name = one_line(node.name)
    lines = [name] if name else []
    if node.operation:
        formula = f": {node.mathematics}" if node.mathematics else ""
        lines.append(one_line(f"{node.operation}{formula}"))
        if node.settings:
            lines.append(one_line(node.settings))
    else:
        lines.append(node.kind)
    if node.shape is not None:
        lines.append(f"shape {_shape_text(node.shape)}, {node.dtype}")
    if style.show_values and node.value is not None:
        lines.append("value " + _in_full(node.value))
    if style.show_grads and node.gradient is not None:
        lines.append("gradient " + _in_full(node.gradient))
    if node.module:
        lines.append(one_line(f"in module {node.module}"))
    if node.line:
        # Only the file's name: pictures are shown to people whom folders do not concern.
        lines.append(one_line("at " + re.sub(r"^.*[/\\](?=[^/\\]*:\d+: )", "", node.line)))
    return "\n".join(lines)


def _in_full(data: Any) -> str:
    """A number with all its digits; a small array element by element, a big one by statistics."""
    if not isinstance(data, np.ndarray):
        return format_exactly(data)
    if data.size == 1:
        return format_exactly(data.reshape(())[()])
    if data.size <= _IN_TOOLTIP:
        text = np.array2string(data, precision=8, separator=", ", max_line_width=72)
        return text.replace("-", MINUS)
    if data.dtype.kind == "b" or not np.isfinite(data).all():
        return _summary(data, 8)
    names = ("smallest", data.min()), ("largest", data.max()), ("mean", data.mean(dtype=float))
    return ", ".join(f"{name} {format_number(x, 6)}" for name, x in names)
