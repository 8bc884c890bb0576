"""Where everything goes: Graphviz places the boxes and leads the edges around them.

Where it is not installed in any form, `layered_layout` does, with more crossings and longer wires.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from .cards import Picture
from .dot_source import bare_source
from .geometry import ENTERS, LEAVES, frame
from .graphviz_tools import graphviz_is_there, run_graphviz
from .layered_layout import lay_out_in_layers

Point = tuple[float, float]

_TOWARDS = {"w": (-1, 0), "e": (1, 0), "n": (0, -1), "s": (0, 1)}
_ROUNDING = 4.0


@dataclass(frozen=True)
class Layout:
    """Positions in points, y downwards.

    Attributes
    ----------
    width, height : float
    centres : list of Point
        Of each card's box, its circle included.
    paths : list of list of Point
        Of each wire: a start, then three points for each cubic curve.
    """

    width: float
    height: float
    centres: list[Point]
    paths: list[list[Point]]


def lay_out(picture: Picture, engine: str = "dot") -> Layout:
    """Place cards and wires.

    Raises
    ------
    ToolsNotFound
        If Graphviz is not installed in any form, and another engine than ``dot`` is wanted.
    RuntimeError
        If it fails.
    """
    if engine == "dot" and not graphviz_is_there():
        return _without_graphviz(picture)
    answer = json.loads(run_graphviz(bare_source(picture), "json0", engine))
    left, bottom, right, top = map(float, answer["bb"].split(","))

    def point(text: str) -> Point:
        x, y = text.split(",")
        return float(x) - left, top - float(y)

    centres: list[Point] = [(0.0, 0.0)] * len(picture.cards)
    for thing in answer.get("objects", ()):
        centres[int(thing["name"][1:])] = point(thing["pos"])
    paths: list[list[Point]] = [[] for _ in picture.wires]
    for edge in answer.get("edges", ()):
        k = int(edge["k"])
        # An arrow's tip would come first, marked "s," or "e,": there are no arrows here.
        path = [point(p) for p in edge.get("pos", "").split() if p[0] not in "se"]
        if path:
            wire = picture.wires[k]
            path[0] = _snapped(path[0], picture, wire.source, centres, LEAVES)
            path[-1] = _snapped(path[-1], picture, wire.target, centres, ENTERS)
        paths[k] = path
    return Layout(right - left, top - bottom, centres, paths)


def _without_graphviz(picture: Picture) -> Layout:
    """Laid out from left to right, then turned."""
    direction = picture.direction
    frames = [frame(card, direction) for card in picture.cards]
    upright = direction in ("TB", "BT")
    width, height, centres, paths = lay_out_in_layers(
        [(f.height, f.width) if upright else (f.width, f.height) for f in frames],
        [(wire.source, wire.target) for wire in picture.wires],
        72.0 * picture.rank_gap,
        18.0 if upright else 11.0,
    )

    def turned(point: Point) -> Point:
        x, y = point
        x = width - x if direction in ("RL", "BT") else x
        return (y, x) if upright else (x, y)

    if upright:
        return Layout(height, width, [*map(turned, centres)], [[*map(turned, p)] for p in paths])
    return Layout(width, height, [*map(turned, centres)], [[*map(turned, p)] for p in paths])


def _snapped(
    end: Point, picture: Picture, place: int, centres: list[Point], sides: dict[str, str]
) -> Point:
    """The end of a path, moved onto the card's edge: Graphviz rounds widths to whole points."""
    x, y = centres[place]
    box = frame(picture.cards[place], picture.direction)
    across, down = _TOWARDS[sides[picture.direction]]
    port = x + across * box.width / 2, y + down * box.height / 2
    return port if math.dist(end, port) < _ROUNDING else end
