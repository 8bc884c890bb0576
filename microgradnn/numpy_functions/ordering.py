"""Sorting and what is picked by rank: sort, partition, median, quantile."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..rules.indexing import gather
from .registry import No, answers, axes_in, axis_in, plain, refuse, tensor
from .shapes import moveaxis, ravel, reshape


def _in_order(a: Any, axis: Any, order: Any) -> Any:
    """The elements along an axis in the order that a function of arrays finds."""
    if axis is None:
        a, axis = ravel(a), -1
    axis = axis_in(axis, a.ndim)
    return gather.apply(a, tensor(order(a._array, axis)), axis)


@answers(np.sort)
def sort(a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Any:
    """The elements in ascending order."""
    refuse("sort", order=(order, None))
    return _in_order(a, axis, lambda x, k: np.argsort(x, k, kind="stable"))


@answers(np.partition)
def partition(
    a: Any, kth: Any, axis: Any = -1, kind: str = "introselect", order: Any = None
) -> Any:
    """The k-th smallest at its place, smaller ones before it."""
    refuse("partition", order=(order, None))
    refuse("partition", kind=(kind, "introselect"))
    return _in_order(a, axis, lambda x, k: np.argpartition(x, kth, k))


def _lines(a: Any, axis: Any) -> tuple[Any, tuple[int, ...]]:
    """The axes of a reduction joined as the last one."""
    a = tensor(a)
    axes = axes_in(axis, a.ndim)
    rest = [n for k, n in enumerate(a.shape) if k not in axes]
    moved = moveaxis(a, axes, tuple(range(-len(axes), 0))) if axes else a
    return reshape(moved, [*rest, -1]), axes


def _quantiles(a: Any, q: Any, axis: Any, method: str, keepdims: Any, name: str) -> Any:
    if method != "linear":
        raise NotImplementedError(f"np.{name}(method={method!r}) is not implemented for Tensors")
    lines, axes = _lines(a, axis)
    n = lines.shape[-1]
    wanted = np.asarray(plain(q), dtype=float)
    if ((wanted < 0) | (wanted > 1)).any():
        raise ValueError(f"{name}: a chance is between 0 and 1 (a percentage up to 100)")
    ordered = sort(lines)
    places = wanted.reshape(-1) * (n - 1)
    below = np.floor(places).astype(int)
    above = np.minimum(below + 1, n - 1)
    share = tensor((places - below).astype(lines._array.dtype))
    found = ordered[..., below] * (1.0 - share) + ordered[..., above] * share
    if np.isnan(lines._array).any():
        found = found + np.where(np.isnan(lines._array).any(-1, keepdims=True), np.nan, 0.0)
    shape = [n for k, n in enumerate(tensor(a).shape) if k not in axes]
    if keepdims is not No and keepdims:
        shape = [1 if k in axes else n for k, n in enumerate(tensor(a).shape)]
    return reshape(moveaxis(found, -1, 0), [*wanted.shape, *shape])


@answers(np.quantile)
def quantile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False,
             method: str = "linear", keepdims: Any = False, **kwargs: Any) -> Any:  # fmt: skip
    """The value that a share of the elements does not exceed, interpolated."""
    refuse("quantile", out=(out, None))
    return _quantiles(a, q, axis, method, keepdims, "quantile")


@answers(np.percentile)
def percentile(a: Any, q: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False,
               method: str = "linear", keepdims: Any = False, **kwargs: Any) -> Any:  # fmt: skip
    """`quantile` with percentages."""
    refuse("percentile", out=(out, None))
    share = np.asarray(plain(q), dtype=float) / 100.0
    return _quantiles(a, share, axis, method, keepdims, "percentile")


@answers(np.median)
def median(a: Any, axis: Any = None, out: Any = None, overwrite_input: bool = False,
           keepdims: Any = False) -> Any:  # fmt: skip
    """The middle element, or the mean of the two in the middle."""
    refuse("median", out=(out, None))
    return _quantiles(a, 0.5, axis, "linear", keepdims, "median")
