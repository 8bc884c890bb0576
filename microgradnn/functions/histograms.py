"""How often: counts of integers, and of numbers in bins."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .._methods import both
from .._tensor import Tensor


@both
def bincount(input: Tensor, weights: Tensor | None = None, minlength: int = 0) -> Tensor:
    """How often each integer from 0 occurs, or the sums of the weights where it does.

    Parameters
    ----------
    input : Tensor, shape (n,)
        Integers, not negative.
    weights : Tensor, shape (n,), optional
    minlength : int
        At least so many counts.

    Returns
    -------
    Tensor, shape (max(input) + 1,)

    Examples
    --------
    >>> mg.bincount(mg.tensor([0, 2, 2]))
    tensor([1, 0, 2])
    """
    x = input._array
    if x.ndim != 1 or x.dtype.kind not in "iu" or (x.size and x.min() < 0):
        raise RuntimeError(
            "bincount counts a 1-d Tensor of integers that are not negative, got shape "
            f"{tuple(x.shape)} and dtype {input.dtype}"
            + (f" with {x.min()}" if x.size and x.dtype.kind in "iu" else "")
        )
    if minlength < 0:
        raise RuntimeError(f"bincount: minlength can't be negative, got {minlength}")
    if weights is None:
        return Tensor._wrap(np.bincount(x, minlength=minlength))
    w = weights._array
    if w.shape != x.shape:
        raise RuntimeError(
            f"bincount: weights of shape {tuple(w.shape)} for {x.size} integers; one each is needed"
        )
    counts = np.bincount(x, w, minlength)
    return Tensor._wrap(counts.astype(w.dtype) if w.dtype == np.float32 else counts)


def _limits(x: Any, low: float, high: float, widen: float, name: str) -> tuple[float, float]:
    """The range given, or that of the data; widened if it is empty."""
    if low == high and x.size:
        low, high = float(x.min()), float(x.max())
    if not (np.isfinite(low) and np.isfinite(high)):
        raise RuntimeError(f"{name}: the range [{low}, {high}] is not finite")
    if low > high:
        raise RuntimeError(f"{name}: the range must rise, got from {low} to {high}")
    return (low - widen, high + widen) if low == high else (low, high)


@both
def histc(input: Tensor, bins: int = 100, min: float = 0, max: float = 0) -> Tensor:
    """The counts of the elements in bins of equal width; what lies outside is not counted.

    Parameters
    ----------
    input : Tensor
        Of a floating type.
    bins : int
    min, max : number
        The range; equal ones stand for that of the data.

    Returns
    -------
    Tensor, shape (bins,)

    Examples
    --------
    >>> mg.histc(mg.tensor([1.0, 2.0, 1.0]), bins=4, min=0, max=3)
    tensor([0., 2., 1., 0.])
    """
    x = input._array.reshape(-1)
    if bins <= 0:
        raise RuntimeError(f"histc: there must be at least one bin, got {bins}")
    low, high = _limits(x, min, max, 1.0, "histc")
    inside = x[(x >= low) & (x <= high)]
    places = ((inside - low) / (high - low) * bins).astype(np.intp)
    counts = np.bincount(np.minimum(places, bins - 1), minlength=bins)
    return Tensor._wrap(counts.astype(x.dtype))


class counted(NamedTuple):
    """What `histogram` returns."""

    hist: Tensor
    bin_edges: Tensor


@both
def histogram(
    input: Tensor, bins: Any, *, range: Any = None, weight: Tensor | None = None,
    density: bool = False,
) -> counted:  # fmt: skip
    """The counts of the elements in bins, and the edges of these.

    Parameters
    ----------
    input : Tensor
        Of a floating type.
    bins : int or 1-d Tensor
        The number of bins of equal width, or their edges, rising.
    range : (number, number), optional
        Of the bins; default: that of the data.
    weight : Tensor, optional
        Of the shape of the input: what each element counts.
    density : bool
        Divide by the total and the widths of the bins, so that the integral is 1.

    Returns
    -------
    (hist, bin_edges)

    Examples
    --------
    >>> mg.histogram(mg.tensor([1.0, 2.0, 1.0]), bins=2, range=(0.0, 4.0))
    counted(hist=tensor([2., 1.]), bin_edges=tensor([0., 2., 4.]))
    """
    x = input._array.reshape(-1)
    if x.dtype.kind != "f":
        raise RuntimeError(f"histogram: the dtype must be a floating type, got {input.dtype}")
    if isinstance(bins, Tensor):
        edges = bins._array
    else:
        if bins <= 0:
            raise RuntimeError(f"histogram: there must be at least one bin, got {bins}")
        low, high = range if range is not None else (0.0, 0.0) if x.size else (0.0, 1.0)
        edges = np.linspace(*_limits(x, low, high, 0.5, "histogram"), bins + 1, dtype=x.dtype)
    if weight is not None and weight._array.shape != input._array.shape:
        raise RuntimeError(
            f"histogram: weights of shape {tuple(weight._array.shape)} for elements of shape "
            f"{tuple(input._array.shape)}; one each is needed"
        )
    places = np.searchsorted(edges, x, "right") - 1
    places[x == edges[-1]] -= 1  # the last bin holds its upper edge too
    inside = (places >= 0) & (places < len(edges) - 1) & (x <= edges[-1])
    counts = np.bincount(
        places[inside],
        None if weight is None else weight._array.reshape(-1)[inside],
        len(edges) - 1,
    ).astype(x.dtype)
    if density:
        with np.errstate(divide="ignore", invalid="ignore"):
            counts = counts / counts.sum() / np.diff(edges)
    return counted(Tensor._wrap(counts.astype(x.dtype)), Tensor._wrap(np.array(edges)))
