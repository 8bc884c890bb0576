"""How far to go along a direction: a step that meets the strong Wolfe conditions.

Nocedal, Wright: Numerical optimization, 2006, algorithms 3.5 and 3.6, with cubic interpolation; in
the form, and with the constants, that PyTorch has from Schmidt's minFunc.
"""

from __future__ import annotations

from collections.abc import Callable
from math import sqrt
from typing import Any, NamedTuple

import numpy as np

SUFFICIENT = 1e-4
"""The part of the decrease that the slope promises which is enough."""
FLAT = 0.9
"""The part of the slope that may be left."""


class Point(NamedTuple):
    """What is known at a step length: the loss, the gradient, and the slope along the direction."""

    t: float
    loss: np.float64
    gradient: Any
    slope: np.float64


def cubic_minimum(a: Point, b: Point, low: float, high: float) -> float:
    """Where the cubic through two points and their slopes is least, kept in ``[low, high]``.

    The middle of that if it has no minimum.
    """
    d1 = a.slope + b.slope - 3 * (a.loss - b.loss) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not square >= 0:
        return (low + high) / 2.0
    d2 = sqrt(square)
    if a.t > b.t:
        a, b = b, a
    t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2))
    return min(max(t, low), high)


def strong_wolfe(
    evaluate: Callable[[float], Point],
    start: Point,
    t: float,
    reach: float,
    *,
    tolerance: float = 1e-9,
    most: int = 25,
) -> tuple[Point, int]:
    """A point that is low enough and flat enough, near which a first guess is.

    Parameters
    ----------
    evaluate : callable
        The point at a step length.
    start : Point
        Where the direction begins, at 0.
    t : float
        The first guess.
    reach : float
        The largest number of the direction, by which lengths are compared with `tolerance`.
    tolerance : float
    most : int
        Evaluations after the first.

    Returns
    -------
    Point
        The best that was found, if it is none such.
    int
        How many were evaluated.
    """

    def enough(point: Point) -> bool:
        return not bool(point.loss > start.loss + SUFFICIENT * point.t * start.slope)

    def flat(point: Point) -> bool:
        return bool(abs(point.slope) <= -FLAT * start.slope)

    new = evaluate(t)
    count = 0
    before = start
    ends: list[Point] = [start, new]
    # Away from the start, until there is a minimum between two points.
    while count < most:
        ends = [before, new]
        if not enough(new) or (count > 1 and new.loss >= before.loss):
            break
        if flat(new):
            return new, count + 1
        if new.slope >= 0:
            break
        nearest = new.t + 0.01 * (new.t - before.t)
        before, new = new, evaluate(cubic_minimum(before, new, nearest, new.t * 10))
        count += 1
    else:
        ends = [start, new]
    return _between(evaluate, start, ends, reach, tolerance, most, count)


def _between(
    evaluate: Callable[[float], Point], start: Point, ends: list[Point], reach: float,
    tolerance: float, most: int, count: int,
) -> tuple[Point, int]:  # fmt: skip
    """Make the bracket smaller until its lower end will do."""
    stuck = done = False
    low = 0 if ends[0].loss <= ends[1].loss else 1
    while not done and count < most:
        left, right = sorted(point.t for point in ends)
        if (right - left) * reach < tolerance:
            break
        t = cubic_minimum(ends[0], ends[1], left, right)
        # Twice in a row next to an end, or at it: a tenth of the bracket away from there.
        margin = 0.1 * (right - left)
        if min(right - t, t - left) < margin:
            if stuck or t >= right or t <= left:
                t = right - margin if abs(t - right) < abs(t - left) else left + margin
                stuck = False
            else:
                stuck = True
        else:
            stuck = False
        new = evaluate(t)
        count += 1
        if new.loss > start.loss + SUFFICIENT * t * start.slope or new.loss >= ends[low].loss:
            ends[1 - low] = new
            low = 0 if ends[0].loss <= ends[1].loss else 1
            continue
        if abs(new.slope) <= -FLAT * start.slope:
            done = True
        elif new.slope * (ends[1 - low].t - ends[low].t) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = new
    return ends[low], count + 1
