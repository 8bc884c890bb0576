"""Picking elements by position, with PyTorch's names; `scatter` puts them back."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._errors import DtypeError, PositionError
from .._methods import both
from .._tensor import Tensor
from .._typing import Operand
from ..rules import indexing as rules
from ..rules.elementwise import where as _where
from ..rules.reductions import maximum_over
from ._dimensions import one_dim
from .elementwise import with_in_place


def check_integers(index: Any, name: str) -> None:
    """Raise unless ``index`` is a Tensor of integers."""
    if not isinstance(index, Tensor) or index._array.dtype.kind not in "iu":
        given = index.dtype if isinstance(index, Tensor) else type(index).__name__
        raise DtypeError(
            f"{name}: the index must be a Tensor of integers, got {given}; convert it with .long()"
        )


def check_range(index: Any, limit: int, dim: int, name: str) -> None:
    """Raise unless all indices of an array lie in [0, limit)."""
    if not index.size:
        return
    # As unsigned numbers the negative ones are the largest: one pass finds both kinds.
    if maximum_over(index.view(f"u{index.itemsize}"), None) >= limit:
        wrong = index[(index < 0) | (index >= limit)]
        raise PositionError(
            f"{name}: index {int(wrong[0])} is out of range for dimension {dim} of size {limit}"
        )


def check_mask(mask: Any, name: str) -> None:
    """Raise unless ``mask`` is a Tensor of truth values."""
    if not isinstance(mask, Tensor) or mask._array.dtype.kind != "b":
        given = mask.dtype if isinstance(mask, Tensor) else type(mask).__name__
        raise RuntimeError(f"{name}: the mask must be a Tensor of dtype bool, got {given}")


def one_or_more(x: Tensor) -> Tensor:
    """A 0-d Tensor as one of one element and one dimension; others as they are."""
    return x if x._array.ndim else x.reshape(1)


@both
def gather(input: Tensor, dim: int, index: Tensor, *, sparse_grad: bool = False) -> Tensor:
    """Elements at positions along one dimension: ``out[i][j] = input[i][index[i][j]]`` for dim 1.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64
        Of the dimensions of ``input``; not longer than it in the others.
    sparse_grad : bool
        Taken for PyTorch's sake; gradients are dense.

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
    check_integers(index, "gather")
    axis = one_dim(dim, input._array.ndim)
    x, places = one_or_more(input), one_or_more(index)
    check_along(x, axis, places, "gather")
    if not places._array.size and places._array.ndim != x._array.ndim:
        return rules.getitem.apply(x.reshape(-1), (places._array, Ellipsis))
    check_range(places._array, x._array.shape[axis], dim, "gather")
    found = rules.gather.apply(x, places, axis)
    return found if places is index else found.reshape(())


def check_along(x: Tensor, axis: int, index: Tensor, name: str) -> None:
    """Raise unless an index fits along one axis: as many dimensions, none of the others longer."""
    shape, of_index = x._array.shape, index._array.shape
    if not index._array.size:
        return
    if len(shape) != len(of_index):
        raise RuntimeError(
            f"{name}: the index has {len(of_index)} dimensions, the input {len(shape)}; they must "
            "be equal"
        )
    for k, (n, m) in enumerate(zip(shape, of_index, strict=True)):
        if k != axis and m > n:
            raise RuntimeError(
                f"{name}: the index has shape {tuple(of_index)}, the input {tuple(shape)}: it is "
                f"too long at dimension {k}; only along dimension {axis} may it be longer"
            )


@both
def index_select(input: Tensor, dim: int, index: Tensor) -> Tensor:
    """The slices at given positions of one dimension, as a copy.

    Examples
    --------
    >>> mg.index_select(mg.tensor([[1, 2], [3, 4]]), 1, mg.tensor([1]))
    tensor([[2],
            [4]])
    """
    check_integers(index, "index_select")
    axis = one_dim(dim, input._array.ndim)
    if index._array.ndim > 1:
        raise IndexError(
            f"index_select: the index must be 1-d, got shape {tuple(index._array.shape)}"
        )
    x = one_or_more(input)
    places = index._array.reshape(-1)
    check_range(places, x._array.shape[axis], dim, "index_select")
    found = rules.getitem.apply(x, ((slice(None),) * axis + (places, Ellipsis)))
    return found if x is input else found.reshape(())


@both
def take(input: Tensor, index: Tensor) -> Tensor:
    """Elements at positions in the flattened Tensor; negative ones count from the end.

    Examples
    --------
    >>> mg.take(mg.tensor([[4, 3], [2, 1]]), mg.tensor([0, -1]))
    tensor([4, 1])
    """
    check_integers(index, "take")
    return rules.getitem.apply(input.reshape(-1), (index._array, Ellipsis))


@both
def take_along_dim(input: Tensor, indices: Tensor, dim: int | None = None) -> Tensor:
    """As `gather`, where the other dimensions broadcast; without ``dim`` from the flattened Tensor.

    Examples
    --------
    >>> x = mg.tensor([[10, 30, 20], [60, 40, 50]])
    >>> mg.take_along_dim(x, x.argmax(1, keepdim=True), dim=1)
    tensor([[30],
            [60]])
    """
    check_integers(indices, "take_along_dim")
    if dim is None:
        return gather(input.reshape(-1), 0, indices.reshape(-1))
    axis = one_dim(dim, input._array.ndim)
    if input._array.ndim != indices._array.ndim:
        raise RuntimeError(
            f"take_along_dim: the indices have {indices.ndim} dimensions, the input {input.ndim}; "
            "they must be equal"
        )
    shape, of_index = list(input._array.shape), list(indices._array.shape)
    common = list(np.broadcast_shapes((*shape[:axis], *shape[axis + 1 :]),
                                      (*of_index[:axis], *of_index[axis + 1 :])))  # fmt: skip
    limit = shape[axis]
    if indices._array.size and indices._array.min() < 0:  # counted from the end
        indices = Tensor._wrap(np.where(indices._array < 0, indices._array + limit, indices._array))
    x = input.expand([*common[:axis], limit, *common[axis:]])
    return gather(x, axis, indices.expand([*common[:axis], of_index[axis], *common[axis:]]))


@both
def masked_select(input: Tensor, mask: Tensor) -> Tensor:
    """The elements where ``mask`` holds, in one dimension.

    Examples
    --------
    >>> mg.masked_select(mg.tensor([1.0, 2.0, 3.0]), mg.tensor([True, False, True]))
    tensor([1., 3.])
    """
    check_mask(mask, "masked_select")
    holds = mask._array
    if input._array.shape != holds.shape:
        shape = np.broadcast_shapes(input._array.shape, holds.shape)
        input, holds = input.expand(shape), np.broadcast_to(holds, shape)
    return rules.getitem.apply(input, (holds,))


@with_in_place
def masked_fill(input: Tensor, mask: Tensor, value: Operand) -> Tensor:
    """The input with ``value`` where ``mask`` holds.

    Parameters
    ----------
    input : Tensor
    mask : Tensor of bool
        Of a shape that broadcasts.
    value : number or 0-d Tensor

    Returns
    -------
    Tensor
        Of the dtype of ``input``.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0]).masked_fill(mg.tensor([True, False]), 0)
    tensor([0., 2.])
    """
    check_mask(mask, "masked_fill")
    return _where.apply(mask, filler(value, input, "masked_fill"), input)


def filler(value: Any, like: Tensor, name: str) -> Tensor:
    """A 0-d Tensor of the dtype of ``like`` for a number or 0-d Tensor that fits into it."""
    dtype = like._array.dtype
    if isinstance(value, Tensor):
        if value._array.ndim:
            raise RuntimeError(
                f"{name}: the value must be a number or a 0-d Tensor, got shape "
                f"{tuple(value._array.shape)}"
            )
        given = value._array.dtype
    else:
        given = np.asarray(value).dtype
    if given.kind == "f" and dtype.kind != "f":
        raise RuntimeError(
            f"{name}: the value {value} is no integer, and the Tensor of dtype {like.dtype} can "
            "hold no other; convert it first"
        )
    if isinstance(value, Tensor):
        return value if given is dtype else value.to(like.dtype)
    return Tensor._wrap(np.array(value, dtype))


@both
def nonzero(input: Tensor, *, as_tuple: bool = False) -> Any:
    """The positions of the elements that are not zero, a row for each.

    Parameters
    ----------
    input : Tensor
    as_tuple : bool
        Instead one 1-d Tensor for each dimension, which together are an index.

    Returns
    -------
    Tensor of int64, shape (n, ndim), or a tuple

    Examples
    --------
    >>> mg.nonzero(mg.tensor([[1, 0], [0, 2]]))
    tensor([[0, 0],
            [1, 1]])
    """
    if as_tuple:
        return tuple(Tensor._wrap(i) for i in np.nonzero(one_or_more(input)._array))
    return argwhere(input)


@both
def argwhere(input: Tensor) -> Tensor:
    """The positions of the elements that are not zero, a row for each; see `nonzero`.

    Examples
    --------
    >>> mg.argwhere(mg.tensor([0, 1, 1]))
    tensor([[1],
            [2]])
    """
    return Tensor._wrap(np.ascontiguousarray(np.argwhere(input._array)))


@both
def nonzero_static(input: Tensor, *, size: int, fill_value: int = -1) -> Tensor:
    """As `nonzero`, cut or filled up to ``size`` rows.

    Examples
    --------
    >>> mg.nonzero_static(mg.tensor([0, 1]), size=2)
    tensor([[ 1],
            [-1]])
    """
    rows = np.argwhere(input._array)[:size]
    out = np.full((size, input._array.ndim), fill_value, np.int64)
    out[: len(rows)] = rows
    return Tensor._wrap(out)
