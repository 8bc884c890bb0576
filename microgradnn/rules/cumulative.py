"""Running sums and products, and what is made of them."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Sample, draw, with_params
from .indexing import put_along
from .reductions import spread
from .shapes import flip

_ONE_AXIS = with_params(
    ((3,), {"axis": 0}), ((2, 3), {"axis": 0}), ((2, 3), {"axis": 1}), ((2, 3, 2), {"axis": 1}),
    ((1, 2), {"axis": 0}), ((0, 2), {"axis": 0}),
)  # fmt: skip


def from_the_end(g: Any, axis: int) -> Any:
    """The running sum from the last element to the first: the adjoint of `cumsum`."""
    return flip(cumsum(flip(g, axis=(axis,)), axis=axis), axis=(axis,))


cumsum = define(
    "cumsum", "x", lambda x, axis: np.add.accumulate(x, axis=axis),
    {"x": lambda g, axis: from_the_end(g, axis)}, params={"axis": 0},
    mathematics="cumsum(x, axis)", kind="linear", public=False,
    torch="torch.cumsum(x, axis)", samples=_ONE_AXIS,
)  # fmt: skip

logcumsumexp = define(
    "logcumsumexp", "x", lambda x, axis: np.logaddexp.accumulate(x, axis=axis),
    {"x": lambda g, ans, x, axis: np.exp(x) * from_the_end(g * np.exp(-ans), axis)},
    params={"axis": 0}, mathematics="log(cumsum(exp(x), axis))", public=False,
    torch="torch.logcumsumexp(x, axis)", samples=_ONE_AXIS,
)  # fmt: skip


def _others(x: Any, axis: int) -> Any:
    """For each element the product of all others along the axis: right where some are zero.

    The matrix of n rows in which row k has 1 in place of element k: n times the work of a product,
    and differentiable to any order.
    """
    n = x.shape[axis]
    along = (slice(None),) * axis
    rows = x[(*along, None)]  # (..., 1, n, ...)
    eye = np.eye(n, dtype=bool).reshape((n, n) + (1,) * (x.ndim - axis - 1))
    return prod(np.where(eye, 1.0, rows), axis=axis + 1)


prod = define(
    "prod", "x", lambda x, axis, keepdims: np.multiply.reduce(x, axis, None, None, keepdims),
    {"x": lambda g, x, axis, keepdims: spread(g, x.shape, axis, keepdims) * _others(x, axis)},
    params={"axis": 0, "keepdims": False}, mathematics="prod(x, axis, keepdims)", symbol="Π",
    numpy=((np.multiply, "reduce"), np.prod), torch="torch.prod(x, axis, keepdims)",
    samples=lambda: [
        *_ONE_AXIS()[:-1],
        Sample((np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 1.0]]),), {"axis": 1}),
        Sample((draw((2, 3), -2.0, 2.0, 3),), {"axis": 1, "keepdims": True}),
    ],
    doc="Along one axis; right where elements are zero.",
)  # fmt: skip


def _running_extreme(better: Any) -> Any:
    def forward(x: Any, axis: int) -> tuple[Any, Any]:
        values = better.accumulate(x, axis=axis)
        shape = [1] * x.ndim
        shape[axis] = x.shape[axis]
        place = np.arange(x.shape[axis]).reshape(shape)
        # The latest place at which the running extreme was reached.
        indices = np.maximum.accumulate(np.where(x == values, place, 0), axis=axis)
        return values, indices

    return forward


def _running_rule(g_values: Any, indices: Any, x_shape: Any, axis: int) -> Any:
    return put_along(g_values, indices, axis=axis, shape=x_shape)


cummax = define(
    "cummax", "x", _running_extreme(np.maximum), {"x": _running_rule}, params={"axis": 0},
    outputs="values indices", mathematics="running_max(x, axis)", public=False,
    torch="torch.cummax(x, axis)", samples=_ONE_AXIS,
)  # fmt: skip

cummin = define(
    "cummin", "x", _running_extreme(np.minimum), {"x": _running_rule}, params={"axis": 0},
    outputs="values indices", mathematics="running_min(x, axis)", public=False,
    torch="torch.cummin(x, axis)", samples=_ONE_AXIS,
)  # fmt: skip


def _sort(x: Any, axis: int, descending: bool) -> tuple[Any, Any]:
    if descending:
        # Stable from the other side: equal elements keep their order.
        flipped = np.flip(np.argsort(np.flip(x, axis), axis=axis, kind="stable"), axis)
        indices = x.shape[axis] - 1 - flipped
    else:
        indices = np.argsort(x, axis=axis, kind="stable")
    return np.take_along_axis(x, indices, axis), indices


sort = define(
    "sort", "x", _sort, {"x": lambda g_values, indices, x_shape, axis:
        put_along(g_values, indices, axis=axis, shape=x_shape)},
    params={"axis": 0, "descending": False}, outputs="values indices", public=False,
    mathematics="(sorted_along(x, axis, descending), argsort(x, axis, descending))",
    torch="torch.sort(x, stable=True, dim=axis, descending=descending)",
    samples=with_params(((4,), {"axis": 0}), ((3, 2), {"axis": 0, "descending": True}),
                        ((2, 3), {"axis": 1})),
    doc="Stable: equal elements keep their order.",
)  # fmt: skip

