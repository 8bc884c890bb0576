"""Reductions and running results, with NumPy's ``axis``, ``keepdims``, ``ddof``, ``where``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..rules import cumulative, reductions
from .registry import No, answers, axes_in, axis_in, named, refuse, tensor
from .shapes import broadcast_to, moveaxis, ravel, reshape


def _options(name: str, out: Any, dtype: Any, initial: Any = No) -> None:
    refuse(name, out=(out, None))
    if dtype is not None:
        raise NotImplementedError(f"np.{name}(dtype=...) is not implemented for Tensors: use .to()")
    if initial is not No:
        raise NotImplementedError(f"np.{name}(initial=...) is not implemented for Tensors")


def _keeps(keepdims: Any) -> bool:
    return keepdims is not No and bool(keepdims)


def _axis(axis: Any, ndim: int) -> Any:
    return None if axis is None else axes_in(axis, ndim)


def _kept(a: Any, where: Any, other: float) -> Any:
    """The elements that ``where`` picks, ``other`` in the place of the rest."""
    if where is No or where is True:
        return a
    mask = tensor(where)
    shape = np.broadcast_shapes(tuple(a.shape), tuple(mask.shape))
    return np.where(mask, broadcast_to(a, shape), other)


@answers(np.sum)
def sum(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = No,
        initial: Any = No, where: Any = No) -> Any:  # fmt: skip
    """The sum over axes."""
    _options("sum", out, dtype)
    total = reductions.sum.apply(_kept(a, where, 0.0), _axis(axis, a.ndim), _keeps(keepdims))
    return total if initial is No else total + initial


def _count(a: Any, axis: Any, where: Any) -> Any:
    """How many elements a mean is over: a number, or an array where ``where`` says which."""
    if where is No or where is True:
        return float(math.prod(a.shape[k] for k in axes_in(axis, a.ndim)))
    mask = np.broadcast_to(tensor(where)._array, tuple(a.shape))
    return np.add.reduce(
        mask, axis=None if axis is None else axes_in(axis, a.ndim), dtype=float, keepdims=True
    )


@answers(np.mean)
def mean(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = No, *,
         where: Any = No) -> Any:  # fmt: skip
    """The mean over axes."""
    _options("mean", out, dtype)
    a = a if a._array.dtype.kind == "f" else a.double()
    if where is No or where is True:
        return reductions.mean.apply(a, _axis(axis, a.ndim), _keeps(keepdims))
    total = sum(_kept(a, where, 0.0), axis, keepdims=True) / tensor(_count(a, axis, where))
    return total if _keeps(keepdims) else _squeezed(total, axis)


def _squeezed(total: Any, axis: Any) -> Any:
    gone = axes_in(axis, total.ndim)
    return reshape(total, [n for k, n in enumerate(total.shape) if k not in gone])


def _correction(ddof: Any, correction: Any) -> float:
    return float(ddof if correction is No else correction)


@answers(np.var)
def var(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0,
        keepdims: Any = No, *, where: Any = No, mean: Any = No,
        correction: Any = No) -> Any:  # fmt: skip
    """The variance over axes: divided by the number of elements less ``ddof``."""
    _options("var", out, dtype)
    if where is No or where is True:
        a = a if a._array.dtype.kind == "f" else a.double()
        return reductions.var.apply(
            a, _axis(axis, a.ndim), _keeps(keepdims), _correction(ddof, correction)
        )
    count = tensor(_count(a, axis, where))
    centre = sum(_kept(a, where, 0.0), axis, keepdims=True) / count
    total = sum(_kept((a - centre) ** 2, where, 0.0), axis, keepdims=True)
    spread = total / (count - _correction(ddof, correction))
    return spread if _keeps(keepdims) else _squeezed(spread, axis)


@answers(np.std)
def std(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, ddof: Any = 0,
        keepdims: Any = No, *, where: Any = No, mean: Any = No,
        correction: Any = No) -> Any:  # fmt: skip
    """The standard deviation over axes: the root of `var`."""
    _options("std", out, dtype)
    if where is No or where is True:
        a = a if a._array.dtype.kind == "f" else a.double()
        return reductions.std.apply(
            a, _axis(axis, a.ndim), _keeps(keepdims), _correction(ddof, correction)
        )
    found = var(a, axis, ddof=ddof, keepdims=keepdims, where=where, correction=correction)
    return np.sqrt(found)


def _extreme(functions: Any, prim: Any, worst: float) -> Any:
    def extreme(a: Any, axis: Any = None, out: Any = None, keepdims: Any = No, initial: Any = No,
                where: Any = No) -> Any:  # fmt: skip
        _options(functions[0].__name__, out, None)
        found = prim.apply(_kept(a, where, worst), _axis(axis, a.ndim), _keeps(keepdims))
        better = np.maximum if worst < 0 else np.minimum
        return found if initial is No else better(found, initial)

    extreme.__doc__ = "The extreme over axes; equal ones share the gradient evenly."
    return answers(*functions)(extreme)


amax = _extreme((np.max, np.amax), reductions.amax, -math.inf)
amin = _extreme((np.min, np.amin), reductions.amin, math.inf)


@answers(np.ptp)
def ptp(a: Any, axis: Any = None, out: Any = None, keepdims: Any = No) -> Any:
    """The largest less the smallest."""
    return amax(a, axis, out, keepdims) - amin(a, axis, out, keepdims)


@answers(np.prod)
def prod(a: Any, axis: Any = None, dtype: Any = None, out: Any = None, keepdims: Any = No,
         initial: Any = No, where: Any = No) -> Any:  # fmt: skip
    """The product over axes; right where elements are zero."""
    _options("prod", out, dtype)
    a = _kept(a, where, 1.0)
    axes = axes_in(axis, a.ndim)
    kept = [1 if k in axes else n for k, n in enumerate(a.shape)]
    lines = reshape(
        moveaxis(a, axes, tuple(range(-len(axes), 0))) if axes else a,
        [*(n for k, n in enumerate(a.shape) if k not in axes), -1],
    )
    found = reshape(
        cumulative.prod.apply(lines, lines.ndim - 1, False),
        kept if _keeps(keepdims) else [n for k, n in enumerate(a.shape) if k not in axes],
    )
    return found if initial is No else found * initial


def _running(function: Any, prim: Any) -> None:
    def running(a: Any, axis: Any = None, dtype: Any = None, out: Any = None) -> Any:
        _options(function.__name__, out, dtype)
        if axis is None:
            a, axis = ravel(a), 0
        return prim.apply(a, axis_in(axis, a.ndim))

    running.__doc__ = "The running result along an axis."
    answers(function)(running)


_running(np.cumsum, cumulative.cumsum)
_running(np.cumprod, cumulative.cumprod)


def _cumulative(name: str, function: Any) -> None:
    def running(x: Any, /, *, axis: Any = None, dtype: Any = None, out: Any = None,
                include_initial: bool = False) -> Any:  # fmt: skip
        axis = 0 if axis is None and x.ndim == 1 else axis
        found = function(x, axis=axis)
        if include_initial:
            start = np.zeros_like if name == "cumulative_sum" else np.ones_like
            first = start(np.take(found._array, [0], axis))
            return np.concatenate([tensor(first), found], axis)
        return found

    running.__doc__ = "The running result along an axis."
    answers(*named(name))(running)


_cumulative("cumulative_sum", np.cumsum)
_cumulative("cumulative_prod", np.cumprod)


def _without_nan(function: Any, answer: Any, other: float) -> None:
    def over_numbers(a: Any, axis: Any = None, *args: Any, **kwargs: Any) -> Any:
        return answer(np.where(np.isnan(a), other, a), axis, *args, **kwargs)

    over_numbers.__doc__ = "Over the elements that are not NaN."
    answers(function)(over_numbers)


_without_nan(np.nansum, sum, 0.0)
_without_nan(np.nanprod, prod, 1.0)
_without_nan(np.nanmax, amax, -math.inf)
_without_nan(np.nanmin, amin, math.inf)
_without_nan(np.nancumsum, np.cumsum, 0.0)
_without_nan(np.nancumprod, np.cumprod, 1.0)


def _of_numbers(function: Any, answer: Any) -> None:
    def over_numbers(a: Any, axis: Any = None, *args: Any, **kwargs: Any) -> Any:
        numbers = ~np.isnan(a._array)
        clean = np.where(tensor(numbers), a, 0.0)
        return answer(clean, axis, *args, where=numbers, **kwargs)

    over_numbers.__doc__ = "Over the elements that are not NaN."
    answers(function)(over_numbers)


_of_numbers(np.nanmean, mean)
_of_numbers(np.nanvar, var)
_of_numbers(np.nanstd, std)


@answers(np.average)
def average(a: Any, axis: Any = None, weights: Any = None, returned: bool = False, *,
            keepdims: Any = No) -> Any:  # fmt: skip
    """The weighted mean over axes."""
    a = tensor(a)
    if weights is None:
        found = mean(a, axis, keepdims=keepdims)
        total = np.full(tuple(found.shape), float(a._array.size // max(found._array.size, 1)))
        return (found, tensor(total)) if returned else found
    w = tensor(weights, a)
    if tuple(w.shape) != tuple(a.shape):
        axes = axes_in(axis, a.ndim)
        w = reshape(w, [n if k in axes else 1 for k, n in enumerate(a.shape)])
        w = broadcast_to(w, tuple(a.shape))
    total = sum(w, axis, keepdims=keepdims)
    found = sum(a * w, axis, keepdims=keepdims) / total
    return (found, total) if returned else found


@answers(np.trace)
def trace(a: Any, offset: int = 0, axis1: int = 0, axis2: int = 1, dtype: Any = None,
          out: Any = None) -> Any:  # fmt: skip
    """The sum of a diagonal."""
    _options("trace", out, dtype)
    return sum(np.diagonal(a, offset, axis1, axis2), -1)


@answers(*named("linalg.trace"))
def trace_of_matrices(x: Any, /, *, offset: int = 0, dtype: Any = None) -> Any:
    """The sum of a diagonal of each matrix."""
    return trace(x, offset, -2, -1, dtype)


@answers(np.diff)
def diff(a: Any, n: int = 1, axis: int = -1, prepend: Any = No, append: Any = No) -> Any:
    """The differences of neighbours, ``n`` times."""
    axis = axis_in(axis, a.ndim)

    def edge(x: Any) -> Any:
        x = tensor(x, a)
        shape = (*a.shape[:axis], 1, *a.shape[axis + 1 :])
        return x if x.ndim else broadcast_to(x, shape)

    parts = [edge(x) for x in (prepend,) if x is not No]
    parts += [a, *(edge(x) for x in (append,) if x is not No)]
    if len(parts) > 1:
        a = np.concatenate(parts, axis)
    before = (slice(None),) * axis
    for _ in range(n):
        a = a[(*before, slice(1, None))] - a[(*before, slice(None, -1))]
    return a


@answers(np.ediff1d)
def ediff1d(ary: Any, to_end: Any = None, to_begin: Any = None) -> Any:
    """The differences of neighbours of the flattened array."""
    found = diff(ravel(ary))
    first = [ravel(tensor(to_begin, ary))] if to_begin is not None else []
    last = [ravel(tensor(to_end, ary))] if to_end is not None else []
    return np.concatenate([*first, found, *last]) if first or last else found


@answers(np.gradient)
def gradient(f: Any, *varargs: Any, axis: Any = None, edge_order: int = 1) -> Any:
    """Central differences inside, one-sided ones at the edges."""
    f = tensor(f)
    axes = axes_in(axis, f.ndim)
    spacing: list[Any] = list(varargs) if varargs else [1.0]
    if len(spacing) == 1 and np.ndim(getattr(spacing[0], "_array", spacing[0])) == 0:
        spacing *= len(axes)
    if len(spacing) != len(axes):
        raise TypeError("gradient: one spacing for each axis")
    found = []
    for k, h in zip(axes, spacing, strict=True):
        lines = moveaxis(f, k, 0)
        n = lines.shape[0]
        if n < edge_order + 1:
            raise ValueError("gradient: the array is too small for edge_order")
        at = tensor(h, f)
        if at.ndim == 0:
            at = at * tensor(np.arange(float(n)), f).to(f._array.dtype)
        found.append(moveaxis(_slopes(lines, at, edge_order), 0, k))
    if len(axes) == 1 or (axis is not None and np.ndim(axis) == 0):
        return found[0]
    return tuple(found)


def _slopes(f: Any, x: Any, edge_order: int) -> Any:
    """Second-order differences along the first axis, at positions of any spacing."""
    steps = reshape(x[1:] - x[:-1], (-1,) + (1,) * (f.ndim - 1))
    a, b = steps[:-1], steps[1:]
    inside = (
        f[2:] * (a / (b * (a + b))) + f[1:-1] * ((b - a) / (a * b)) - f[:-2] * (b / (a * (a + b)))
    )
    if edge_order == 1:
        first = (f[1:2] - f[0:1]) / steps[0:1]
        last = (f[-1:] - f[-2:-1]) / steps[-1:]
    else:
        a, b = steps[0:1], steps[1:2]
        first = (
            f[1:2] * ((a + b) / (a * b)) - f[0:1] * ((2.0 * a + b) / (a * (a + b)))
            - f[2:3] * (a / (b * (a + b)))
        )  # fmt: skip
        a, b = steps[-2:-1], steps[-1:]
        last = (
            f[-3:-2] * (b / (a * (a + b))) - f[-2:-1] * ((a + b) / (a * b))
            + f[-1:] * ((2.0 * b + a) / (b * (a + b)))
        )  # fmt: skip
    return np.concatenate([first, inside, last])


@answers(*named("trapezoid"))
def trapezoid(y: Any, x: Any = None, dx: Any = 1.0, axis: int = -1) -> Any:
    """The integral by the trapezoidal rule."""
    y = tensor(y)
    axis = axis_in(axis, y.ndim)
    if x is None:
        steps: Any = dx
    else:
        x = tensor(x)
        steps = diff(x) if x.ndim == 1 else diff(x, axis=axis)
        if x.ndim == 1:
            steps = reshape(steps, (-1,) + (1,) * (y.ndim - 1 - axis))
    before = (slice(None),) * axis
    middle = (y[(*before, slice(1, None))] + y[(*before, slice(None, -1))]) * 0.5
    return sum(steps * middle, axis)


@answers(np.cov)
def cov(m: Any, y: Any = None, rowvar: bool = True, bias: bool = False, ddof: Any = None,
        fweights: Any = None, aweights: Any = None, *, dtype: Any = None) -> Any:  # fmt: skip
    """The covariances of variables."""
    refuse("cov", fweights=(fweights, None), aweights=(aweights, None), dtype=(dtype, None))

    def rows(a: Any) -> Any:
        a = np.atleast_2d(tensor(a))
        return a if rowvar or a.shape[0] == 1 else a.T

    x = rows(m) if y is None else np.concatenate([rows(m), rows(y)])
    x = x - mean(x, 1, keepdims=True)
    correction = (0 if bias else 1) if ddof is None else ddof
    return np.squeeze((x @ x.T) / float(x.shape[1] - correction))


@answers(np.corrcoef)
def corrcoef(x: Any, y: Any = None, rowvar: bool = True, *, dtype: Any = None) -> Any:
    """The correlations of variables."""
    c = cov(x, y, rowvar)
    if not c.ndim:
        return c / c
    deviation = np.sqrt(np.diagonal(c))
    return c / deviation[:, None] / deviation[None, :]
