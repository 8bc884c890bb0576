"""Sample inputs for the entries of the table: small arrays in every shape that matters.

Each function returns a function without arguments, so that importing the table computes nothing.
Numbers come from a fixed seed; none lies within 0.05 of a kink that the caller names.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._primitive import Sample as Sample

Samples = Callable[[], Sequence[Sample]]
Shape = tuple[int, ...]

SHAPES: tuple[Shape, ...] = ((), (1,), (3,), (2, 3), (2, 1, 3), (0,), (2, 0))
PAIRS: tuple[tuple[Shape, Shape], ...] = (
    ((), ()),
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (2, 3)),
    ((2, 3), ()),
    ((), (2,)),
    ((2, 1), (1, 3)),
    ((1, 1), (2,)),
    ((4, 1, 2), (3, 1)),
    ((0, 2), (2,)),
)


def draw(shape: Shape, low: float, high: float, seed: int, avoid: Sequence[float] = ()) -> Any:
    """Uniform numbers in [low, high], none within 0.05 of a number to avoid, no two equal."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(low, high, shape)
    for point in avoid:
        x = np.where(np.abs(x - point) < 0.05, point + 0.05 + np.abs(x - point), x)
    return np.asarray(x)


def unary(low: float = -2.0, high: float = 2.0, avoid: Sequence[float] = ()) -> Samples:
    """One array of each shape, and one with negative strides."""

    def samples() -> list[Sample]:
        arrays = [draw(shape, low, high, k, avoid) for k, shape in enumerate(SHAPES)]
        arrays.append(draw((4, 3), low, high, 99, avoid)[::-1, ::2])
        return [Sample((x,)) for x in arrays]

    return samples


def binary(
    left: tuple[float, float] = (-2.0, 2.0), right: tuple[float, float] = (-2.0, 2.0)
) -> Samples:
    """Two arrays of each pair of shapes that broadcast, in both directions.

    They lie on two interleaved grids, 0.1 apart, so that maximum and minimum have no kink there.
    """

    def samples() -> list[Sample]:
        out = []
        for k, (a, b) in enumerate(PAIRS):
            x, y = draw(a, *left, 2 * k), draw(b, *right, 2 * k + 1)
            x, y = np.round(x / 0.2) * 0.2 + 0.06, np.round(y / 0.2) * 0.2 - 0.04
            out.append(Sample((np.asarray(x), np.asarray(y))))
        return out

    return samples


def with_params(
    *entries: tuple[Shape, dict[str, Any]], low: float = -2.0, high: float = 2.0
) -> Samples:
    """One array per (shape, parameters)."""

    def samples() -> list[Sample]:
        return [Sample((draw(s, low, high, 7 * k),), p) for k, (s, p) in enumerate(entries)]

    return samples


def arrays(*shapes: Any, low: float = -1.5, high: float = 1.5) -> Samples:
    """For each entry, a tuple of shapes (None for an input left out), then parameters."""

    def samples() -> list[Sample]:
        out = []
        for k, (*inputs, params) in enumerate(shapes):
            drawn = tuple(
                None if s is None else draw(s, low, high, 31 * k + j) for j, s in enumerate(inputs)
            )
            out.append(Sample(drawn, params))
        return out

    return samples
