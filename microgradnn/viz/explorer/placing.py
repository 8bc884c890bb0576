"""Where the cards of the page lie: the sizes are ours, Graphviz (or what stands in) places them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..cards import BADGE, Card, Line, Picture, Wire, even, typeset
from ..geometry import frame
from ..layout import lay_out
from ..user_text import columns, one_line, shorten
from .recording import Entry

CHARACTER = 7.44
NAME = 10
"""Columns of a name on a card."""
_HURRY = 400
_RANK_GAP = 0.33


@dataclass(frozen=True)
class Box:
    """What one card needs: its body's size, and the circle with the symbol on its left edge."""

    width: float
    height: float
    symbol: str = ""


@dataclass(frozen=True)
class Placement:
    """Whole pixels, y downwards.

    Attributes
    ----------
    width, height : int
    bodies : list of [x, y, width, height]
        Upper left corners, without circles.
    paths : list of list of int
        Of each wire: a start, then three points for each cubic curve.
    """

    width: int
    height: int
    bodies: list[list[int]]
    paths: list[list[int]]


def printed_symbol(symbol: str) -> str:
    """A symbol as it stands in a card's circle: ``*`` becomes ×."""
    return shorten(typeset(one_line(symbol)), 9)


def badge_width(symbol: str) -> float:
    """Of the circle, which is an oblong for a long symbol."""
    return max(BADGE, even(columns(symbol) * CHARACTER + 14.0)) if symbol else 0.0


def box_of(entry: Entry, name: str, uses: int) -> Box:
    """The size of a card: room for the name, for any number, and for "more is to come"."""
    symbol = printed_symbol(entry.operation.symbol) if entry.operation is not None else ""
    wide = min(columns(name), NAME) * CHARACTER
    if is_array(entry):
        return Box(even(max(132.0, wide + 40.0)), 104.0, symbol)
    least, sides = (104.0, 36.0) if symbol else (92.0, 28.0)
    if uses > 1 and entry.wants_gradient:
        least += 22.0
    inset = 8.0 if entry.is_root else 0.0
    return Box(even(max(least, wide + sides)) + inset, 54.0 + inset, symbol)


def is_array(entry: Entry) -> bool:
    """Whether a card shows heat maps instead of numbers."""
    if entry.value is not None and not isinstance(entry.value, tuple):
        return bool(getattr(entry.value, "size", 1) != 1)
    return entry.shape not in (None, ())


def place(boxes: Iterable[Box], wires: Iterable[tuple[int, int]]) -> Placement:
    """Lay boxes out from left to right.

    Parameters
    ----------
    boxes : iterable of Box
    wires : iterable of (source, target)
        By position, each after those that its operation uses before it.
    """
    cards = tuple(map(_card, boxes))
    edges = tuple(Wire(source, target, "") for source, target in wires)
    picture = Picture(cards, edges, "LR", len(edges) > _HURRY, _RANK_GAP)
    layout = lay_out(picture)
    bodies = []
    for card, (x, y) in zip(cards, layout.centres, strict=True):
        parts = frame(card, "LR")
        body = parts.body.moved(x - parts.width / 2, y - parts.height / 2)
        bodies.append([round(body.x), round(body.y), round(body.width), round(body.height)])
    paths = [[round(c) for point in path for c in point] for path in layout.paths]
    return Placement(round(layout.width), round(layout.height), bodies, paths)


def _card(box: Box) -> Card:
    """A card for its size only; what it shows changes from step to step."""
    return Card(
        kind="operation", is_root=False, lines=(Line("name", "x"),), symbol=box.symbol,
        width=box.width, height=max(box.height, BADGE), tooltip="", bar=None, flaw="",
    )  # fmt: skip
