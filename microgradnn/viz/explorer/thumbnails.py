"""Arrays as the page shows them: a small heat map and a few facts, never the data."""

from __future__ import annotations

import base64
import math
from typing import Any

import numpy as np

LARGEST = 16
"""Cells along a side."""
_BROKEN, _ZERO = 255, 127


def summarise(array: Any, largest: int = LARGEST) -> Any:
    """A number for one number; for an array a mapping with ``shape``, ``stats`` and ``thumb``.

    Parameters
    ----------
    array : number or ndarray
    largest : int
        Cells of the heat map along a side; bigger arrays are averaged.

    Returns
    -------
    float or dict
        ``stats``: smallest, largest, mean, number of cells that are no numbers. ``thumb``: rows and
        columns, the number that the strongest colour stands for, and one base64 byte per cell:
        127 for zero, 0 and 254 for the extremes, 255 for NaN.
    """
    if not isinstance(array, np.ndarray):
        return _number(array)
    if array.size == 1:
        return _number(array.reshape(()).item())
    data = array.astype(np.float64)
    finite = np.isfinite(data)
    known = data[finite]
    stats = [known.min(), known.max(), known.mean()] if known.size else [0.0, 0.0, 0.0]
    grid = _shrunk(np.where(finite, data, np.nan), largest)
    with np.errstate(invalid="ignore"):
        scale = float(np.nanmax(np.abs(grid), initial=0.0))
        cells = np.where(
            np.isnan(grid), _BROKEN, np.rint(grid / (scale or 1.0) * _ZERO) + _ZERO
        ).astype(np.uint8)
    return {
        "shape": list(array.shape),
        "stats": [*(float(f"{x:.6g}") for x in stats), int(data.size - known.size)],
        "thumb": [*cells.shape, float(f"{scale:.4g}"), base64.b64encode(cells.tobytes()).decode()],
    }


def _number(number: Any) -> Any:
    """A number as JSON takes it: what is none becomes a string."""
    try:
        x = float(number)
    except OverflowError:
        x = math.inf if number > 0 else -math.inf
    if math.isfinite(x):
        whole = x == int(x) and abs(x) < 1e15 and (x, math.copysign(1.0, x)) != (0.0, -1.0)
        return int(x) if whole else x
    return "NaN" if math.isnan(x) else "Infinity" if x > 0 else "-Infinity"


def _shrunk(data: Any, largest: int) -> Any:
    """A matrix of at most ``largest`` rows and columns: the array, seen from further away."""
    if data.size == 0:
        return np.zeros((1, 1))
    flat = data.reshape(-1, data.shape[-1]) if data.ndim > 1 else data.reshape(1, -1)
    for axis in (0, 1):
        n = flat.shape[axis]
        if n > largest:
            starts = np.linspace(0, n, largest, endpoint=False).astype(int)
            sizes = np.diff(np.append(starts, n))
            sums = np.add.reduceat(flat, starts, axis=axis)
            flat = sums / (sizes[:, None] if axis == 0 else sizes)
    return flat
