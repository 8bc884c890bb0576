"""Reshaping and reordering, with PyTorch's names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .. import _dtypes
from .._methods import both, method
from .._numpy_names import ABSENT, one_of
from .._tensor import Tensor
from .._typing import Dims, Sizes
from ..rules import shapes as rules
from ._dimensions import one_dim
from ._laying_anew import lay_anew
from ._sizes import sizes
from .elementwise import alias


@both
def reshape(input: Tensor, *sizes_: Sizes, shape: Sizes | None = None) -> Tensor:
    """The same elements, in the same order, in another shape.

    Parameters
    ----------
    input : Tensor
    *sizes_ : int, or one sequence of int
        One of them may be -1: worked out from the others. Also by the name ``shape``.

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
    new: Any = sizes_
    for n in new:
        if n.__class__ is not int:
            new = sizes(new, "reshape")
            break
    else:
        if shape is not None:
            new = sizes((shape,), "reshape")
    return rules.reshape.apply(input, new)


@method
def view(self: Tensor, *shape: Sizes | _dtypes.dtype) -> Tensor:
    """As `reshape`, but never a copy; a dtype instead of sizes reads the same bytes as that type.

    Parameters
    ----------
    *shape : int, one sequence of int, or a dtype

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the elements do not lie in memory so that a view could have this shape.

    Examples
    --------
    >>> mg.arange(4).view(2, 2)
    tensor([[0, 1],
            [2, 3]])
    """
    new: Any = shape
    for n in new:
        if n.__class__ is not int:
            if isinstance(n, _dtypes.dtype):
                return _view_as_dtype(self, n)
            new = sizes(new, "view")
            break
    out = rules.reshape.apply(self, new)
    if out._base is None and out._array.size:
        if lay_anew(self):
            return rules.reshape.apply(self, new)
        raise RuntimeError(
            f"view: a Tensor of shape {tuple(self._array.shape)} whose elements lie in memory in "
            f"another order has no view of shape {new}; use reshape, which may copy"
        )
    return out


def _view_as_dtype(x: Tensor, dtype: _dtypes.dtype) -> Tensor:
    try:
        return Tensor._wrap(x._array.view(dtype.numpy))
    except (ValueError, TypeError) as error:
        raise RuntimeError(
            f"view: a Tensor of shape {tuple(x._array.shape)} and dtype {x.dtype} can't be read as "
            f"{dtype}: {error}"
        ) from None


@method
def view_as(self: Tensor, other: Tensor) -> Tensor:
    """This Tensor in the shape of another: a view.

    Examples
    --------
    >>> mg.arange(4).view_as(mg.zeros(2, 2)).shape
    microgradnn.Size([2, 2])
    """
    return view(self, *other._array.shape)


@method
def reshape_as(self: Tensor, other: Tensor) -> Tensor:
    """This Tensor in the shape of another: a view where the memory allows it.

    Examples
    --------
    >>> mg.arange(4).reshape_as(mg.zeros(2, 2)).shape
    microgradnn.Size([2, 2])
    """
    return rules.reshape.apply(self, other._array.shape)


@both
def flatten(input: Tensor, start_dim: int = 0, end_dim: int = -1) -> Tensor:
    """The dimensions from ``start_dim`` to ``end_dim`` made one.

    Examples
    --------
    >>> mg.zeros(2, 3, 4).flatten(1).shape
    microgradnn.Size([2, 12])
    """
    shape = input._array.shape
    if start_dim == 0 and end_dim == -1:
        return input if len(shape) == 1 else rules.reshape.apply(input, _FLAT)
    if not shape:
        one_dim(start_dim, 0), one_dim(end_dim, 0)
        return rules.reshape.apply(input, _FLAT)
    start, end = one_dim(start_dim, len(shape)), one_dim(end_dim, len(shape))
    if start > end:
        raise RuntimeError(f"flatten: start_dim {start_dim} comes after end_dim {end_dim}")
    if start == end:
        return input
    new = (*shape[:start], math.prod(shape[start : end + 1]), *shape[end + 1 :])
    return rules.reshape.apply(input, new)


_FLAT = (-1,)


@both
def ravel(input: Tensor) -> Tensor:
    """All dimensions made one: a view where the memory allows it.

    Examples
    --------
    >>> mg.zeros(2, 3).ravel().shape
    microgradnn.Size([6])
    """
    return rules.reshape.apply(input, _FLAT)


@both
def unflatten(input: Tensor, dim: int, sizes: Sequence[int]) -> Tensor:
    """One dimension made several: a view.

    Parameters
    ----------
    input : Tensor
    dim : int
    sizes : sequence of int
        Their product is the size of the dimension; one may be -1.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the sizes do not fit.

    Examples
    --------
    >>> mg.zeros(2, 6).unflatten(1, (3, -1)).shape
    microgradnn.Size([2, 3, 2])
    """
    shape = input._array.shape
    axis = one_dim(dim, len(shape))
    new = tuple([int(n) for n in sizes])
    if not new:
        raise RuntimeError("unflatten: sizes must not be empty")
    known = math.prod(n for n in new if n != -1)
    n = shape[axis]
    if new.count(-1) == 1 and known and n % known == 0:
        new = tuple([n // known if m == -1 else m for m in new])
    if math.prod(new) != n or -1 in new:
        raise RuntimeError(
            f"unflatten: sizes {tuple(sizes)} do not multiply to {n}, the size of dimension {dim} "
            f"of a Tensor of shape {tuple(shape)}"
        )
    return rules.reshape.apply(input, (*shape[:axis], *new, *shape[axis + 1 :]))


@lru_cache(4096)
def _order(dims: tuple[int, ...], ndim: int) -> tuple[int, ...]:
    if len(dims) != ndim:
        raise RuntimeError(
            f"permute: {dims} names {len(dims)} dimensions, the Tensor has {ndim}: name each once"
        )
    axes = tuple([one_dim(d, ndim) for d in dims])
    if sorted(axes) != list(range(ndim)):
        raise RuntimeError(
            f"permute: {dims} is no order of the {ndim} dimensions: name each of them once"
        )
    return axes


@both
def permute(input: Tensor, *order: Sizes, dims: Sequence[int] | None = None) -> Tensor:
    """The dimensions in another order: a view.

    Parameters
    ----------
    input : Tensor
    *order : int, or one sequence of int
        Every dimension once. Also by the name ``dims``.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.zeros(2, 3, 4).permute(2, 0, 1).shape
    microgradnn.Size([4, 2, 3])
    """
    new = sizes(order if dims is None else (dims,), "permute")
    return rules.transpose.apply(input, _order(new, input._array.ndim))


@lru_cache(4096)
def _swapped(dim0: int, dim1: int, ndim: int) -> tuple[int, ...]:
    i, j = one_dim(dim0, ndim), one_dim(dim1, ndim)
    axes = list(range(ndim))
    if axes:
        axes[i], axes[j] = axes[j], axes[i]
    return tuple(axes)


@both
def transpose(input: Tensor, dim0: int, dim1: int) -> Tensor:
    """Two dimensions exchanged: a view.

    Examples
    --------
    >>> mg.zeros(2, 3).transpose(0, 1).shape
    microgradnn.Size([3, 2])
    """
    return rules.transpose.apply(input, _swapped(dim0, dim1, input._array.ndim))


@both
def t(input: Tensor) -> Tensor:
    """The transpose of a matrix; vectors stay as they are.

    Examples
    --------
    >>> mg.zeros(2, 3).t().shape
    microgradnn.Size([3, 2])
    """
    n = input._array.ndim
    if n > 2:
        raise RuntimeError(f"t() takes at most 2 dimensions, this Tensor has {n}; use .mT")
    return rules.transpose.apply(input, (1, 0) if n == 2 else _swapped(0, 0, n))


@both
def adjoint(input: Tensor) -> Tensor:
    """The last two dimensions exchanged (numbers are real: there is nothing to conjugate).

    Examples
    --------
    >>> mg.zeros(5, 2, 3).adjoint().shape
    microgradnn.Size([5, 3, 2])
    """
    n = input._array.ndim
    if n == 1:
        raise RuntimeError("adjoint: a Tensor of 1 dimension is no matrix; unsqueeze it first")
    return rules.transpose.apply(input, _swapped(-2, -1, n) if n else ())


@both
def movedim(input: Tensor, source: Sizes, destination: Sizes) -> Tensor:
    """Dimensions moved to other places, the rest in their order: a view.

    Parameters
    ----------
    input : Tensor
    source, destination : int, or sequence of int
        Where they are, and where they are to be.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.zeros(2, 3, 4).movedim(0, -1).shape
    microgradnn.Size([3, 4, 2])
    """
    ndim = input._array.ndim
    given = sizes((source,), "movedim"), sizes((destination,), "movedim")
    old, new = (tuple([one_dim(d, ndim) for d in dims]) for dims in given)
    if len(old) != len(new):
        raise RuntimeError(
            f"movedim: {len(old)} dimensions {given[0]} can't be moved to {len(new)} places "
            f"{given[1]}"
        )
    if len(set(old)) < len(old) or len(set(new)) < len(new):
        raise RuntimeError(f"movedim: a dimension is repeated in {given[0]} or {given[1]}")
    if not ndim:
        return rules.transpose.apply(input, ())
    rest = iter([k for k in range(ndim) if k not in old])
    at = dict(zip(new, old, strict=True))
    return rules.transpose.apply(
        input, tuple([at[k] if k in at else next(rest) for k in range(ndim)])
    )


@both
def squeeze(input: Tensor, dim: Dims = None, *, axis: Dims = ABSENT) -> Tensor:
    """Without the dimensions of size 1, or without those of ``dim`` that are of size 1: a view.

    Examples
    --------
    >>> mg.zeros(1, 3, 1).squeeze().shape
    microgradnn.Size([3])
    """
    if axis is not ABSENT:
        dim = one_of("squeeze", dim, axis, None)
    shape = input._array.shape
    if dim is None:
        return rules.reshape.apply(input, tuple([n for n in shape if n != 1]))
    if dim.__class__ is int:
        k = one_dim(dim, len(shape))
        new = (*shape[:k], *shape[k + 1 :]) if shape and shape[k] == 1 else shape
        return rules.reshape.apply(input, new)
    drop = {one_dim(d, len(shape)) for d in sizes((dim,), "squeeze")}
    return rules.reshape.apply(
        input, tuple([n for k, n in enumerate(shape) if n != 1 or k not in drop])
    )


@both
def unsqueeze(input: Tensor, dim: int = ABSENT, *, axis: int = ABSENT) -> Tensor:
    """With one more dimension, of size 1, at ``dim``: a view.

    Examples
    --------
    >>> mg.zeros(3).unsqueeze(0).shape
    microgradnn.Size([1, 3])
    """
    if dim is ABSENT or axis is not ABSENT:
        dim = one_of("unsqueeze", dim, axis)
    shape = input._array.shape
    n = len(shape)
    if not -n - 1 <= dim <= n:
        raise IndexError(
            f"unsqueeze: dimension {dim} is out of range for a Tensor of {n} dimensions that gets "
            f"one more: expected {-n - 1} to {n}"
        )
    k = dim if dim >= 0 else dim + n + 1
    return rules.reshape.apply(input, (*shape[:k], 1, *shape[k:]))


for _new, _old in {"moveaxis": "movedim", "swapaxes": "transpose", "swapdims": "transpose"}.items():
    alias(_new, _old)
