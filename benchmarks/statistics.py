"""Medians, spreads, ratios and fits of what was measured."""

from __future__ import annotations

import math
import statistics
from collections.abc import Sequence

Rounds = Sequence[Sequence[float]]
"""Wall and CPU seconds of one step, round by round."""


def median_wall(rounds: Rounds) -> float:
    """The median of the wall times."""
    return statistics.median(wall for wall, _ in rounds)


def median_cpu(rounds: Rounds) -> float:
    """The median of the CPU times."""
    return statistics.median(cpu for _, cpu in rounds)


def spread(rounds: Rounds) -> tuple[float, float]:
    """The shortest and the longest wall time."""
    walls = [wall for wall, _ in rounds]
    return min(walls), max(walls)


def ratio(rounds: Rounds, others: Rounds) -> float:
    """The median over the rounds of the ratio within each: what slows one, slows the other."""
    return statistics.median(a / b for (a, _), (b, _) in zip(rounds, others, strict=True))


def geometric_mean(numbers: Sequence[float]) -> float:
    """Of positive numbers."""
    return math.exp(statistics.fmean(math.log(x) for x in numbers))


def exponent(sizes: Sequence[float], times: Sequence[float]) -> float:
    """The p of ``time ~ size ** p``, by least squares in logarithms."""
    slope, _ = statistics.linear_regression(
        [math.log(n) for n in sizes], [math.log(t) for t in times]
    )
    return slope
