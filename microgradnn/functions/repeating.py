"""Elements repeated, shifted and turned round: copies, with PyTorch's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .._methods import both, function, method
from .._tensor import Tensor
from .._typing import Dims, Sizes
from ..rules import shapes as rules
from ..rules.indexing import getitem
from ._dimensions import one_dim
from ._sizes import sizes as _sizes


@both
def flip(input: Tensor, *axes: Sizes, dims: Sizes | None = None) -> Tensor:
    """The order along dimensions reversed: a copy.

    Parameters
    ----------
    input : Tensor
    *axes : int, or one sequence of int
        Also by the name ``dims``.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.arange(3).flip(0)
    tensor([2, 1, 0])
    """
    ndim = input._array.ndim
    given = _sizes(axes if dims is None else (dims,), "flip")
    found = tuple([one_dim(d, ndim) for d in given])
    if len(set(found)) < len(found):
        raise RuntimeError(f"flip: a dimension appears twice in {given}")
    return rules.flip.apply(input, found if ndim else ())


@both
def fliplr(input: Tensor) -> Tensor:
    """The order of columns reversed.

    Examples
    --------
    >>> mg.fliplr(mg.tensor([[1, 2], [3, 4]]))
    tensor([[2, 1],
            [4, 3]])
    """
    if input._array.ndim < 2:
        raise RuntimeError(f"fliplr takes at least 2 dimensions, got {input._array.ndim}")
    return rules.flip.apply(input, (1,))


@both
def flipud(input: Tensor) -> Tensor:
    """The order of rows reversed.

    Examples
    --------
    >>> mg.flipud(mg.tensor([[1, 2], [3, 4]]))
    tensor([[3, 4],
            [1, 2]])
    """
    if input._array.ndim < 1:
        raise RuntimeError("flipud takes at least 1 dimension, got 0")
    return rules.flip.apply(input, (0,))


@both
def rot90(input: Tensor, k: int = 1, dims: Sequence[int] = (0, 1)) -> Tensor:
    """Turned by k right angles, from the first of two dimensions towards the second: a copy.

    Examples
    --------
    >>> mg.rot90(mg.tensor([[1, 2], [3, 4]]))
    tensor([[2, 4],
            [1, 3]])
    """
    if len(dims) != 2:
        raise RuntimeError(f"rot90 takes two dimensions, got {tuple(dims)}")
    ndim = input._array.ndim
    i, j = one_dim(dims[0], ndim), one_dim(dims[1], ndim)
    if i == j:
        raise RuntimeError(f"rot90: the two dimensions {tuple(dims)} are the same")
    if k % 4 == 2:
        return rules.flip.apply(input, (i, j))
    if k % 4 == 1:
        return rules.flip.apply(input, (j,)).transpose(i, j).contiguous()
    if k % 4 == 3:
        return rules.flip.apply(input, (i,)).transpose(i, j).contiguous()
    return input.clone()


@both
def roll(input: Tensor, shifts: Sizes, dims: Dims = None) -> Tensor:
    """Elements shifted along dimensions; those that leave at one end enter at the other.

    Parameters
    ----------
    input : Tensor
    shifts : int, or sequence of int
    dims : int, or sequence of int, optional
        One for each shift. Without it the flattened Tensor is shifted.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.roll(mg.arange(4), 1)
    tensor([3, 0, 1, 2])
    """
    by = _sizes((shifts,), "roll")
    if dims is None or (isinstance(dims, list | tuple) and not dims):
        if len(by) != 1:
            raise RuntimeError(f"roll: {len(by)} shifts {by} take as many dims, got none")
        flat = rules.roll.apply(input.reshape(-1), by, (0,))
        return rules.reshape.apply(flat, input._array.shape)
    given = _sizes((dims,), "roll")
    if len(by) != len(given):
        raise RuntimeError(f"roll: {len(by)} shifts {by} take as many dims, got {given}")
    ndim = input._array.ndim
    axes = tuple([one_dim(d, ndim) for d in given])
    return rules.roll.apply(input, by, axes) if ndim else input.clone()


@method
def repeat(self: Tensor, *sizes: Sizes, repeats: Sequence[int] | None = None) -> Tensor:
    """The Tensor laid side by side with itself: a copy.

    Parameters
    ----------
    *sizes : int, or one sequence of int
        How many times along each dimension; further dimensions may be added in front. Also by the
        name ``repeats``.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If there are fewer numbers than dimensions.

    Examples
    --------
    >>> mg.tensor([1, 2]).repeat(2, 2)
    tensor([[1, 2, 1, 2],
            [1, 2, 1, 2]])
    """
    times = _sizes(sizes if repeats is None else (repeats,), "repeat")
    shape = self._array.shape
    extra = len(times) - len(shape)
    if extra < 0 or any(n < 0 for n in times):
        raise RuntimeError(
            f"repeat: a Tensor of shape {tuple(shape)} takes at least {len(shape)} numbers, none "
            f"below 0, got {times}"
        )
    if not times:
        return self.clone()
    shape = (1,) * extra + shape
    pairs = list(zip(times, shape, strict=True))
    # A dimension of n, r times: (1, n) expanded to (r, n), and these two made one.
    apart = rules.reshape.apply(self, tuple([k for n in shape for k in (1, n)]))
    wide = rules.expand.apply(apart, tuple([k for pair in pairs for k in pair]))
    out = rules.reshape.apply(wide, tuple([r * n for r, n in pairs]))
    return out if out._base is None else out.clone()


@both
def tile(input: Tensor, *sizes: Sizes, dims: Sequence[int] | None = None) -> Tensor:
    """As `Tensor.repeat`; dimensions that are given no number are not repeated.

    Examples
    --------
    >>> mg.tile(mg.tensor([[1], [2]]), (2,))
    tensor([[1, 1],
            [2, 2]])
    """
    times = _sizes(sizes if dims is None else (dims,), "tile")
    return repeat(input, (1,) * (input._array.ndim - len(times)) + times)


@both
def repeat_interleave(
    input: Tensor, repeats: Any = None, dim: int | None = None, *, output_size: int | None = None
) -> Tensor:
    """Every element (or slice of a dimension) repeated in its place: a copy.

    Parameters
    ----------
    input : Tensor
        Alone, it is the numbers themselves: each index is repeated so many times.
    repeats : int or Tensor of int
        How many times, for all or for each.
    dim : int, optional
        Without it, the flattened Tensor is repeated.
    output_size : int, optional
        The size of the result along the dimension: checked.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.tensor([1, 2]).repeat_interleave(2)
    tensor([1, 1, 2, 2])
    >>> mg.tensor([[1], [2]]).repeat_interleave(mg.tensor([2, 1]), dim=0)
    tensor([[1],
            [1],
            [2]])
    """
    if repeats is None:
        counts = input._array
        if counts.ndim != 1 or counts.dtype.kind not in "iu":
            raise RuntimeError(
                "repeat_interleave: repeats must be a vector of integers, got shape "
                f"{tuple(counts.shape)} and dtype {input.dtype}"
            )
        return Tensor._wrap(np.repeat(np.arange(counts.size), counts))
    x = input.reshape(-1) if dim is None else input
    shape = x._array.shape
    axis = one_dim(0 if dim is None else dim, len(shape))
    n = shape[axis] if shape else 1
    counts = np.asarray(repeats._array if isinstance(repeats, Tensor) else repeats)
    if counts.dtype.kind not in "iu" or counts.ndim > 1 or counts.size not in (1, n):
        raise RuntimeError(
            f"repeat_interleave: repeats must be one integer, or {n} for dimension {dim} of size "
            f"{n}, got shape {tuple(counts.shape)} and dtype {counts.dtype}"
        )
    if counts.size and counts.min() < 0:
        raise RuntimeError(f"repeat_interleave: repeats can't be negative, got {counts.min()}")
    if not shape:
        x, shape = x.reshape(1), (1,)
    before, after = shape[:axis], shape[axis + 1 :]
    if counts.size == 1:
        times = int(counts.reshape(()))
        apart = rules.reshape.apply(x, (*before, n, 1, *after))
        wide = rules.expand.apply(apart, (*before, n, times, *after))
        out = rules.reshape.apply(wide, (*before, n * times, *after))
        out = out if out._base is None else out.clone()
    else:
        places = np.repeat(np.arange(n), counts)
        out = getitem.apply(x, (*(slice(None),) * axis, places, Ellipsis))
    if output_size is not None and output_size != out._array.shape[axis]:
        raise RuntimeError(
            f"repeat_interleave: output_size is {output_size}, repeats make "
            f"{out._array.shape[axis]}"
        )
    return out


@function
def block_diag(*tensors: Tensor) -> Tensor:
    """The matrix that has matrices along its diagonal, and zeros elsewhere.

    Parameters
    ----------
    *tensors : Tensor
        Of at most 2 dimensions; vectors are rows.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.block_diag(mg.tensor([[1, 2]]), mg.tensor(3))
    tensor([[1, 2, 0],
            [0, 0, 3]])
    """
    from .joining import cat

    blocks = []
    for x in tensors:
        if x._array.ndim > 2:
            raise RuntimeError(
                "block_diag takes Tensors of at most 2 dimensions, got shape "
                f"{tuple(x._array.shape)}"
            )
        blocks.append(x if x._array.ndim == 2 else x.reshape(1, -1))
    if not blocks:
        return Tensor._wrap(np.zeros((1, 0), np.float32))
    widths = [x._array.shape[1] for x in blocks]
    rows = [
        rules.pad.apply(x, ((0, 0), (sum(widths[:k]), sum(widths[k + 1 :]))), 0.0)
        for k, x in enumerate(blocks)
    ]
    return cat(rows)
