"""Reshaping and reordering, with PyTorch's names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, overload

import numpy as np

from .. import _dtypes
from .._methods import both, function, method
from .._tensor import Size, Tensor
from .._typing import Dims, Sizes
from ..rules import shapes as rules
from ._dimensions import one_dim


def _sizes(given: tuple[Any, ...]) -> tuple[int, ...]:
    """Sizes given as several integers or as one sequence of them."""
    for n in given:
        if n.__class__ is not int:
            if len(given) == 1 and not isinstance(n, int | np.integer | Tensor):
                given = tuple(n)
            return tuple([int(n) for n in given])
    return given


@both
def reshape(input: Tensor, *shape: Sizes) -> Tensor:
    """The same elements, in the same order, in another shape.

    Parameters
    ----------
    input : Tensor
    *shape : int, or one sequence of int
        One of them may be -1: worked out from the others.

    Returns
    -------
    Tensor
        A view where the memory allows it, else a copy.

    Raises
    ------
    RuntimeError
        If the number of elements differs.

    Examples
    --------
    >>> mg.arange(6).reshape(2, -1)
    tensor([[0, 1, 2],
            [3, 4, 5]])
    """
    return rules.reshape.apply(input, _sizes(shape))


@method
def view(self: Tensor, *shape: Sizes | _dtypes.dtype) -> Tensor:
    """As `reshape`; a dtype instead of sizes reads the same bytes as that type.

    Parameters
    ----------
    *shape : int, one sequence of int, or a dtype

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    given: tuple[Any, ...] = shape
    if len(given) == 1 and isinstance(given[0], _dtypes.dtype):
        return Tensor._wrap(self._array.view(given[0].numpy))
    return reshape(self, *given)


@method
def view_as(self: Tensor, other: Tensor) -> Tensor:
    """This Tensor in the shape of another.

    Examples
    --------
    >>> mg.arange(4).view_as(mg.zeros(2, 2)).shape
    microgradnn.Size([2, 2])
    """
    return reshape(self, *other._array.shape)


@both
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from ``start_dim`` to ``end_dim`` made one.

    Examples
    --------
    >>> mg.zeros(2, 3, 4).flatten(1).shape
    microgradnn.Size([2, 12])
    """
    shape = input._array.shape
    if not shape:
        return reshape(input, 1)
    start, end = one_dim(start_dim, len(shape)), one_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    return reshape(input, *shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])


@both
def permute(input: Tensor, *dims: Sizes) -> Tensor:
    """The dimensions in another order: a view.

    Examples
    --------
    >>> mg.zeros(2, 3, 4).permute(2, 0, 1).shape
    microgradnn.Size([4, 2, 3])
    """
    ndim = input._array.ndim
    axes = tuple(one_dim(d, ndim) for d in _sizes(dims))
    if sorted(axes) != list(range(ndim)):
        raise RuntimeError(f"permute: {_sizes(dims)} is no order of the {ndim} dimensions")
    return rules.transpose.apply(input, axes)


@both
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged: a view.

    Examples
    --------
    >>> mg.zeros(2, 3).transpose(0, 1).shape
    microgradnn.Size([3, 2])
    """
    ndim = input._array.ndim
    i, j = one_dim(dim0, ndim), one_dim(dim1, ndim)
    axes = list(range(ndim))
    if axes:
        axes[i], axes[j] = axes[j], axes[i]
    return rules.transpose.apply(input, tuple(axes))


@both
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors stay as they are.

    Examples
    --------
    >>> mg.zeros(2, 3).t().shape
    microgradnn.Size([3, 2])
    """
    if input.ndim > 2:
        raise RuntimeError(f"t() takes at most 2 dimensions, this Tensor has {input.ndim}; use .mT")
    return input.T


@both
def squeeze(input: Tensor, dim: Dims = None) -> Tensor:
    """Without the dimensions of size 1, or without those of ``dim`` that are of size 1: a view.

    Examples
    --------
    >>> mg.zeros(1, 3, 1).squeeze().shape
    microgradnn.Size([3])
    """
    shape = input._array.shape
    if dim is None:
        drop = set(range(len(shape)))
    else:
        drop = {one_dim(d, len(shape)) for d in ([dim] if isinstance(dim, int) else dim)}
    return rules.reshape.apply(
        input, tuple(n for k, n in enumerate(shape) if n != 1 or k not in drop)
    )


@both
def unsqueeze(input: Tensor, dim: int) -> Tensor:
    """With one more dimension, of size 1, at ``dim``: a view.

    Examples
    --------
    >>> mg.zeros(3).unsqueeze(0).shape
    microgradnn.Size([1, 3])
    """
    shape = input._array.shape
    k = one_dim(dim, len(shape) + 1)
    return rules.reshape.apply(input, (*shape[:k], 1, *shape[k:]))


@method
def expand(self: Tensor, *sizes: Sizes) -> Tensor:
    """Dimensions of size 1 repeated to a larger size, without a copy: a read-only view.

    Parameters
    ----------
    *sizes : int, or one sequence of int
        -1 keeps a size; further dimensions may be added in front.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    shape, wanted = self._array.shape, _sizes(sizes)
    extra = len(wanted) - len(shape)
    new = tuple(shape[k - extra] if n == -1 and k >= extra else n for k, n in enumerate(wanted))
    return rules.expand.apply(self, new)


@function
def broadcast_to(input: Tensor, size: Sequence[int]) -> Tensor:
    """`Tensor.expand` as a function.

    Examples
    --------
    >>> mg.broadcast_to(mg.tensor(1), (2,))
    tensor([1, 1])
    """
    return expand(input, size)


@method
def expand_as(self: Tensor, other: Tensor) -> Tensor:
    """This Tensor expanded to the shape of another.

    Examples
    --------
    >>> mg.tensor(1.0).expand_as(mg.zeros(2))
    tensor([1., 1.])
    """
    return expand(self, other._array.shape)


@both
def flip(input: Tensor, *dims: Sizes) -> Tensor:
    """The order along dimensions reversed: a copy.

    Examples
    --------
    >>> mg.arange(3).flip(0)
    tensor([2, 1, 0])
    """
    return rules.flip.apply(input, tuple(one_dim(d, input.ndim) for d in _sizes(dims)))


@both
def numel(input: Tensor) -> int:
    """The number of elements.

    Examples
    --------
    >>> mg.zeros(2, 3).numel()
    6
    """
    return int(input._array.size)


@overload
def size(self: Tensor) -> Size: ...
@overload
def size(self: Tensor, dim: int) -> int: ...
@method
def size(self: Tensor, dim: int | None = None) -> Any:
    """The sizes of all dimensions, or of one.

    Examples
    --------
    >>> mg.zeros(2, 3).size(), mg.zeros(2, 3).size(-1)
    (microgradnn.Size([2, 3]), 3)
    """
    return Size(self._array.shape) if dim is None else self._array.shape[one_dim(dim, self.ndim)]


@method
def dim(self: Tensor) -> int:
    """The number of dimensions.

    Examples
    --------
    >>> mg.zeros(2, 3).dim()
    2
    """
    return int(self._array.ndim)


@method
def contiguous(self: Tensor) -> Tensor:
    """This Tensor if its elements lie in memory in order, else a copy where they do.

    Examples
    --------
    >>> mg.zeros(2, 3).T.contiguous().is_contiguous()
    True
    """
    if self.is_contiguous():
        return self
    copy = self.clone()  # which keeps the order in memory, as in PyTorch
    copy._array = np.ascontiguousarray(copy._array)
    return copy


@method
def is_contiguous(self: Tensor) -> bool:
    """Whether the elements lie in memory in order.

    Examples
    --------
    >>> mg.zeros(2, 3).T.is_contiguous()
    False
    """
    return bool(self._array.flags.c_contiguous)


@method
def data_ptr(self: Tensor) -> int:
    """The address of the first element.

    Examples
    --------
    >>> x = mg.zeros(2)
    >>> x.data_ptr() == x.view(2, 1).data_ptr()
    True
    """
    return int(self._array.__array_interface__["data"][0])
