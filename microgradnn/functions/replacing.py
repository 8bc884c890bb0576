"""Copies with some elements replaced: at an index, under a mask, in a slice, on a diagonal."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._methods import both
from .._tensor import Tensor
from ..rules import indexing as rules
from ..rules.elementwise import add
from ._dimensions import one_dim
from .elementwise import with_in_place
from .indexing import check_integers, check_mask
from .scatter import check_same_dtype


@with_in_place
def index_put(input: Tensor, indices: Any, values: Tensor, accumulate: bool = False) -> Tensor:
    """``input[indices] = values``, or ``+=`` in which an index may occur several times.

    Parameters
    ----------
    input : Tensor
    indices : sequence of Tensors
    values : Tensor
        Of a shape that broadcasts to that of ``input[indices]``.
    accumulate : bool

    Returns
    -------
    Tensor

    Examples
    --------
    >>> x, i = mg.zeros(2), (mg.tensor([0, 0]),)
    >>> x.index_put(i, mg.ones(2), accumulate=True)
    tensor([2., 0.])
    """
    check_same_dtype(input, values, "index_put")
    index = (*(slice(None) if i is None else i._array for i in indices), Ellipsis)
    if not accumulate:
        return rules.setitem.apply(input, values, index)
    return add.apply(input, rules.put.apply(values, index, input._array.shape))


@with_in_place
def put(input: Tensor, index: Tensor, source: Tensor, accumulate: bool = False) -> Tensor:
    """Elements put at (or added at) positions in the flattened Tensor; see `take`.

    Examples
    --------
    >>> mg.zeros(2, 2).put(mg.tensor([1, -1]), mg.tensor([5.0, 7.0]))
    tensor([[0., 5.],
            [0., 7.]])
    """
    check_integers(index, "put")
    check_same_dtype(input, source, "put")
    if index._array.size != source._array.size:
        raise RuntimeError(
            f"put: {index._array.size} positions for {source._array.size} elements; one each is "
            "needed"
        )
    if not index._array.size:
        return input.clone()
    flat = index_put(
        input.reshape(-1), (index.reshape(-1),), source.reshape(-1), accumulate=accumulate
    )
    return flat.reshape(input._array.shape)


@with_in_place
def masked_scatter(input: Tensor, mask: Tensor, source: Tensor) -> Tensor:
    """The first elements of ``source``, in order, put where ``mask`` holds.

    Examples
    --------
    >>> mask = mg.tensor([True, False, True])
    >>> mg.zeros(3).masked_scatter(mask, mg.tensor([5.0, 7.0]))
    tensor([5., 0., 7.])
    """
    check_mask(mask, "masked_scatter")
    check_same_dtype(input, source, "masked_scatter")
    holds = mask._array
    if holds.shape != input._array.shape:
        shape = np.broadcast_shapes(input._array.shape, holds.shape)
        input, holds = input.expand(shape), np.broadcast_to(holds, shape)
    n = int(np.count_nonzero(holds))
    if n > source._array.size:
        raise RuntimeError(
            f"masked_scatter: the mask holds at {n} places, the source has {source._array.size} "
            "elements; it must have as many"
        )
    return rules.setitem.apply(input, source.reshape(-1)[:n], (holds,))


def _replace(input: Tensor, src: Tensor, index: Any, name: str) -> Tensor:
    wanted = input._array[index].shape
    if src._array.shape != wanted:
        raise RuntimeError(
            f"{name}: the source has shape {tuple(src._array.shape)}, what it replaces "
            f"{tuple(wanted)}; they must be equal"
        )
    return rules.setitem.apply(input, src, index)


@both
def select_scatter(input: Tensor, src: Tensor, dim: int, index: int) -> Tensor:
    """A copy of ``input`` in which ``src`` is the slice at ``index`` of a dimension.

    Examples
    --------
    >>> mg.zeros(2, 2).select_scatter(mg.ones(2), 0, 1)
    tensor([[0., 0.],
            [1., 1.]])
    """
    axis = one_dim(dim, input._array.ndim)
    n = input._array.shape[axis] if input._array.ndim else 0
    if not -n <= index < n:
        raise IndexError(
            f"select_scatter: index {index} is out of range for dimension {dim} of size {n}"
        )
    return _replace(input, src, (slice(None),) * axis + (index,), "select_scatter")


@both
def slice_scatter(
    input: Tensor, src: Tensor, dim: int = 0, start: int | None = None, end: int | None = None,
    step: int = 1,
) -> Tensor:  # fmt: skip
    """A copy of ``input`` in which ``src`` is ``input[start:end:step]`` along a dimension.

    Examples
    --------
    >>> mg.zeros(4).slice_scatter(mg.ones(2), start=1, end=3)
    tensor([0., 1., 1., 0.])
    """
    axis = one_dim(dim, input._array.ndim)
    if step < 1:
        raise RuntimeError(f"slice_scatter: the step must be positive, got {step}")
    part = slice(start, end, step)
    return _replace(input, src, (slice(None),) * axis + (part,), "slice_scatter")


@both
def diagonal_scatter(
    input: Tensor, src: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1
) -> Tensor:
    """A copy of ``input`` in which ``src`` is the diagonal of two dimensions.

    Examples
    --------
    >>> mg.zeros(2, 2).diagonal_scatter(mg.ones(2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    shape, ndim = input._array.shape, input._array.ndim
    numbers = np.arange(input._array.size).reshape(shape)
    places = numbers.diagonal(offset, one_dim(dim1, ndim), one_dim(dim2, ndim))
    return _replace(input, src, np.unravel_index(places, shape), "diagonal_scatter")
