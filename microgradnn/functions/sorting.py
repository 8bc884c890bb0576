"""Sorting, the largest few, elements that differ, and where a number belongs in an order."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .._methods import both, function
from .._tensor import Tensor, as_operand
from ..rules import sorting as rules
from ..rules.indexing import gather
from ._dimensions import one_dim


class ordered(NamedTuple):
    """What `sort` and `topk` return."""

    values: Tensor
    indices: Tensor


def _line(input: Tensor, dim: int) -> tuple[Tensor, int]:
    """The input with at least one dimension, and the axis."""
    axis = one_dim(dim, input._array.ndim)
    return (input if input._array.ndim else input.reshape(1)), axis


@both
def sort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> ordered:
    """The elements along a dimension in order, and where they were.

    Parameters
    ----------
    input : Tensor
    dim : int
    descending : bool
        From the largest to the smallest.
    stable : bool
        Equal elements keep their order. Here they always do.

    Returns
    -------
    (values, indices)
        NaN counts as larger than any number.

    Examples
    --------
    >>> mg.sort(mg.tensor([3.0, 1.0, 2.0]))
    ordered(values=tensor([1., 2., 3.]), indices=tensor([1, 2, 0]))
    """
    x, axis = _line(input, dim)
    found = rules.sort.apply(x, axis, bool(descending))
    return ordered(*found) if x is input else ordered(*[f.reshape(()) for f in found])


@both
def msort(input: Tensor) -> Tensor:
    """The elements in order along the first dimension.

    Examples
    --------
    >>> mg.msort(mg.tensor([[3, 1], [2, 4]]))
    tensor([[2, 1],
            [3, 4]])
    """
    return sort(input, 0)[0]


@both
def argsort(input: Tensor, dim: int = -1, descending: bool = False, stable: bool = False) -> Tensor:
    """Where the elements are that `sort` would put in order.

    Examples
    --------
    >>> mg.argsort(mg.tensor([3.0, 1.0, 2.0]))
    tensor([1, 2, 0])
    """
    x, axis = _line(input, dim)
    found = rules.order(x._array, axis, bool(descending))
    return Tensor._wrap(found if x is input else found.reshape(()))


@both
def topk(
    input: Tensor, k: int, dim: int = -1, largest: bool = True, sorted: bool = True
) -> ordered:
    """The ``k`` largest (or smallest) elements along a dimension, and where they are.

    Parameters
    ----------
    input : Tensor
    k : int
    dim : int
    largest : bool
        False for the smallest.
    sorted : bool
        In order. Here they always are.

    Returns
    -------
    (values, indices)

    Raises
    ------
    RuntimeError
        If there are not ``k`` elements along the dimension.

    Examples
    --------
    >>> mg.topk(mg.tensor([3.0, 1.0, 2.0]), 2)
    ordered(values=tensor([3., 2.]), indices=tensor([0, 2]))
    """
    x, axis = _line(input, dim)
    array, n = x._array, x._array.shape[axis]
    if not 0 <= k <= n:
        raise RuntimeError(f"topk: k is from 0 to {n}, the size of dimension {dim}, got {k}")
    indices = Tensor._wrap(rules.best(array, k, axis, largest))
    values = gather.apply(x, indices, axis)
    if x is not input and k == 1:
        return ordered(values.reshape(()), indices.reshape(()))
    return ordered(values, indices)


def _chosen(parts: list[Any], return_inverse: bool, return_counts: bool) -> Any:
    wanted = [True, return_inverse, return_counts]
    out = [Tensor._wrap(p) for p, w in zip(parts, wanted, strict=True) if w]
    return out[0] if len(out) == 1 else tuple(out)


@both
def unique(
    input: Tensor,
    sorted: bool = True,
    return_inverse: bool = False,
    return_counts: bool = False,
    dim: int | None = None,
) -> Any:
    """The elements that differ, in order.

    Parameters
    ----------
    input : Tensor
    sorted : bool
        In order. Here they always are.
    return_inverse : bool
        Also where each element of the input is among them.
    return_counts : bool
        Also how often each occurs.
    dim : int, optional
        Compare whole slices along this dimension; default: single elements.

    Returns
    -------
    Tensor, or a tuple of (values, inverse, counts) as far as asked for

    Examples
    --------
    >>> mg.unique(mg.tensor([3, 1, 3]), return_counts=True)
    (tensor([1, 3]), tensor([1, 2]))
    """
    x = input._array
    axis = None if dim is None else one_dim(dim, x.ndim)
    if axis is not None and not x.ndim:
        axis = None
    values, inverse, counts = np.unique(
        x, return_inverse=True, return_counts=True, axis=axis, equal_nan=False
    )
    inverse = inverse.reshape(x.shape if axis is None else -1)
    return _chosen([values, inverse, counts], return_inverse, return_counts)


@both
def unique_consecutive(
    input: Tensor, return_inverse: bool = False, return_counts: bool = False, dim: int | None = None
) -> Any:
    """The elements without those that equal the one before; see `unique`.

    Examples
    --------
    >>> mg.unique_consecutive(mg.tensor([1, 1, 2, 1]))
    tensor([1, 2, 1])
    """
    x = input._array
    axis = None if dim is None or not x.ndim else one_dim(dim, x.ndim)
    lines = x.reshape(-1) if axis is None else np.moveaxis(x, axis, 0)
    begins = np.ones(len(lines), bool)
    begins[1:] = (lines[1:] != lines[:-1]).any(axis=tuple(range(1, lines.ndim)))
    starts = np.flatnonzero(begins)
    values = lines[starts] if axis is None else np.moveaxis(lines[starts], 0, axis)
    inverse = (np.cumsum(begins) - 1).reshape(x.shape if axis is None else -1)
    counts = np.diff(starts, append=len(lines))
    return _chosen([np.ascontiguousarray(values), inverse, counts], return_inverse, return_counts)


def _bisect(lines: Any, x: Any, right: bool) -> Any:
    """`np.searchsorted` for each line along the last axis: all of them halve together."""
    n = lines.shape[-1]
    low, high = np.zeros(x.shape, np.int64), np.full(x.shape, n, np.int64)
    for _ in range(n.bit_length()):
        middle = (low + high) // 2
        found = np.take_along_axis(lines, np.minimum(middle, n - 1), -1)
        after = ~(found > x) if right else ~(found >= x)
        after &= low < high
        low, high = np.where(after, middle + 1, low), np.where(after, high, middle)
    return low


@function
def searchsorted(
    sorted_sequence: Tensor,
    input: Any,
    *,
    out_int32: bool = False,
    right: bool = False,
    side: str | None = None,
    sorter: Tensor | None = None,
) -> Tensor:
    """Where in a sorted sequence elements would have to be put to keep it sorted.

    Parameters
    ----------
    sorted_sequence : Tensor, shape (..., n)
        Ascending along the last dimension.
    input : Tensor or number, shape (..., m)
        Of the same leading sizes; any shape if there is one sequence.
    out_int32 : bool
        int32 in place of int64.
    right, side : bool, {"left", "right"}
        Whether equal elements come before (``right=True`` or ``side="right"``).
    sorter : Tensor, shape (..., n), optional
        The indices that sort the sequence, if it is not sorted.

    Returns
    -------
    Tensor, of the shape of input

    Examples
    --------
    >>> mg.searchsorted(mg.tensor([1, 3, 5]), mg.tensor([0, 3, 6]))
    tensor([0, 1, 3])
    """
    lines = sorted_sequence._array
    number = not isinstance(input, Tensor)
    x = as_operand(input, sorted_sequence)._array if number else input._array  # type: ignore[union-attr]
    if side is not None:
        if side not in ("left", "right") or (right and side == "left"):
            raise RuntimeError(f"searchsorted: side={side!r} with right={right}; give one of them")
        right = side == "right"
    if sorter is not None:
        if sorter._array.shape != lines.shape:
            raise RuntimeError(
                f"searchsorted: the sorter has shape {tuple(sorter._array.shape)}, the sequence "
                f"{tuple(lines.shape)}; they must be equal"
            )
        lines = np.take_along_axis(lines, sorter._array, -1)
    if lines.ndim == 1:
        found = np.searchsorted(lines, x, "right" if right else "left")
    elif lines.ndim == 0 or x.shape[:-1] != lines.shape[:-1]:
        raise RuntimeError(
            f"searchsorted: the sequences have shape {tuple(lines.shape)}, the elements "
            f"{tuple(x.shape)}; all sizes but the last must be equal, or there must be one sequence"
        )
    else:
        found = _bisect(lines, x, right)
    return Tensor._wrap(np.asarray(found, np.int32 if out_int32 else np.int64))


@function
def bucketize(
    input: Any, boundaries: Tensor, *, out_int32: bool = False, right: bool = False
) -> Tensor:
    """The number of the bucket each element lies in; see `searchsorted`.

    Examples
    --------
    >>> mg.bucketize(mg.tensor([0, 3, 6]), mg.tensor([1, 3, 5]))
    tensor([0, 1, 3])
    """
    if boundaries._array.ndim != 1:
        raise RuntimeError(
            f"bucketize: the boundaries must be 1-d, got shape {tuple(boundaries._array.shape)}"
        )
    return searchsorted(boundaries, input, out_int32=out_int32, right=right)
