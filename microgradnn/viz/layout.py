"""Where everything goes: Graphviz places the boxes and leads the edges around them."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass

from .cards import Picture
from .dot_source import bare_source
from .geometry import ENTERS, LEAVES, frame
from .graphviz_tools import run_graphviz

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
        If Graphviz is not installed in any form.
    RuntimeError
        If it fails.
    """
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


def _snapped(
    end: Point, picture: Picture, place: int, centres: list[Point], sides: dict[str, str]
) -> Point:
    """The end of a path, moved onto the card's edge: Graphviz rounds widths to whole points."""
    x, y = centres[place]
    box = frame(picture.cards[place], picture.direction)
    across, down = _TOWARDS[sides[picture.direction]]
    port = x + across * box.width / 2, y + down * box.height / 2
    return port if math.dist(end, port) < _ROUNDING else end
