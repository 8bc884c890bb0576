"""The colours of pictures: two hues, blue for values and orange for gradients; shape tells kind.

Contrast on the card is 6:1 or more for text and 3:1 for lines, and blue and orange stay apart under
simulated protan, deutan and tritan vision.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Palette:
    """One colour for each role in a picture, as ``#rrggbb``."""

    page: str
    card: str
    parameter: str
    ink: str
    muted: str
    line: str
    value: str
    gradient: str


LIGHT = Palette(
    page="#fbfbf9",
    card="#ffffff",
    parameter="#eef0f3",
    ink="#1b1f24",
    muted="#59616b",
    line="#7f8791",
    value="#0b5cad",
    gradient="#a84300",
)

DARK = Palette(
    page="#14171b",
    card="#1e2329",
    parameter="#2b323b",
    ink="#eceff3",
    muted="#a6aeb8",
    line="#7a838e",
    value="#7cb8ff",
    gradient="#ffa45c",
)


def mixed(one: str, other: str, part: float) -> str:
    """A colour between two: ``part`` of the other.

    Examples
    --------
    >>> mixed("#ffffff", "#000000", 0.5)
    '#808080'
    """
    pairs = ((int(one[k : k + 2], 16), int(other[k : k + 2], 16)) for k in (1, 3, 5))
    return "#" + "".join(f"{round(a + (b - a) * part):02x}" for a, b in pairs)
