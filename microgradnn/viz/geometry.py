"""The parts of a card: its body, and the circle with the symbol where the operands arrive."""

from __future__ import annotations

from dataclasses import dataclass

from .cards import BADGE, Card

ENTERS = {"LR": "w", "RL": "e", "TB": "n", "BT": "s"}
"""By direction, the side of a card where edges arrive."""
LEAVES = {"LR": "e", "RL": "w", "TB": "s", "BT": "n"}
"""By direction, the side where edges leave."""

_CLEARANCE = 10.0
"""Above and below: how far text keeps from a circle that reaches into the card."""


@dataclass(frozen=True)
class Rectangle:
    """Left, top, width and height, in points, y downwards."""

    x: float
    y: float
    width: float
    height: float

    def moved(self, dx: float, dy: float) -> Rectangle:
        """The same size somewhere else."""
        return Rectangle(self.x + dx, self.y + dy, self.width, self.height)


@dataclass(frozen=True)
class Frame:
    """One card's parts, from the upper left corner of the box that Graphviz places.

    Attributes
    ----------
    width, height : float
        Of the box.
    body : Rectangle
    badge : Rectangle or None
        Around the symbol.
    text_top : float
        Where the first line begins.
    """

    width: float
    height: float
    body: Rectangle
    badge: Rectangle | None
    text_top: float


STACKS = {"LR": (1, -1), "RL": (-1, -1), "TB": (1, 1), "BT": (1, -1)}
"""By direction, where the boxes behind a card stand out: where edges leave, not where they come."""


def frame(card: Card, direction: str) -> Frame:
    """Where the parts of a card lie, with room for the boxes that stand out behind it."""
    parts = _front(card, direction)
    if not card.layers:
        return parts
    # On both sides across the direction, so that edges still meet the middle.
    along, out = card.stack, 2 * card.stack
    dx, dy = STACKS[direction]
    if direction in ("LR", "RL"):
        width, height, x, y = parts.width + along, parts.height + out, along * (dx < 0), along
    else:
        width, height, x, y = parts.width + out, parts.height + along, along, along * (dy < 0)
    badge = None if parts.badge is None else parts.badge.moved(x, y)
    return Frame(width, height, parts.body.moved(x, y), badge, parts.text_top + y)


def _front(card: Card, direction: str) -> Frame:
    """The card itself; a long symbol reaches outwards, half a circle inwards."""
    if not card.symbol:
        body = Rectangle(0.0, 0.0, card.width, card.height)
        return Frame(card.width, card.height, body, None, 0.0)
    long, half = card.symbol_width, BADGE / 2
    if not card.lines:  # nothing but the symbol
        badge = Rectangle(0.0, 0.0, long, BADGE)
        return Frame(long, BADGE, badge, badge, 0.0)
    if direction in ("LR", "RL"):
        outside = long - half
        width, height = card.width + outside, card.height
        x_body, x_badge = (outside, 0.0) if direction == "LR" else (0.0, width - long)
        body = Rectangle(x_body, 0.0, card.width, height)
        return Frame(width, height, body, Rectangle(x_badge, height / 2 - half, long, BADGE), 0.0)
    width, tall = max(card.width, long), card.height + _CLEARANCE
    y_body, y_badge = (half, 0.0) if direction == "TB" else (0.0, tall - half)
    body = Rectangle((width - card.width) / 2, y_body, card.width, tall)
    badge = Rectangle((width - long) / 2, y_badge, long, BADGE)
    text_top = half + _CLEARANCE if direction == "TB" else 0.0
    return Frame(width, tall + half, body, badge, text_top)


def coordinate(x: float) -> str:
    """A coordinate as SVG has it, without digits that nobody sees.

    Examples
    --------
    >>> coordinate(2.0), coordinate(-1.23456)
    ('2', '-1.23')
    """
    return f"{x:.2f}".rstrip("0").rstrip(".")
