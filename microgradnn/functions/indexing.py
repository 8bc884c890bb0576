"""Picking elements by position, and products of matrices, with PyTorch's names."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._inplace import check_target, write
from .._methods import both, method
from .._tensor import Tensor
from .._typing import Operand
from ..rules import indexing as rules
from ..rules.linalg import matmul as _matmul
from ._dimensions import one_dim


def _integers(index: Any, name: str) -> None:
    if not isinstance(index, Tensor) or index._array.dtype.kind not in "iu":
        given = index.dtype if isinstance(index, Tensor) else type(index).__name__
        raise TypeError(f"{name}: the index must be a Tensor of integers, got {given}")


@both
def gather(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """Elements at positions along one dimension: ``out[i][j] = input[i][index[i][j]]`` for dim 1.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64
        Of the dimensions of ``input``; not longer than it in the others.

    Returns
    -------
    Tensor
        Of the shape of ``index``.

    Examples
    --------
    >>> mg.gather(mg.tensor([[1.0, 2.0], [3.0, 4.0]]), 1, mg.tensor([[0], [1]]))
    tensor([[1.],
            [4.]])
    """
    _integers(index, "gather")
    if index.ndim != input.ndim:
        raise RuntimeError(
            f"gather: the index has {index.ndim} dimensions, the input {input.ndim}; they must be "
            "equal"
        )
    axis = one_dim(dim, input.ndim)
    limit = input._array.shape[axis]
    wrong = index._array[(index._array < 0) | (index._array >= limit)]
    if wrong.size:
        raise IndexError(
            f"gather: index {int(wrong[0])} is out of range for dimension {dim} of size {limit}"
        )
    return rules.gather.apply(input, index, axis)


@both
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices at given positions of one dimension, as a copy.

    Examples
    --------
    >>> mg.index_select(mg.tensor([[1, 2], [3, 4]]), 1, mg.tensor([1]))
    tensor([[2],
            [4]])
    """
    _integers(index, "index_select")
    return input[(slice(None),) * one_dim(dim, input.ndim) + (index,)]


@both
def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """The input with ``value`` where ``mask`` holds.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0]).masked_fill(mg.tensor([True, False]), 0)
    tensor([0., 2.])
    """
    from .elementwise import where

    if mask._array.dtype.kind != "b":
        raise RuntimeError(f"masked_fill: the mask must be of dtype bool, got {mask.dtype}")
    value = (
        value if isinstance(value, Tensor) else Tensor._wrap(np.array(value, input._array.dtype))
    )
    result: Tensor = where(mask, value, input)
    return result


@method
def masked_fill_(self: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """In-place form of `masked_fill`.

    Examples
    --------
    >>> mg.ones(2).masked_fill_(mg.tensor([True, False]), 5)
    tensor([5., 1.])
    """
    check_target(self, "masked_fill_")
    return write(self, masked_fill(self, mask, value), "masked_fill_")


@both
def matmul(input: Tensor, other: Tensor) -> Tensor:
    """The matrix product, over all leading dimensions; vectors as in NumPy and PyTorch.

    Parameters
    ----------
    input : Tensor, shape (..., n, k) or (k,)
    other : Tensor, shape (..., k, m) or (k,)

    Returns
    -------
    Tensor, shape (..., n, m)

    Raises
    ------
    RuntimeError
        If the sizes do not fit, or the dtypes differ.

    Examples
    --------
    >>> mg.matmul(mg.tensor([[1.0, 2.0]]), mg.tensor([[3.0], [4.0]]))
    tensor([[11.]])
    """
    return _matmul.apply(input, other)


@both
def mm(input: Tensor, mat2: Tensor) -> Tensor:
    """The product of two matrices; see `matmul`.

    Examples
    --------
    >>> mg.mm(mg.eye(2), mg.ones(2, 2))
    tensor([[1., 1.],
            [1., 1.]])
    """
    return _of_rank(2, 2, input, mat2, "mm")


@both
def bmm(input: Tensor, mat2: Tensor) -> Tensor:
    """The products of two batches of matrices; see `matmul`.

    Examples
    --------
    >>> mg.bmm(mg.ones(2, 1, 3), mg.ones(2, 3, 1)).flatten()
    tensor([3., 3.])
    """
    return _of_rank(3, 3, input, mat2, "bmm")


@both
def mv(input: Tensor, vec: Tensor) -> Tensor:
    """The product of a matrix and a vector; see `matmul`.

    Examples
    --------
    >>> mg.mv(mg.eye(2), mg.tensor([3.0, 4.0]))
    tensor([3., 4.])
    """
    return _of_rank(2, 1, input, vec, "mv")


@both
def dot(input: Tensor, other: Tensor) -> Tensor:
    """The inner product of two vectors; see `matmul`.

    Examples
    --------
    >>> mg.dot(mg.tensor([1.0, 2.0]), mg.tensor([3.0, 4.0]))
    tensor(11.)
    """
    return _of_rank(1, 1, input, other, "dot")


def _of_rank(left: int, right: int, x: Tensor, y: Tensor, name: str) -> Tensor:
    if x.ndim != left or y.ndim != right:
        raise RuntimeError(
            f"{name} takes Tensors of {left} and {right} dimensions, got shapes "
            f"{tuple(x._array.shape)} and {tuple(y._array.shape)}; matmul takes any"
        )
    return matmul(x, y)
