"""Running sums and products, differences, and integrals of samples along one dimension."""

from __future__ import annotations

from typing import Any, NamedTuple

from .._methods import both, function
from .._primitive import Primitive
from .._tensor import Tensor
from ..rules import cumulative as rules
from ..rules.shapes import cat
from ._dimensions import one_dim
from .elementwise import with_in_place
from .reductions import as_summand, sum


class cumulative(NamedTuple):
    """What `cummax` and `cummin` return."""

    values: Tensor
    indices: Tensor


def _along(prim: Primitive, input: Tensor, dim: int) -> Any:
    axis = one_dim(dim, input._array.ndim)
    if input._array.ndim:
        return prim.apply(input, axis)
    result: Any = prim.apply(input.reshape(1), 0)
    return result.reshape(()) if prim.single else tuple(r.reshape(()) for r in result)


@with_in_place
def cumsum(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running sum along a dimension.

    Parameters
    ----------
    input : Tensor
    dim : int
    dtype : dtype, optional
        Converted to before. Integers and truth values sum to int64 by default.

    Returns
    -------
    Tensor
        Of the same shape.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 3.0]).cumsum(0)
    tensor([1., 3., 6.])
    """
    result: Tensor = _along(rules.cumsum, as_summand(input, dtype), dim)
    return result


@with_in_place
def cumprod(input: Tensor, dim: int, *, dtype: Any = None) -> Tensor:
    """The running product along a dimension; see `cumsum`.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 3.0]).cumprod(0)
    tensor([1., 2., 6.])
    """
    result: Tensor = _along(rules.cumprod, as_summand(input, dtype), dim)
    return result


@both
def logcumsumexp(input: Tensor, dim: int) -> Tensor:
    """``log(cumsum(exp(x)))`` along a dimension, computed without overflow.

    Examples
    --------
    >>> mg.logcumsumexp(mg.tensor([1000.0, 1000.0]), 0)
    tensor([1000.0000, 1000.6932])
    """
    result: Tensor = _along(rules.logcumsumexp, input, dim)
    return result


@both
def cummax(input: Tensor, dim: int) -> cumulative:
    """The largest element so far along a dimension, and where it is (of equal ones the latest).

    Examples
    --------
    >>> mg.cummax(mg.tensor([1.0, 3.0, 2.0]), 0)
    cumulative(values=tensor([1., 3., 3.]), indices=tensor([0, 1, 1]))
    """
    return cumulative(*_along(rules.cummax, input, dim))


@both
def cummin(input: Tensor, dim: int) -> cumulative:
    """The smallest element so far along a dimension, and where it is (of equal ones the latest).

    Examples
    --------
    >>> mg.cummin(mg.tensor([2.0, 3.0, 1.0]), 0)
    cumulative(values=tensor([2., 2., 1.]), indices=tensor([0, 0, 2]))
    """
    return cumulative(*_along(rules.cummin, input, dim))


def _part(axis: int, start: int | None, stop: int | None) -> Any:
    return (slice(None),) * axis + (slice(start, stop),)


def _one_dim(input: Tensor, dim: int, name: str) -> int:
    if not input._array.ndim:
        raise RuntimeError(f"{name} needs a Tensor of at least one dimension, got one of none")
    return one_dim(dim, input._array.ndim)


@both
def diff(
    input: Tensor,
    n: int = 1,
    dim: int = -1,
    prepend: Tensor | None = None,
    append: Tensor | None = None,
) -> Tensor:
    """The differences of neighbours along a dimension, ``n`` times over.

    Parameters
    ----------
    input : Tensor
    n : int
    dim : int
    prepend, append : Tensor, optional
        Joined to the input along ``dim`` before.

    Returns
    -------
    Tensor
        Shorter by ``n`` along ``dim``. Of truth values: whether neighbours differ.

    Examples
    --------
    >>> mg.tensor([1.0, 4.0, 9.0]).diff()
    tensor([3., 5.])
    """
    axis = _one_dim(input, dim, "diff")
    if n < 0:
        raise RuntimeError(f"diff: n, the number of times, can't be negative, got {n}")
    if not n:
        return input.clone()
    x = input
    joined = [part for part in (prepend, x, append) if part is not None]
    if len(joined) > 1:
        x = cat.apply(*joined, axis)
    for _ in range(min(n, x._array.shape[axis])):
        after, before = x[_part(axis, 1, None)], x[_part(axis, None, -1)]
        x = after != before if x._array.dtype.kind == "b" else after - before
    return x


def _steps(y: Tensor, x: Tensor | None, dx: Any, dim: int, name: str) -> tuple[Tensor, Any, int]:
    """The sums of neighbours, half the distances between them, and the axis."""
    axis = _one_dim(y, dim, name)
    if x is not None and dx is not None:
        raise RuntimeError(f"{name}: give either x, the places, or dx, the distance, not both")
    pairs = y[_part(axis, 1, None)] + y[_part(axis, None, -1)]
    if x is None:
        return pairs, (1.0 if dx is None else dx) / 2, axis
    ndim = y._array.ndim
    if x._array.ndim == 1:
        if x._array.shape[0] != y._array.shape[axis]:
            raise RuntimeError(
                f"{name}: x has {x._array.shape[0]} places, y {y._array.shape[axis]} values along "
                f"dimension {dim}; they must be equal"
            )
        distances = diff(x).reshape(-1, *[1] * (ndim - axis - 1))
    else:
        x = x.reshape(*[1] * (ndim - x.ndim), *x.shape) if x.ndim < ndim else x
        distances = diff(x, dim=dim if dim < 0 else axis - ndim)
    return pairs, distances * 0.5, axis


@function
def trapezoid(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The integral along a dimension by the trapezoid rule.

    Parameters
    ----------
    y : Tensor
        The values.
    x : Tensor, optional
        The places they are at.
    dx : number, optional
        Else the distance between them; default 1.
    dim : int

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.trapezoid(mg.tensor([1.0, 5.0, 10.0]))
    tensor(10.5000)
    """
    pairs, half, axis = _steps(y, x, dx, dim, "trapezoid")
    if x is not None:
        return sum(pairs * half, axis - y._array.ndim)
    integral: Tensor = sum(pairs, axis) * half
    return integral


@function
def cumulative_trapezoid(
    y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1
) -> Tensor:
    """The running integral along a dimension by the trapezoid rule; see `trapezoid`.

    Examples
    --------
    >>> mg.cumulative_trapezoid(mg.tensor([1.0, 5.0, 10.0]))
    tensor([ 3.0000, 10.5000])
    """
    pairs, half, axis = _steps(y, x, dx, dim, "cumulative_trapezoid")
    return cumsum(pairs * half, axis - y._array.ndim)


@function
def trapz(y: Tensor, x: Tensor | None = None, *, dx: Any = None, dim: int = -1) -> Tensor:
    """The older name of `trapezoid`.

    Examples
    --------
    >>> mg.trapz(mg.tensor([1.0, 5.0]), dx=2.0)
    tensor(6.)
    """
    return trapezoid(y, x, dx=dx, dim=dim)


def _slope(y: Tensor, h: Any, edge_order: int) -> Tensor:
    """The derivative along the last axis; ``h`` is the distance of samples, or all distances."""
    d = diff(y) / h
    first, last = d[..., :1], d[..., -1:]
    a, b = (h[:-1], h[1:]) if isinstance(h, Tensor) else (h, h)
    bend = diff(d) / (a + b)  # half the second derivative
    inner = d[..., :-1] + bend * a
    if edge_order == 2:
        left, right = (h[:1], h[-1:]) if isinstance(h, Tensor) else (h, h)
        first = first - bend[..., :1] * left
        last = last + bend[..., -1:] * right
    return cat.apply(first, inner, last, y._array.ndim - 1)


@function
def gradient(
    input: Tensor, *, spacing: Any = None, dim: Any = None, edge_order: int = 1
) -> tuple[Tensor, ...]:
    """The derivatives of sampled values: central differences, one-sided at the ends.

    Parameters
    ----------
    input : Tensor
    spacing : number, or a sequence of numbers or of 1-d Tensors, optional
        The distance between samples (default 1), one for all dimensions or one for each; or the
        places of the samples along each dimension.
    dim : int or sequence of int, optional
        Default: all dimensions.
    edge_order : 1 or 2
        How exact the ends are.

    Returns
    -------
    tuple of Tensor
        One for each dimension.

    Examples
    --------
    >>> mg.gradient(mg.tensor([1.0, 2.0, 4.0, 8.0]))
    (tensor([1.0000, 1.5000, 3.0000, 4.0000]),)
    """
    ndim = input._array.ndim
    if edge_order not in (1, 2):
        raise RuntimeError(f"gradient: edge_order is 1 or 2, got {edge_order}")
    chosen = range(ndim) if dim is None else [dim] if isinstance(dim, int) else dim
    axes = [one_dim(d, ndim) for d in chosen]
    if not isinstance(spacing, list | tuple):
        spacing = [1 if spacing is None else spacing] * len(axes)
    if len(spacing) != len(axes):
        raise RuntimeError(
            f"gradient: {len(spacing)} spacings for {len(axes)} dimensions; one each is needed"
        )
    out = []
    for axis, h in zip(axes, spacing, strict=True):
        n = input._array.shape[axis]
        if n < edge_order + 1:
            raise RuntimeError(
                f"gradient: dimension {axis} has {n} elements, edge_order={edge_order} needs at "
                f"least {edge_order + 1}"
            )
        if isinstance(h, Tensor) and h._array.ndim:
            if h._array.shape != (n,):
                raise RuntimeError(
                    f"gradient: the places along dimension {axis} must be a Tensor of shape "
                    f"({n},), got {tuple(h._array.shape)}"
                )
            h = diff(h)
        elif isinstance(h, Tensor):
            h = h.item()
        last = input._array.ndim - 1
        out.append(_slope(input.transpose(axis, last), h, edge_order).transpose(axis, last))
    return tuple(out)
