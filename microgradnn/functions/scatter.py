"""Elements, or whole slices, put at positions along one dimension and combined there."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._tensor import Tensor
from ..rules import indexing as rules
from ..rules import scatter as extremes
from ..rules.cumulative import recurrence
from ..rules.elementwise import add
from ..rules.shapes import cat
from ._dimensions import one_dim
from .elementwise import with_in_place
from .indexing import check_along, check_integers, check_range, filler, one_or_more


def check_same_dtype(x: Tensor, src: Any, name: str) -> None:
    """Raise unless the source is a Tensor of the dtype of the input."""
    if not isinstance(src, Tensor):
        raise TypeError(f"{name}: the source must be a Tensor, got {type(src).__name__}")
    if src._array.dtype is not x._array.dtype and src._array.dtype != x._array.dtype:
        raise RuntimeError(
            f"{name}: the source is of dtype {src.dtype}, the input of dtype {x.dtype}; convert "
            f"one of them, for example with .to({x.dtype})"
        )


def _prepare(
    input: Tensor, dim: int, index: Tensor, src: Any, name: str
) -> tuple[Tensor, int, Tensor, Any]:
    """What the functions that scatter along a dimension check, and 0-d Tensors as 1-d."""
    check_integers(index, name)
    axis = one_dim(dim, input._array.ndim)
    x, places = one_or_more(input), one_or_more(index)
    check_along(x, axis, places, name)
    check_range(places._array, x._array.shape[axis], dim, name)
    if isinstance(src, Tensor):
        check_same_dtype(x, src, name)
        src = one_or_more(src)
        shape, wanted = src._array.shape, places._array.shape
        if shape != wanted and places._array.size:
            if len(shape) != len(wanted) or any(m > n for n, m in zip(shape, wanted, strict=True)):
                raise RuntimeError(
                    f"{name}: the source has shape {tuple(shape)}, the index {tuple(wanted)}; the "
                    "source must not be shorter in any dimension"
                )
            src = src[tuple(slice(n) for n in wanted)]
    return x, axis, places, src


def _as(input: Tensor, out: Tensor) -> Tensor:
    """The result in the shape of the input, if that was 0-d."""
    return out if input._array.ndim else out.reshape(())


@with_in_place
def scatter(
    input: Tensor,
    dim: int,
    index: Tensor,
    src: Any = None,
    *,
    value: Any = None,
    reduce: str | None = None,
) -> Tensor:
    """Elements put at positions along one dimension: ``out[i][index[i][j]] = src[i][j]`` for dim 1.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64
        Of the dimensions of ``input``; not longer than it in the others.
    src : Tensor or number
        At least of the shape of ``index``. Of several that go to one place the last counts.
    value : number
        In place of ``src``.
    reduce : {"add", "multiply"}, optional
        Combine instead of replace; see `scatter_reduce`.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.zeros(3).scatter(0, mg.tensor([0, 2]), mg.tensor([5.0, 7.0]))
    tensor([5., 0., 7.])
    """
    if (src is None) == (value is None):
        raise TypeError("scatter: give either src, a Tensor, or value, a number")
    if src is None:
        src = value
    if not isinstance(src, Tensor):
        src = filler(src, input, "scatter")
        if reduce is not None:
            src = src.expand(index._array.shape)
    elif not src._array.ndim and index._array.ndim:
        raise RuntimeError("scatter: a src of no dimensions; say value=src.item()")
    if reduce is not None:
        if reduce not in ("add", "multiply"):
            raise RuntimeError(f'scatter: reduce is "add" or "multiply", got {reduce!r}')
        kind = "sum" if reduce == "add" else "prod"
        x, axis, places, src = _prepare(input, dim, index, src, "scatter")
        return _as(input, _combine(x, axis, places, src, kind, True))
    if src._array.ndim:
        x, axis, places, src = _prepare(input, dim, index, src, "scatter")
    else:
        x, axis, places, _ = _prepare(input, dim, index, None, "scatter")
    if not places._array.size:
        return input.clone()
    return _as(input, rules.setitem.apply(x, src, rules.along(places._array, axis)))


@with_in_place
def scatter_add(input: Tensor, dim: int, index: Tensor, src: Tensor) -> Tensor:
    """Elements added at positions along one dimension; see `scatter`.

    Examples
    --------
    >>> mg.zeros(3).scatter_add(0, mg.tensor([0, 0]), mg.tensor([5.0, 7.0]))
    tensor([12.,  0.,  0.])
    """
    check_same_dtype(input, src, "scatter_add")
    x, axis, places, src = _prepare(input, dim, index, src, "scatter_add")
    return _as(input, _combine(x, axis, places, src, "sum", True))


@with_in_place
def scatter_reduce(
    input: Tensor, dim: int, index: Tensor, src: Tensor, reduce: str, *, include_self: bool = True
) -> Tensor:
    """Elements combined into positions along one dimension; see `scatter`.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64
    src : Tensor
    reduce : {"sum", "prod", "mean", "amax", "amin"}
    include_self : bool
        Whether the elements of ``input`` take part, where any are put.

    Returns
    -------
    Tensor
        Derivatives of products are right where elements are zero; equal extremes share.

    Examples
    --------
    >>> mg.ones(2).scatter_reduce(0, mg.tensor([0, 0]), mg.tensor([2.0, 3.0]), "prod")
    tensor([6., 1.])
    """
    check_same_dtype(input, src, "scatter_reduce")
    x, axis, places, src = _prepare(input, dim, index, src, "scatter_reduce")
    return _as(input, _combine(x, axis, places, src, reduce, include_self))


_REDUCTIONS = ("sum", "prod", "mean", "amax", "amin")


def _combine(
    x: Tensor, axis: int, index: Tensor, src: Tensor, reduce: str, include_self: bool
) -> Tensor:
    if reduce not in _REDUCTIONS:
        raise RuntimeError(f"reduce is one of {', '.join(_REDUCTIONS)}, got {reduce!r}")
    if not index._array.size:
        return x.clone()
    if reduce == "amax":
        return extremes.scatter_amax.apply(x, index, src, axis, include_self)
    if reduce == "amin":
        return extremes.scatter_amin.apply(x, index, src, axis, include_self)
    if reduce == "prod":
        return _products(x, axis, index, src, include_self)
    shape = x._array.shape
    if not include_self:
        zero = filler(0, x, "")
        x = rules.setitem.apply(x, zero, rules.along(index._array, axis))
    total = add.apply(x, rules.put_along.apply(src, index, axis, shape))
    if reduce == "sum":
        return total
    ones = np.ones(index._array.shape, np.int64)
    count = rules.put_along.forward(ones, index._array, axis, shape)
    count = count + 1 if include_self else np.maximum(count, 1)
    if x._array.dtype.kind == "f":
        return total / Tensor._wrap(count)
    return Tensor._wrap((total._array // count).astype(x._array.dtype))


def _products(x: Tensor, axis: int, index: Tensor, src: Tensor, include_self: bool) -> Tensor:
    """The products of what comes to each place."""
    if x._node is None and src._node is None:
        return Tensor._wrap(
            extremes.reduce_at(
                np.multiply, x._array, index._array, src._array, axis, include_self, 1
            )
        )
    # Sorted by place they are runs, and a running product that begins anew with each run is a
    # recurrence, which has derivatives of any order without a division.
    shape, size = x._array.shape, x._array.size
    places = rules.flat_along(index._array, axis, shape).ravel()
    elements = src.reshape(-1)
    if include_self:
        places = np.concatenate((np.arange(size), places))
        elements = cat.apply(x.reshape(-1), elements, 0)
    order = np.argsort(places, kind="stable")
    places = places[order]
    elements = elements[Tensor._wrap(order)]
    begins = np.append(True, places[1:] != places[:-1])
    start = Tensor._wrap(begins.astype(elements._array.dtype))
    running = recurrence.apply(elements * start, elements * (1 - start), 0)
    ends = np.flatnonzero(np.append(begins[1:], True))
    return rules.setitem.apply(x.reshape(-1), running[Tensor._wrap(ends)], (places[ends],)).reshape(
        shape
    )


def _prepare_slices(
    input: Tensor, dim: int, index: Tensor, source: Any, name: str
) -> tuple[Tensor, int, Any, Any]:
    """What the functions with one index for whole slices check, and 0-d Tensors as 1-d."""
    check_integers(index, name)
    axis = one_dim(dim, input._array.ndim)
    if index._array.ndim > 1:
        raise IndexError(f"{name}: the index must be 1-d, got shape {tuple(index._array.shape)}")
    x, places = one_or_more(input), index._array.reshape(-1)
    check_range(places, x._array.shape[axis], dim, name)
    if source is not None:
        check_same_dtype(x, source, name)
        shape = x._array.shape
        wanted = (*shape[:axis], len(places), *shape[axis + 1 :])
        given = source._array.shape
        if given != wanted:
            if source._array.size != 1 or len(places) != 1 or len(wanted) != 1:
                raise RuntimeError(
                    f"{name}: the source has shape {tuple(given)}; with {len(places)} indices for "
                    f"dimension {dim} of a Tensor of shape {tuple(shape)} it must have {wanted}"
                )
            source = source.reshape(wanted)
    return x, axis, places, source


def _at(axis: int, places: Any) -> tuple[Any, ...]:
    return (slice(None),) * axis + (places, Ellipsis)


def _across(places: Any, axis: int, shape: tuple[int, ...]) -> Tensor:
    """An index of whole slices as one of single elements, without a copy."""
    column = places.reshape((-1,) + (1,) * (len(shape) - axis - 1))
    return Tensor._wrap(np.broadcast_to(column, shape))


@with_in_place
def index_add(
    input: Tensor, dim: int, index: Tensor, source: Tensor, *, alpha: float = 1
) -> Tensor:
    """Slices, times ``alpha``, added at positions of one dimension.

    Parameters
    ----------
    input : Tensor
    dim : int
    index : Tensor of int64, shape (n,)
    source : Tensor
        Of the shape of ``input``, but of size n at ``dim``.
    alpha : number

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.zeros(2, 2).index_add(0, mg.tensor([1, 1]), mg.ones(2, 2))
    tensor([[0., 0.],
            [2., 2.]])
    """
    x, axis, places, source = _prepare_slices(input, dim, index, source, "index_add")
    if alpha != 1:
        source = source * alpha
    across = _across(places, axis, source._array.shape)
    return _as(input, add.apply(x, rules.put_along.apply(source, across, axis, x._array.shape)))


@with_in_place
def index_reduce(
    input: Tensor, dim: int, index: Tensor, source: Tensor, reduce: str, *,
    include_self: bool = True,
) -> Tensor:  # fmt: skip
    """Slices combined into positions of one dimension; see `index_add` and `scatter_reduce`.

    Examples
    --------
    >>> mg.ones(2).index_reduce(0, mg.tensor([0, 0]), mg.tensor([2.0, 3.0]), "amax")
    tensor([3., 1.])
    """
    x, axis, places, source = _prepare_slices(input, dim, index, source, "index_reduce")
    across = _across(places, axis, source._array.shape)
    return _as(input, _combine(x, axis, across, source, reduce, include_self))


@with_in_place
def index_copy(input: Tensor, dim: int, index: Tensor, source: Tensor) -> Tensor:
    """Slices put at positions of one dimension; see `index_add`.

    Examples
    --------
    >>> mg.zeros(2, 2).index_copy(0, mg.tensor([1]), mg.ones(1, 2))
    tensor([[0., 0.],
            [1., 1.]])
    """
    x, axis, places, source = _prepare_slices(input, dim, index, source, "index_copy")
    return _as(input, rules.setitem.apply(x, source, _at(axis, places)))


@with_in_place
def index_fill(input: Tensor, dim: int, index: Tensor, value: Any) -> Tensor:
    """A number put at positions of one dimension.

    Examples
    --------
    >>> mg.zeros(2, 2).index_fill(1, mg.tensor([0]), 3)
    tensor([[3., 0.],
            [3., 0.]])
    """
    x, axis, places, _ = _prepare_slices(input, dim, index, None, "index_fill")
    value = filler(value, x, "index_fill")
    # Each place once: the gradient of the number counts places, not how often they are named.
    return _as(input, rules.setitem.apply(x, value, _at(axis, np.unique(places))))
