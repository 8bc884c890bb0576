"""How numbers are spread: variance, median and other quantiles, the most frequent, histograms."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .. import _promotion
from .._methods import both, function
from .._primitive import Primitive
from .._tensor import Tensor
from ..rules import reductions as rules
from ..rules.elementwise import where
from ..rules.indexing import gather
from ..rules.reductions import kept_shape
from ..rules.scatter import lowest
from ..rules.sorting import order
from ._dimensions import dims, one_dim
from .reductions import mean


def _spread(
    prim: Primitive, input: Tensor, dim: Any, unbiased: Any, keepdim: bool, correction: Any
) -> tuple[Tensor, Any, bool]:
    """The variance or deviation, the axes, and ``keepdim``: PyTorch's three ways to call it."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None and not isinstance(unbiased, bool):
        raise TypeError(
            f"{prim.name}: unbiased must be True or False, got {unbiased!r}; say correction=..."
        )
    if input._array.dtype.kind != "f":
        raise RuntimeError(
            f"{prim.name}: the dtype must be a floating type, got {input.dtype}; say .float() first"
        )
    if unbiased is not None:
        correction = 1 if unbiased else 0
    elif correction is None:
        correction = 1
    axes = dims(dim, input._array.ndim)
    return prim.apply(input, axes, keepdim, correction), axes, keepdim


@both
def var(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: float | None = 1,
) -> Tensor:  # fmt: skip
    """The variance: ``sum((x - mean)**2) / (n - correction)``.

    Parameters
    ----------
    input : Tensor
        Of a floating type.
    dim : int or sequence of int, optional
        Default: all dimensions.
    unbiased : bool, optional
        The older name: True is ``correction=1``, False 0. ``var(False)`` works too.
    keepdim : bool
        Keep the dimensions as size 1.
    correction : number, optional
        1 for the unbiased estimate of a sample, 0 for the variance of a population.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        For integers and truth values.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 3.0]).var()
    tensor(1.)
    """
    return _spread(rules.var, input, dim, unbiased, keepdim, correction)[0]


@both
def std(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: float | None = 1,
) -> Tensor:  # fmt: skip
    """The standard deviation, the square root of `var`.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 3.0]).std()
    tensor(1.)
    """
    return _spread(rules.std, input, dim, unbiased, keepdim, correction)[0]


@function
def var_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: float | None = 1,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The variance and the mean; see `var`.

    Examples
    --------
    >>> mg.var_mean(mg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    found, axes, keepdim = _spread(rules.var, input, dim, unbiased, keepdim, correction)
    return found, mean(input, axes, keepdim)


@function
def std_mean(
    input: Tensor, dim: Any = None, unbiased: Any = None, keepdim: bool = False, *,
    correction: float | None = 1,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """The standard deviation and the mean; see `var`.

    Examples
    --------
    >>> mg.std_mean(mg.tensor([1.0, 2.0, 3.0]))
    (tensor(1.), tensor(2.))
    """
    found, axes, keepdim = _spread(rules.std, input, dim, unbiased, keepdim, correction)
    return found, mean(input, axes, keepdim)


class picked(NamedTuple):
    """What `median`, `nanmedian`, `mode` and `kthvalue` return along a dimension."""

    values: Tensor
    indices: Tensor


def pick(input: Tensor, dim: int, keepdim: bool, choose: Any) -> picked:
    """The elements at positions along one dimension: ``choose(array, axis)``, which has size 1."""
    x = input if input._array.ndim else input.reshape(1)
    axis = one_dim(dim, input._array.ndim)
    indices = Tensor._wrap(choose(x._array, axis))
    values = gather.apply(x, indices, axis)
    if keepdim and input._array.ndim:
        return picked(values, indices)
    shape = values._array.shape
    shape = shape[:axis] + shape[axis + 1 :]
    return picked(values.reshape(shape), indices.reshape(shape))


def _not_empty(x: Any, axis: int, name: str) -> int:
    if not x.shape[axis]:
        raise IndexError(
            f"{name}: there is no {name} of no elements (dimension {axis} of shape {x.shape})"
        )
    return int(x.shape[axis])


def _middle(x: Any, axis: int) -> Any:
    """Where the lower median is: of a line with a NaN, where the first NaN is."""
    k = (_not_empty(x, axis, "median") - 1) // 2
    places = _at_rank(x, k, axis)
    if x.dtype.kind != "f":
        return places
    missing = x != x
    some = missing.any(axis, keepdims=True)
    return np.where(some, missing.argmax(axis, keepdims=True), places) if some.any() else places


def _nanmiddle(x: Any, axis: int) -> Any:
    """Where the lower median of the numbers is, which are sorted before the NaNs."""
    _not_empty(x, axis, "nanmedian")
    present = np.count_nonzero(x == x, axis=axis, keepdims=True)
    return np.take_along_axis(np.argsort(x, axis), np.maximum(present - 1, 0) // 2, axis)


def _median(input: Tensor, dim: int | None, keepdim: bool, choose: Any) -> Any:
    if dim is not None:
        return pick(input, dim, keepdim, choose)
    x = input._array
    if not x.size:
        return Tensor._wrap(np.array(np.nan if x.dtype.kind == "f" else lowest(x.dtype), x.dtype))
    value = np.take(x, choose(x.reshape(-1), 0)).reshape(())
    if input._node is None:
        return Tensor._wrap(value)
    # All elements equal to the median share the gradient: their mean is the median.
    hits = x == value if value == value else x != x
    return input[Tensor._wrap(hits)].mean()


@both
def median(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The middle of the sorted elements (the lower of two); along a dimension, also where it is.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        Default: of all elements.
    keepdim : bool
        Keep the dimension as size 1.

    Returns
    -------
    Tensor, or (values, indices)
        NaN where there is one among the elements; see `nanmedian`.

    Examples
    --------
    >>> mg.median(mg.tensor([3.0, 1.0, 2.0, 9.0]))
    tensor(2.)
    >>> mg.median(mg.tensor([[3.0, 1.0, 2.0]]), dim=1)
    picked(values=tensor([2.]), indices=tensor([2]))
    """
    return _median(input, dim, keepdim, _middle)


@both
def nanmedian(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Any:
    """The `median` of the elements that are not NaN.

    Examples
    --------
    >>> mg.nanmedian(mg.tensor([3.0, float("nan"), 2.0]))
    tensor(2.)
    """
    return _median(input, dim, keepdim, _nanmiddle)


def _most_frequent(x: Any, axis: int) -> Any:
    n = _not_empty(x, axis, "mode")
    places = order(x, axis)
    values = np.take_along_axis(x, places, axis)
    rank = np.arange(n).reshape((-1,) + (1,) * (x.ndim - axis - 1))
    begins = np.ones(x.shape, bool)
    begins[(slice(None),) * axis + (slice(1, None),)] = np.diff(values, axis=axis) != 0
    # In a run of equal values the count so far: the first longest run is of the smallest mode.
    count = rank - np.maximum.accumulate(np.where(begins, rank, 0), axis)
    return np.take_along_axis(places, count.argmax(axis, keepdims=True), axis)


@both
def mode(input: Tensor, dim: int = -1, keepdim: bool = False) -> picked:
    """The most frequent element along a dimension (the smallest of several), and the last place.

    Examples
    --------
    >>> mg.mode(mg.tensor([6, 5, 1, 5, 6, 5]))
    picked(values=tensor(5), indices=tensor(5))
    """
    return pick(input, dim, keepdim, _most_frequent)


@both
def kthvalue(input: Tensor, k: int, dim: int = -1, keepdim: bool = False) -> picked:
    """The ``k``-th smallest element along a dimension, from 1, and where it is.

    Examples
    --------
    >>> mg.kthvalue(mg.tensor([5.0, 1.0, 3.0]), 2)
    picked(values=tensor(3.), indices=tensor(2))
    """
    n = input._array.shape[one_dim(dim, input._array.ndim)] if input._array.ndim else 1
    if not 1 <= k <= n:
        kind = RuntimeError if n else IndexError
        raise kind(f"kthvalue: k is from 1 to {n}, the size of the dimension, got {k}")
    return pick(input, dim, keepdim, lambda x, axis: _at_rank(x, k - 1, axis))


def _at_rank(x: Any, rank: int, axis: int) -> Any:
    """Where the element is that sorting would put at ``rank``."""
    return np.argpartition(x, rank, axis)[(slice(None),) * axis + (slice(rank, rank + 1),)]


_INTERPOLATIONS = ("linear", "lower", "higher", "midpoint", "nearest")


def _quantile(
    input: Tensor, q: Any, dim: int | None, keepdim: bool, interpolation: str, name: str
) -> Tensor:
    from .sorting import sort

    x = input._array
    if x.dtype not in _promotion.FLOATS:
        raise RuntimeError(f"{name}: the dtype must be a floating type, got {input.dtype}")
    if interpolation not in _INTERPOLATIONS:
        raise RuntimeError(
            f"{name}: interpolation is one of {', '.join(_INTERPOLATIONS)}, got {interpolation!r}"
        )
    chances = q._array if isinstance(q, Tensor) else np.array(q, x.dtype)
    if isinstance(q, Tensor) and chances.dtype is not x.dtype:
        raise RuntimeError(f"{name}: q is of dtype {q.dtype}, the input {input.dtype}; make equal")
    if chances.ndim > 1:
        raise RuntimeError(f"{name}: q must be a number or a 1-d Tensor, got {q.ndim} dimensions")
    if not ((chances >= 0) & (chances <= 1)).all():
        raise RuntimeError(f"{name}: q lies in [0, 1], got {chances}")
    if not x.size:
        raise RuntimeError(f"{name}: there are no elements (shape {tuple(x.shape)})")
    axis = None if dim is None or not x.ndim else one_dim(dim, x.ndim)
    lines = input.reshape(-1) if axis is None else input.transpose(axis, -1)
    found = _at_ranks(sort(lines, -1)[0], q, chances, interpolation, name)
    # The quantiles lie along the last axis, which the reduced one was exchanged with.
    places = list(range(x.ndim))
    if axis is not None:
        places[axis], places[-1] = places[-1], axis
    others = [] if axis is None else [places.index(k) for k in range(x.ndim) if k != axis]
    shape = kept_shape(x.shape, axis)
    if not keepdim:
        shape = () if axis is None else shape[:axis] + shape[axis + 1 :]
    found = found.permute(found.ndim - 1, *others)
    return found.reshape(-1, *shape) if chances.ndim else found.reshape(shape)


def _at_ranks(ascending: Tensor, q: Any, chances: Any, interpolation: str, name: str) -> Tensor:
    """The elements of sorted lines at fractions of their length, interpolated."""
    x = ascending._array
    end = x[..., -1:]
    if name == "nanquantile":
        last = np.maximum(np.count_nonzero(x == x, axis=-1, keepdims=True) - 1, 0)
        ranks = chances * last
    else:
        # NaNs are sorted to the end: where there is one, it is the answer.
        last = np.where(end != end, 0, x.shape[-1] - 1)
        ranks = np.where(end != end, x.shape[-1] - 1.0, chances * last)
    ranks = ranks.astype(x.dtype)

    def at(places: Any) -> Tensor:
        return gather.apply(ascending, Tensor._wrap(places.astype(np.intp)), x.ndim - 1)

    whole = {"lower": np.floor, "higher": np.ceil, "nearest": np.rint}.get(interpolation)
    if whole is not None:
        return at(whole(ranks))
    below = np.floor(ranks)
    fraction = np.full_like(ranks, 0.5) if interpolation == "midpoint" else ranks - below
    weight = Tensor._wrap(fraction)
    if isinstance(q, Tensor) and q._node is not None and interpolation == "linear":
        steps = Tensor._wrap(last.astype(x.dtype))
        weight = q * steps + Tensor._wrap(fraction - chances * steps._array)
    low, high = at(below), at(np.ceil(ranks))
    # From the nearer end, so that an infinite other end does no harm.
    near = Tensor._wrap(fraction < 0.5)
    nearest = where.apply(near, low, high)
    return nearest + (high - low) * (weight - Tensor._wrap((fraction >= 0.5).astype(x.dtype)))


@both
def quantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *,
    interpolation: str = "linear",
) -> Tensor:  # fmt: skip
    """The elements at fractions of the sorted order.

    Parameters
    ----------
    input : Tensor
        Of a floating type.
    q : number, or 1-d Tensor
        Fractions in [0, 1]; those of a Tensor make a new first dimension.
    dim : int, optional
        Default: of all elements.
    keepdim : bool
        Keep the dimension as size 1.
    interpolation : {"linear", "lower", "higher", "midpoint", "nearest"}
        What lies between two elements.

    Returns
    -------
    Tensor
        NaN where there is one among the elements; see `nanquantile`.

    Examples
    --------
    >>> mg.quantile(mg.tensor([1.0, 2.0, 4.0]), 0.75)
    tensor(3.)
    """
    return _quantile(input, q, dim, keepdim, interpolation, "quantile")


@both
def nanquantile(
    input: Tensor, q: Any, dim: int | None = None, keepdim: bool = False, *,
    interpolation: str = "linear",
) -> Tensor:  # fmt: skip
    """The `quantile` of the elements that are not NaN.

    Examples
    --------
    >>> mg.nanquantile(mg.tensor([1.0, float("nan"), 4.0]), 0.5)
    tensor(2.5000)
    """
    return _quantile(input, q, dim, keepdim, interpolation, "nanquantile")
