"""The verdict on one claimed slope, from how differences approach it as their step shrinks.

For a number-valued function ``phi(t)`` the central difference ``(phi(h) - phi(-h)) / 2h`` is off
by ``O(h^2)`` where ``phi`` is smooth, and by rounding, about ``eps |phi| / h``. So over a sweep of
steps the differences fall towards the slope and then rise again. A wrong slope leaves a plateau; a
kink leaves the one-sided slopes apart, however small the step; where rounding hides everything
there is nothing to be said.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from enum import Enum
from itertools import pairwise
from typing import NamedTuple

STEPS = [4.0**-k for k in range(2, 14)]
"""From 1/16 to 1.5e-8."""


class Verdict(Enum):
    """What a check can say of a derivative."""

    RIGHT = "right"
    WRONG = "wrong"
    KINK = "kink here"
    UNKNOWN = "cannot tell at this precision"


class Judgement(NamedTuple):
    """A verdict and the numbers behind it.

    Attributes
    ----------
    verdict : Verdict
    claimed, measured : float
        The slope that is checked, and the one that differences give.
    doubt : float
        How far ``measured`` may be off.
    order : float
        By which power of the step the differences approached it; 2 for smooth functions.
    """

    verdict: Verdict
    claimed: float
    measured: float
    doubt: float
    order: float

    @property
    def relative_error(self) -> float:
        """The difference in units of the larger slope."""
        largest = max(abs(self.claimed), abs(self.measured))
        return abs(self.claimed - self.measured) / largest if largest else 0.0


def judge(
    phi: Callable[[float], float], claimed: float, tolerance: float, eps: float, scale: float = 1.0
) -> Judgement:
    """Compare a claimed slope of ``phi`` at 0 with differences over a sweep of steps.

    Parameters
    ----------
    phi : callable
        A function of one number.
    claimed : float
        Its slope at 0, as a rule says.
    tolerance : float
        How far apart they may be, relative to the slope.
    eps : float
        The rounding of one evaluation, relative to its size.
    scale : float
        The largest step.

    Returns
    -------
    Judgement

    Examples
    --------
    >>> import math
    >>> from microgradnn.testing.convergence import judge
    >>> judge(math.exp, 1.0, 1e-7, 2e-16).verdict
    <Verdict.RIGHT: 'right'>
    >>> judge(math.exp, 1.1, 1e-7, 2e-16).verdict
    <Verdict.WRONG: 'wrong'>
    >>> judge(abs, 0.0, 1e-7, 2e-16).verdict
    <Verdict.KINK: 'kink here'>
    """
    middle = phi(0.0)
    steps, central, gaps, rounding = [], [], [], []
    for step in STEPS:
        h = scale * step
        above, below = phi(h), phi(-h)
        if not (math.isfinite(above) and math.isfinite(below) and math.isfinite(middle)):
            continue
        steps.append(h)
        central.append((above - below) / (2 * h))
        gaps.append((above - 2 * middle + below) / h)
        rounding.append(4 * eps * max(abs(above), abs(below), abs(middle)) / h)
    if not math.isfinite(claimed):
        return Judgement(Verdict.WRONG, claimed, central[-1] if central else math.nan, 0.0, 0.0)
    if len(steps) < 3:
        return Judgement(Verdict.UNKNOWN, claimed, math.nan, math.inf, 0.0)
    best = _best(central, rounding)
    measured, doubt = best
    order = _order(steps, central, measured, rounding)
    size = max(abs(claimed), abs(measured))
    allowed = tolerance * size + doubt
    if _kinked(steps, gaps, rounding, tolerance * max(size, abs(gaps[-1]))):
        verdict = Verdict.KINK
    elif abs(claimed - measured) <= allowed and (
        doubt <= 10 * tolerance * size or size <= doubt <= _tiny(rounding)
    ):
        verdict = Verdict.RIGHT
    elif abs(claimed - measured) > 4 * allowed and abs(claimed - measured) > 10 * doubt:
        verdict = Verdict.WRONG
    else:
        verdict = Verdict.UNKNOWN
    return Judgement(verdict, claimed, measured, doubt, order)


def _tiny(rounding: list[float]) -> float:
    """What rounding alone explains at the largest step: a slope within it may be 0."""
    return 100 * rounding[0]


def _best(central: list[float], rounding: list[float]) -> tuple[float, float]:
    """The extrapolated difference that agrees best with its neighbour, and by how much."""
    best = (central[0], math.inf)
    # Steps shrink by 4, so that errors of order h^2 shrink by 16: Richardson's extrapolation.
    better = [b + (b - a) / 15 for a, b in pairwise(central)]
    for k in range(1, len(better)):
        doubt = abs(better[k] - better[k - 1]) + 2 * rounding[k + 1]
        if doubt < best[1]:
            best = (better[k], doubt)
    return best


def _order(steps: list[float], central: list[float], limit: float, rounding: list[float]) -> float:
    """The power of the step with which the differences approach their limit; 2 where at once."""
    found = []
    for k in range(len(steps) - 1):
        a, b = abs(central[k] - limit), abs(central[k + 1] - limit)
        if b > 20 * rounding[k + 1] and a > b > 0:
            found.append(math.log(a / b) / math.log(steps[k] / steps[k + 1]))
    return sorted(found)[len(found) // 2] if found else 2.0


def _kinked(steps: list[float], gaps: list[float], rounding: list[float], allowed: float) -> bool:
    """Whether the slopes to the left and right stay apart where curvature would bring them near.

    Curvature divides the gap by 4 at each step, a kink leaves it. A jump multiplies it by 4, and so
    does rounding, which may come from larger numbers inside the function than it returns: a jump
    is told by its height.
    """
    visible = [k for k, gap in enumerate(gaps) if abs(gap) > 50 * rounding[k]]
    if len(visible) < 4 or abs(gaps[visible[-1]]) <= allowed:
        return False
    last = [abs(gaps[k]) for k in visible[-4:]]
    # Where the gap is gone at a step that rounding would not hide it at, the kink lies further off.
    later = range(visible[-1] + 1, len(gaps))
    if any(abs(gaps[k]) + 50 * rounding[k] < 0.7 * last[-1] for k in later):
        return False
    if all(0.7 * a < b < 1.4 * a for a, b in pairwise(last)):
        return True
    height = last[-1] * steps[visible[-1]]
    size = rounding[0] * steps[0]  # 4 eps |phi|
    return last[-1] > 2 * last[-2] and height > 1e6 * size
