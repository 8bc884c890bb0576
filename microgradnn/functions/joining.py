"""Joining Tensors into one, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._errors import ShapeError
from .._methods import function, functions
from .._numpy_names import ABSENT, one_of
from .._tensor import Tensor
from ..rules import shapes as rules
from ._dimensions import one_dim


def _sequence(tensors: Any, name: str) -> list[Tensor]:
    if isinstance(tensors, Tensor):
        raise TypeError(f"{name} takes a sequence of Tensors, got one Tensor; put it into a list")
    items = list(tensors)
    if not items:
        raise ShapeError(f"{name} needs at least one Tensor, got an empty list")
    for item in items:
        if not isinstance(item, Tensor):
            raise TypeError(f"{name} takes a sequence of Tensors, one is a {type(item).__name__}")
    return items


@function
def cat(tensors: Sequence[Tensor], dim: int = 0, *, axis: int = ABSENT) -> Tensor:
    """Tensors joined along an existing dimension.

    Parameters
    ----------
    tensors : sequence of Tensor
        Equal in all other sizes; empty 1-d Tensors are left out, as in PyTorch.
    dim : int
    axis : int, optional
        NumPy's name of ``dim``.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the sizes do not fit.

    Examples
    --------
    >>> mg.cat([mg.tensor([1, 2]), mg.tensor([3])])
    tensor([1, 2, 3])
    """
    if axis is not ABSENT:
        dim = one_of("cat", dim, axis, 0)
    if dim >= 0 and (tensors.__class__ is list or tensors.__class__ is tuple):
        try:
            return rules.cat.apply(*tensors, dim)
        except (ValueError, IndexError, AttributeError, TypeError):
            pass  # found out below
    return _cat_checked(_sequence(tensors, "cat"), dim)


def _cat_checked(items: list[Tensor], dim: int) -> Tensor:
    filled = [x for x in items if x._array.shape != (0,)] or items[:1]
    first = filled[0]._array.shape
    if not first:
        raise RuntimeError("cat: a 0-d Tensor has no dimension to join along; use stack")
    axis = one_dim(dim, len(first))
    for k, x in enumerate(filled):
        shape = x._array.shape
        if len(shape) != len(first) or any(
            n != m for j, (n, m) in enumerate(zip(first, shape, strict=True)) if j != axis
        ):
            raise ShapeError(
                f"cat along dimension {dim}: sizes must be equal in the other dimensions, got "
                f"shapes {tuple(first)} and {tuple(shape)} (Tensor {k} of the list)"
            )
    joined = rules.cat.apply(*filled, axis)
    if len(filled) < len(items):  # those left out take part in the promotion
        dtype = np.result_type(*[x._array.dtype for x in items])
        if dtype != joined._array.dtype and dtype.kind == "f":
            return joined.to(dtype)
    return joined


@function
def stack(tensors: Sequence[Tensor], dim: int = 0, *, axis: int = ABSENT) -> Tensor:
    """Tensors of equal shape joined along a new dimension.

    Examples
    --------
    >>> mg.stack([mg.tensor([1, 2]), mg.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    if axis is not ABSENT:
        dim = one_of("stack", dim, axis, 0)
    if dim >= 0 and (tensors.__class__ is list or tensors.__class__ is tuple):
        try:
            return rules.stack.apply(*tensors, dim)
        except (ValueError, IndexError, AttributeError, TypeError):
            pass  # found out below
    items = _sequence(tensors, "stack")
    first = items[0]._array.shape
    for k, x in enumerate(items):
        if x._array.shape != first:
            raise ShapeError(
                f"stack: shapes must be equal, got {tuple(first)} and "
                f"{tuple(x._array.shape)} (Tensor {k} of the list)"
            )
    return rules.stack.apply(*items, one_dim(dim, len(first) + 1))


@function
def hstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the second dimension; vectors along their only one.

    Examples
    --------
    >>> mg.hstack([mg.tensor([1, 2]), mg.tensor([3])])
    tensor([1, 2, 3])
    """
    items = [x if x._array.ndim else x.reshape(1) for x in _sequence(tensors, "hstack")]
    return cat(items, 0 if items[0]._array.ndim == 1 else 1)


@function
def vstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the first dimension; vectors are rows.

    Examples
    --------
    >>> mg.vstack([mg.tensor([1, 2]), mg.tensor([3, 4])])
    tensor([[1, 2],
            [3, 4]])
    """
    return cat(list(atleast_2d(_sequence(tensors, "vstack"))))


@function
def dstack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the third dimension, which matrices and vectors get.

    Examples
    --------
    >>> mg.dstack([mg.tensor([1, 2]), mg.tensor([3, 4])])
    tensor([[[1, 3],
             [2, 4]]])
    """
    return cat(list(atleast_3d(_sequence(tensors, "dstack"))), 2)


@function
def column_stack(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors joined along the second dimension; vectors are columns.

    Examples
    --------
    >>> mg.column_stack([mg.tensor([1, 2]), mg.tensor([3, 4])])
    tensor([[1, 3],
            [2, 4]])
    """
    items = _sequence(tensors, "column_stack")
    return cat([x if x._array.ndim > 1 else x.reshape(-1, 1) for x in items], 1)


def _at_least(n: int, tensors: Any) -> Any:
    """Tensors with as many dimensions, put where NumPy and PyTorch put them."""
    if len(tensors) == 1:
        if isinstance(tensors[0], Tensor):
            return _raised(tensors[0], n)
        tensors = tensors[0]
    return tuple([_raised(x, n) for x in _sequence(tensors, f"atleast_{n}d")])


def _raised(x: Tensor, n: int) -> Tensor:
    shape = x._array.shape
    if len(shape) >= n:
        return x
    if n == 3 and shape:
        new = (1, *shape, 1) if len(shape) == 1 else (*shape, 1)
    else:
        new = (1,) * (n - len(shape)) + shape
    return rules.reshape.apply(x, new)


@function
def atleast_1d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """Tensors with at least 1 dimension: one, or a tuple of several.

    Examples
    --------
    >>> mg.atleast_1d(mg.tensor(1))
    tensor([1])
    """
    return _at_least(1, tensors)


@function
def atleast_2d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """Tensors with at least 2 dimensions: one, or a tuple of several. Vectors are rows.

    Examples
    --------
    >>> mg.atleast_2d(mg.tensor([1, 2]))
    tensor([[1, 2]])
    """
    return _at_least(2, tensors)


@function
def atleast_3d(*tensors: Tensor | Sequence[Tensor]) -> Any:
    """Tensors with at least 3 dimensions: one, or a tuple of several.

    Examples
    --------
    >>> mg.atleast_3d(mg.tensor([1, 2])).shape
    microgradnn.Size([1, 2, 1])
    """
    return _at_least(3, tensors)


functions["concat"] = functions["concatenate"] = cat
functions["row_stack"] = vstack
