"""Running sums and products, and what is made of them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Sample, arrays, draw, with_params
from .indexing import put_along
from .reductions import spread

_ONE_AXIS = with_params(
    ((3,), {"axis": 0}), ((2, 3), {"axis": 0}), ((2, 3), {"axis": 1}), ((2, 3, 2), {"axis": 1}),
    ((1, 2), {"axis": 0}), ((0, 2), {"axis": 0}),
)  # fmt: skip

sum_along: Any = np.add.accumulate
multiply_over: Any = np.multiply.reduce
"""Called with all arguments by position, as `reductions.add_over` is."""


def _part(axis: int, start: int | None, stop: int | None, step: int | None = None) -> Any:
    """The index of a part of one axis."""
    return (slice(None),) * axis + (slice(start, stop, step),)


def backwards(x: Any, axis: int) -> Any:
    """The same elements from the last to the first: a view."""
    return x[_part(axis, None, None, -1)]


def _delay(x: Any, axis: int, first: float) -> Any:
    out = np.empty(x.shape, x.dtype)
    out[_part(axis, 0, 1)] = first
    out[_part(axis, 1, None)] = x[_part(axis, None, -1)]
    return out


delay: Primitive = define(
    "delay", "x", _delay,
    {"x": lambda g, axis: backwards(delay(backwards(g, axis), axis=axis), axis)},
    params={"axis": 0, "first": 0.0}, mathematics="delay(x, axis, first)", public=False,
    samples=lambda: [*_ONE_AXIS(), Sample((draw((3,), -2.0, 2.0, 3),), {"first": 1.0})],
    doc="Each element moved on by one place: what came before.",
)  # fmt: skip


def from_the_end(g: Any, axis: int) -> Any:
    """The running sum from the last element to the first: the adjoint of `cumsum`."""
    return backwards(cumsum(backwards(g, axis), axis=axis), axis)


cumsum: Primitive = define(
    "cumsum", "x", lambda x, axis: sum_along(x, axis),
    {"x": lambda g, axis: from_the_end(g, axis)}, params={"axis": 0},
    mathematics="running_sum(x, axis)", kind="linear", numpy=((np.add, "accumulate"), np.cumsum),
    torch="torch.cumsum(x, axis)", samples=_ONE_AXIS,
)  # fmt: skip


def _recurrence(x: Any, factor: Any, axis: int) -> Any:
    y, c = np.array(np.moveaxis(x, axis, 0)), np.array(np.moveaxis(factor, axis, 0))
    n = len(y)
    if y.size > 32 * n:  # many lines: one step after the other, all lines at once
        for before, here, factors in zip(y, y[1:], c[1:], strict=False):
            here += factors * before
        return np.moveaxis(y, 0, axis)
    step = 1  # few: in doubling steps, after which each element has met twice as many before it
    while step < n:
        y[step:] += c[step:] * y[:-step]
        c[step:] = c[step:] * c[:-step]
        step *= 2
    return np.moveaxis(y, 0, axis)


def _recurrence_adjoint(g: Any, factor: Any, axis: int) -> Any:
    following = delay(backwards(factor, axis), axis=axis)
    return backwards(recurrence(backwards(g, axis), following, axis=axis), axis)


recurrence: Primitive = define(
    "recurrence", "x factor", _recurrence,
    {
        "x": lambda g, factor, axis: _recurrence_adjoint(g, factor, axis),
        "factor": lambda g, ans, factor, axis:
            _recurrence_adjoint(g, factor, axis) * delay(ans, axis=axis),
    },
    params={"axis": 0}, mathematics="recurrence(x, factor, axis)",
    samples=lambda: [
        *arrays(((4,), (4,), {"axis": 0}), ((2, 3), (2, 3), {"axis": 0}),
                ((2, 5), (2, 5), {"axis": 1}), ((1,), (1,), {"axis": 0}))(),
        Sample((draw((5,), -2.0, 2.0, 3), np.array([2.0, 0.0, 3.0, 0.0, 0.0])), {"axis": 0}),
        Sample((draw((3, 33), -2.0, 2.0, 4), draw((3, 33), -2.0, 2.0, 5)), {"axis": 0}),
    ],
    doc="y[k] = x[k] + factor[k] * y[k - 1]: its adjoint is one too, from the end.",
)  # fmt: skip


def _product_rule(g: Any, ans: Any, x: Any, axis: int) -> Any:
    # y[k] = y[k - 1] * x[k] without a division: right where elements are zero, at any order.
    following = delay(backwards(x, axis), axis=axis)
    reached = backwards(recurrence(backwards(g, axis), following, axis=axis), axis)
    return delay(ans, axis=axis, first=1.0) * reached


cumprod: Primitive = define(
    "cumprod", "x", lambda x, axis: np.multiply.accumulate(x, axis), {"x": _product_rule},
    params={"axis": 0}, mathematics="running_product(x, axis)",
    numpy=((np.multiply, "accumulate"), np.cumprod),
    torch="torch.cumprod(x, axis)",
    samples=lambda: [
        *_ONE_AXIS()[:-1],
        Sample((np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]]),), {"axis": 1}),
    ],
    doc="Right where elements are zero.",
)  # fmt: skip


def _others(x: Any, axis: int) -> Any:
    """For each element the product of all others along the axis: right where some are zero."""
    before = delay(cumprod(x, axis=axis), axis=axis, first=1.0)
    after = delay(cumprod(backwards(x, axis), axis=axis), axis=axis, first=1.0)
    return before * backwards(after, axis)


def _prod_rule(g: Any, x: Any, axis: int | None, keepdims: bool) -> Any:
    if axis is None:
        return g.reshape(()) * _others(x.reshape((-1,)), 0).reshape(x.shape)
    return spread(g, x.shape, axis, keepdims) * _others(x, axis)


prod = define(
    "prod", "x", lambda x, axis, keepdims: multiply_over(x, axis, None, None, keepdims),
    {"x": _prod_rule}, params={"axis": None, "keepdims": False},
    mathematics="prod(x, axis, keepdims)", symbol="Π",
    numpy=((np.multiply, "reduce"), np.prod),
    torch="torch.prod(x) if axis is None else torch.prod(x, axis, keepdims)",
    samples=lambda: [
        *_ONE_AXIS()[:-1],
        Sample((np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]]),), {"axis": 1}),
        Sample((np.array([[2.0, 0.0], [4.0, 1.0]]),), {}),
        Sample((np.array(2.0),), {}),
        Sample((draw((2, 3), -2.0, 2.0, 3),), {"axis": 1, "keepdims": True}),
    ],
    doc="Along one axis or all; right where elements are zero.",
)  # fmt: skip


def _logcumsumexp_rule(g: Any, ans: Any, x: Any, axis: int) -> Any:
    # The factors are at most 1: nothing overflows, and nothing is lost in exp(-ans).
    back = backwards(ans, axis)
    decay = np.exp(back - delay(back, axis=axis, first=math.inf))
    reached = recurrence(backwards(g, axis), decay, axis=axis)
    return np.exp(x - ans) * backwards(reached, axis)


logcumsumexp = define(
    "logcumsumexp", "x", lambda x, axis: np.logaddexp.accumulate(x, axis),
    {"x": _logcumsumexp_rule}, params={"axis": 0},
    mathematics="log(running_sum(exp(x), axis))", promotes="float",
    numpy=((np.logaddexp, "accumulate"),),
    torch="torch.logcumsumexp(x, axis)",
    samples=_ONE_AXIS,
)  # fmt: skip


def _running_extreme(better: Any) -> Any:
    def forward(x: Any, axis: int) -> tuple[Any, Any]:
        values = better.accumulate(x, axis)
        places = np.arange(x.shape[axis]).reshape((-1,) + (1,) * (x.ndim - axis - 1))
        # The latest place at which the running extreme was reached, or a NaN.
        reached = (x == values) | (x != x)
        return values, np.maximum.accumulate(np.where(reached, places, 0), axis)

    return forward


def _running_rule(g_values: Any, indices: Any, x_shape: Any, axis: int) -> Any:
    return put_along(g_values, indices, axis=axis, shape=x_shape)


cummax = define(
    "cummax", "x", _running_extreme(np.maximum), {"x": _running_rule}, params={"axis": 0},
    outputs="values indices", mathematics="running_extreme(x, axis, 1)",
    torch="torch.cummax(x, axis)", samples=_ONE_AXIS,
    doc="Of equal elements the latest is picked.",
)  # fmt: skip

cummin = define(
    "cummin", "x", _running_extreme(np.minimum), {"x": _running_rule}, params={"axis": 0},
    outputs="values indices", mathematics="running_extreme(x, axis, -1)",
    torch="torch.cummin(x, axis)", samples=_ONE_AXIS,
    doc="Of equal elements the latest is picked.",
)  # fmt: skip
