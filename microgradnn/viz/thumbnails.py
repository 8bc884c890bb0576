"""Arrays at a glance: a small heat map for a matrix, a histogram for more.

Heat maps are blue for positive, orange for negative, and the card's own colour for zero, which is
in the middle of the scale whatever the numbers. A matrix with more cells than can be seen is shown
by blocks, each by its number of largest size: a lone outlier must not disappear in a mean.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

WIDTH, HEIGHT = 64.0, 36.0
"""The room for one, in points."""
CELLS = 16
"""The most cells along a side."""
LEVELS = 6
"""Shades of each hue."""
_BINS = 16
_MOST_IN_HEAT_MAP = 4096


@dataclass(frozen=True)
class Thumbnail:
    """What is drawn of one array.

    Attributes
    ----------
    rows, columns : int
        Of a heat map; a histogram has one row.
    levels : tuple of int
        Of a heat map, row by row: from ``-LEVELS`` to ``LEVELS``; beyond it for NaN and Inf.
    bars : tuple of float
        Of a histogram: heights from 0 to 1.
    zero : float or None
        Of a histogram: where zero lies, from 0 to 1.
    width, height : float
    """

    rows: int
    columns: int
    levels: tuple[int, ...] = ()
    bars: tuple[float, ...] = ()
    zero: float | None = None
    width: float = WIDTH
    height: float = HEIGHT

    @property
    def cell(self) -> tuple[float, float]:
        """Width and height of a cell."""
        return self.width / self.columns, self.height / self.rows


BROKEN = LEVELS + 1
"""The level of what is not a finite number."""


def thumbnail(array: Any) -> Thumbnail | None:
    """What to draw of an array; None for what is no array of several numbers.

    Examples
    --------
    >>> thumbnail(np.array([[1.0, 0.0], [-0.5, 0.25]])).levels
    (6, 0, -3, 2)
    """
    if not isinstance(array, np.ndarray) or array.size < 2 or array.dtype.kind not in "biuf":
        return None
    if array.ndim <= 2 and array.size <= _MOST_IN_HEAT_MAP and array.dtype.kind in "bf":
        return _heat_map(np.atleast_2d(array).astype(np.float64))
    return _histogram(array.reshape(-1))


def _heat_map(matrix: Any) -> Thumbnail:
    blocks = _by_blocks(matrix)
    rows, columns = blocks.shape
    finite = np.isfinite(blocks)
    sizes = np.abs(blocks, where=finite, out=np.zeros_like(blocks))
    most = sizes.max()
    # What is small but not zero is seen not to be zero.
    shades = np.ceil(sizes / most * LEVELS) if most > 0 else sizes
    levels = np.where(finite, np.copysign(shades, blocks), BROKEN).astype(int)
    side = min(9.0, WIDTH / columns, HEIGHT / rows)
    # A vector is a band, not a thread.
    width, height = max(side * columns, 18.0), max(side * rows, 9.0)
    return Thumbnail(rows, columns, tuple(levels.ravel().tolist()), width=width, height=height)


def _by_blocks(matrix: Any) -> Any:
    """At most `CELLS` by `CELLS`: of each block the number of largest size, NaN if there is one."""
    for axis in (0, 1):
        size = matrix.shape[axis]
        if size > CELLS:
            starts = np.linspace(0, size, CELLS, endpoint=False).astype(int)
            high = np.maximum.reduceat(matrix, starts, axis=axis)
            low = np.minimum.reduceat(matrix, starts, axis=axis)
            matrix = np.where(np.abs(low) > np.abs(high), low, high)
    return matrix


def _histogram(numbers: Any) -> Thumbnail | None:
    numbers = numbers[np.isfinite(numbers)].astype(np.float64)
    if numbers.size == 0:
        return None
    low, high = float(numbers.min()), float(numbers.max())
    with np.errstate(over="ignore"):
        if not np.isfinite(high - low):
            numbers, low, high = numbers / 4, low / 4, high / 4
    if not low + (high - low) / _BINS > low:  # all equal, or as good as
        bars = [0.0] * _BINS
        bars[_BINS // 2] = 1.0
        return Thumbnail(1, _BINS, bars=tuple(bars), height=24.0)
    counts, _ = np.histogram(numbers, bins=_BINS, range=(low, high))
    zero = -low / (high - low) if low <= 0 <= high else None
    heights = tuple((counts / counts.max()).tolist())
    return Thumbnail(1, _BINS, bars=heights, zero=zero, height=24.0)
