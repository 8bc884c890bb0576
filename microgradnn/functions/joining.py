"""Joining Tensors into one and cutting one into several, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._errors import ShapeError
from .._methods import both, function
from .._tensor import Tensor
from .._typing import Sizes
from ..rules import shapes as rules
from ._dimensions import one_dim


def _sequence(tensors: Any, name: str) -> list[Tensor]:
    items = list(tensors)
    if not items:
        raise RuntimeError(f"{name} needs at least one Tensor")
    for item in items:
        if not isinstance(item, Tensor):
            raise TypeError(f"{name} takes a sequence of Tensors, one is a {type(item).__name__}")
    return items


@function
def cat(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors joined along an existing dimension.

    Parameters
    ----------
    tensors : sequence of Tensor
        Equal in all other sizes; empty 1-d Tensors are left out, as in PyTorch.
    dim : int

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.cat([mg.tensor([1, 2]), mg.tensor([3])])
    tensor([1, 2, 3])
    """
    items: list[Any] = list(tensors)
    if len(items) and isinstance(items[0], Tensor) and 0 <= dim < items[0]._array.ndim:
        try:
            return rules.cat.apply(*items, dim)
        except (ShapeError, AttributeError):
            pass  # found out below
    items = _sequence(items, "cat")
    filled = [x for x in items if x._array.shape != (0,)] or items[:1]
    if filled[0].ndim == 0:
        raise RuntimeError("cat: a 0-d Tensor has no dimension to join along; use stack")
    axis = one_dim(dim, filled[0].ndim)
    for x in filled:
        a, b = filled[0]._array.shape, x._array.shape
        if len(a) != len(b) or a[:axis] + a[axis + 1 :] != b[:axis] + b[axis + 1 :]:
            raise ShapeError(
                f"cat along dimension {dim}: sizes must be equal in the other dimensions, got "
                f"shapes {tuple(a)} and {tuple(b)}"
            )
    return rules.cat.apply(*filled, axis)


@function
def stack(tensors: Sequence[Tensor], dim: int = 0) -> Tensor:
    """Tensors of equal shape joined along a new dimension.

    Examples
    --------
    >>> mg.stack([mg.tensor([1, 2]), mg.tensor([3, 4])], dim=1)
    tensor([[1, 3],
            [2, 4]])
    """
    items = _sequence(tensors, "stack")
    for x in items:
        if x._array.shape != items[0]._array.shape:
            raise RuntimeError(
                f"stack: shapes must be equal, got {tuple(items[0]._array.shape)} and "
                f"{tuple(x._array.shape)}"
            )
    return rules.stack.apply(*items, one_dim(dim, items[0].ndim + 1))


@both
def split(tensor: Tensor, split_size_or_sections: Sizes, dim: int = 0) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension: into pieces of one size, or of the sizes given. Views.

    Examples
    --------
    >>> mg.arange(5).split(2)
    (tensor([0, 1]), tensor([2, 3]), tensor([4]))
    """
    axis = one_dim(dim, tensor.ndim)
    n = tensor._array.shape[axis]
    if isinstance(split_size_or_sections, int):
        size = split_size_or_sections
        if size <= 0 and n:
            raise RuntimeError(f"split: the size of a piece must be positive, got {size}")
        sizes = tuple(min(size, n - start) for start in range(0, n, size)) if n else (0,)
    else:
        sizes = tuple(split_size_or_sections)
        if sum(sizes) != n:
            raise RuntimeError(f"split: sizes {list(sizes)} do not add up to the dimension's {n}")
    parts: Any = rules.split.apply(tensor, sizes, axis)
    return tuple(parts)


@both
def chunk(input: Tensor, chunks: int, dim: int = 0) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension into at most ``chunks`` pieces of equal size. Views.

    Examples
    --------
    >>> mg.arange(5).chunk(2)
    (tensor([0, 1, 2]), tensor([3, 4]))
    """
    if chunks <= 0:
        raise RuntimeError(f"chunk: the number of pieces must be positive, got {chunks}")
    n = input._array.shape[one_dim(dim, input.ndim)]
    return split(input, max(1, -(-n // chunks)), dim)


@both
def unbind(input: Tensor, dim: int = 0) -> tuple[Tensor, ...]:
    """A Tensor cut along a dimension into slices without that dimension. Views.

    Examples
    --------
    >>> mg.tensor([[1, 2], [3, 4]]).unbind(1)
    (tensor([1, 3]), tensor([2, 4]))
    """
    return tuple(piece.squeeze(dim) for piece in split(input, 1, dim))
