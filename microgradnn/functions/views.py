"""Views: parts of a Tensor, and its elements seen more than once, on the same memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .. import _mutation
from .._errors import ShapeError
from .._methods import both, function, method
from .._tensor import Size, Tensor
from .._typing import Sizes
from ..rules import diagonals, windows
from ..rules import shapes as rules
from ..rules.indexing import getitem
from ._dimensions import one_dim
from ._sizes import sizes as _sizes
from .memory import elements_between


@method
def expand(self: Tensor, *sizes: Sizes, size: Sequence[int] | None = None) -> Tensor:
    """Dimensions of size 1 repeated to a larger size, without a copy: a read-only view.

    Parameters
    ----------
    *sizes : int, or one sequence of int
        -1 keeps a size; further dimensions may be added in front. Also by the name ``size``.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If a size other than 1 is to change.

    Examples
    --------
    >>> mg.tensor([[1], [2]]).expand(-1, 3)
    tensor([[1, 1, 1],
            [2, 2, 2]])
    """
    wanted = _sizes(sizes if size is None else (size,), "expand")
    if -1 in wanted or len(wanted) < self._array.ndim:
        wanted = _kept(self._array.shape, wanted)
    return rules.expand.apply(self, wanted)


def _kept(shape: tuple[int, ...], wanted: tuple[int, ...]) -> tuple[int, ...]:
    """Sizes with the old ones in place of -1."""
    extra = len(wanted) - len(shape)
    if extra < 0:
        raise ShapeError(
            f"expand: x of shape {tuple(shape)} can't be expanded to the fewer dimensions "
            f"of {wanted}"
        )
    if -1 in wanted[:extra]:
        raise ShapeError(
            f"expand: -1 in {wanted} stands for a dimension that x of shape {tuple(shape)} has not"
        )
    return tuple([shape[k - extra] if n == -1 else n for k, n in enumerate(wanted)])


@both
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


@function
def broadcast_shapes(*shapes: Sizes) -> Size:
    """The shape that Tensors of these shapes have together.

    Raises
    ------
    RuntimeError
        If they do not fit.

    Examples
    --------
    >>> mg.broadcast_shapes((2, 1), (3,))
    microgradnn.Size([2, 3])
    """
    given = [_sizes((shape,), "broadcast_shapes") for shape in shapes]
    try:
        return Size(np.broadcast_shapes(*given))
    except ValueError:
        raise ShapeError(
            f"broadcast_shapes: {', '.join(map(str, given))} do not fit: counted from the last "
            "dimension, sizes must be equal, or one of them 1, or missing"
        ) from None


@function
def broadcast_tensors(*tensors: Tensor | Sequence[Tensor]) -> tuple[Tensor, ...]:
    """Tensors expanded to the shape that they have together: views.

    Examples
    --------
    >>> x, y = mg.broadcast_tensors(mg.tensor([[1], [2]]), mg.tensor([3, 4]))
    >>> y
    tensor([[3, 4],
            [3, 4]])
    """
    given: Any = tensors
    if len(given) == 1 and isinstance(given[0], list | tuple):
        given = given[0]
    shape = broadcast_shapes(*[x._array.shape for x in given])
    return tuple([rules.expand.apply(x, tuple(shape)) for x in given])


@both
def select(input: Tensor, dim: int, index: int) -> Tensor:
    """One slice of a dimension, without that dimension: a view.

    Raises
    ------
    IndexError
        If there is no such slice.

    Examples
    --------
    >>> mg.tensor([[1, 2], [3, 4]]).select(1, 0)
    tensor([1, 3])
    """
    shape = input._array.shape
    if not shape:
        raise IndexError("select: a Tensor of 0 dimensions has nothing to select from")
    axis, k = one_dim(dim, len(shape)), int(index)
    if not -shape[axis] <= k < shape[axis]:
        raise IndexError(
            f"select: index {k} is out of range for dimension {dim} of a Tensor of shape "
            f"{tuple(shape)}"
        )
    return getitem.apply(input, (*(slice(None),) * axis, k, Ellipsis))


@both
def narrow(input: Tensor, dim: int, start: Any, length: int) -> Tensor:
    """``length`` slices of a dimension, from ``start``: a view.

    Parameters
    ----------
    input : Tensor
    dim : int
    start : int or Tensor of one integer
        Below zero: counted from the end.
    length : int

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError, IndexError
        If there are not so many.

    Examples
    --------
    >>> mg.arange(5).narrow(0, 1, 2)
    tensor([1, 2])
    """
    shape = input._array.shape
    if not shape:
        raise RuntimeError("narrow: a Tensor of 0 dimensions can't be narrowed")
    axis, first = one_dim(dim, len(shape)), int(start)
    n = shape[axis]
    if length < 0:
        raise RuntimeError(f"narrow: the length can't be negative, got {length}")
    if not -n <= first <= n:
        raise IndexError(f"narrow: start {first} is out of range for dimension {dim} of size {n}")
    first += n if first < 0 else 0
    if first + length > n:
        raise RuntimeError(
            f"narrow: start {first} and length {length} go beyond dimension {dim} of size {n}"
        )
    return getitem.apply(input, (*(slice(None),) * axis, slice(first, first + length)))


@method
def unfold(self: Tensor, dimension: int, size: int, step: int) -> Tensor:
    """Windows that slide along a dimension, in a new last dimension: a view.

    Parameters
    ----------
    dimension : int
        It then counts the windows.
    size : int
        The length of a window.
    step : int
        From the start of one to the start of the next.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If not one window fits.

    Examples
    --------
    >>> mg.arange(5).unfold(0, 3, 1)
    tensor([[0, 1, 2],
            [1, 2, 3],
            [2, 3, 4]])
    """
    shape = self._array.shape
    axis = one_dim(dimension, len(shape))
    n = shape[axis] if shape else 1
    if not 0 <= size <= n:
        raise RuntimeError(
            f"unfold: a window of {size} does not fit into dimension {dimension} of size {n}"
        )
    if step <= 0:
        raise RuntimeError(f"unfold: the step must be positive, got {step}")
    if not shape:
        whole = rules.reshape.apply(self, (1,))
        return getitem.apply(whole, slice(0, size))
    return windows.unfold.apply(self, axis, size, step)


@both
def diagonal(input: Tensor, offset: int = 0, dim1: int = 0, dim2: int = 1) -> Tensor:
    """The diagonal of two dimensions, in a new last dimension: a view.

    Parameters
    ----------
    input : Tensor
    offset : int
        0 is the main diagonal, positive ones are above it.
    dim1, dim2 : int

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the two dimensions are one.

    Examples
    --------
    >>> mg.tensor([[1, 2], [3, 4]]).diagonal()
    tensor([1, 4])
    """
    ndim = input._array.ndim
    i, j = one_dim(dim1, ndim), one_dim(dim2, ndim)
    if i == j:
        raise RuntimeError(f"diagonal: dimensions {dim1} and {dim2} are the same")
    return diagonals.diagonal.apply(input, offset, i, j)


@both
def as_strided(
    input: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None = None
) -> Tensor:
    """Element i of the result is, in the memory of ``input``, at the sum of i and strides: a view.

    Parameters
    ----------
    input : Tensor
    size, stride : sequence of int
        The shape, and for each dimension how far apart neighbours are, in elements.
    storage_offset : int, optional
        Where the first element is; by default where that of ``input`` is.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If it would reach beyond the memory.

    Examples
    --------
    >>> mg.arange(4).as_strided((2, 3), (1, 1))
    tensor([[0, 1, 2],
            [1, 2, 3]])
    """
    flat, shape, steps, offset = flat_memory(input, size, stride, storage_offset)
    return windows.as_strided.apply(flat, shape, steps, offset)


def flat_memory(
    x: Tensor, size: Sequence[int], stride: Sequence[int], storage_offset: int | None
) -> tuple[Tensor, tuple[int, ...], tuple[int, ...], int]:
    """The memory that ``x`` looks at as a flat view of its base, and the place in it."""
    shape, steps = _sizes((size,), "as_strided"), _sizes((stride,), "as_strided")
    if len(shape) != len(steps) or any(n < 0 for n in (*shape, *steps)):
        raise RuntimeError(
            f"as_strided: each dimension takes one size and one stride, not negative, got sizes "
            f"{shape} and strides {steps}"
        )
    whole = x if x._base is None else x._base
    memory = _mutation.owner(whole._array)
    if whole._node is None and whole._array.size < memory.size:
        whole = Tensor._wrap(memory)  # a view made outside of any graph
    strides = whole._array.strides
    order = tuple(sorted(range(len(strides)), key=lambda k: -strides[k]))
    flat = whole if len(order) == 1 else whole.permute(order).reshape(-1)
    if storage_offset is None:
        offset = elements_between(whole._array, x._array)
    else:
        offset = storage_offset - elements_between(memory, whole._array)
    last = offset + sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
    if 0 in shape:
        last = offset = 0
    if not flat._array.flags.c_contiguous or offset < 0 or last >= flat._array.size > 0:
        raise RuntimeError(
            f"as_strided: sizes {shape}, strides {steps} and offset {offset} reach elements "
            f"{offset} to {last} of a memory of {flat._array.size}"
        )
    return flat, shape, steps, offset
