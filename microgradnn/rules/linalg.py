"""Products of matrices and vectors, and the lengths of vectors."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._samples import Sample, arrays, draw
from .reductions import Axis, add_over, maximum_over, minimum_over, spread


def _rows(x: Any) -> Any:
    """All leading axes folded into one: (..., n) to (rows, n)."""
    return x if x.ndim == 2 else x.reshape((math.prod(x.shape[:-1]), x.shape[-1]))


def _matmul_x(g: Any, x_shape: tuple[int, ...], y: Any) -> Any:
    if y.ndim == 1:
        return g[..., None] * y
    if len(x_shape) == 1:
        return (y @ g[..., None])[..., 0]
    return g @ y.mT


def _matmul_y(g: Any, x: Any, y_shape: tuple[int, ...]) -> Any:
    if x.ndim == 1:
        return g * x if len(y_shape) == 1 else x[:, None] * g[..., None, :]
    if len(y_shape) == 1:
        return _rows(x).mT @ g.reshape((math.prod(g.shape),))
    if len(y_shape) == 2:
        return _rows(x).mT @ _rows(g)
    return x.mT @ g


matmul = define(
    "matmul", "x y", np.matmul, {"x": _matmul_x, "y": _matmul_y},
    mathematics="x @ y", symbol="@", operator="matmul", kind="multilinear", promotes="same",
    numpy=np.matmul, torch="x @ y",
    samples=arrays(
        ((3,), (3,), {}), ((2, 3), (3,), {}), ((3,), (3, 2), {}), ((2, 3), (3, 4), {}),
        ((2, 3, 4), (4, 2), {}), ((2, 3), (4, 3, 2), {}), ((2, 1, 3, 4), (5, 4, 2), {}),
        ((3,), (2, 3, 4), {}), ((2, 3, 4), (4,), {}), ((2, 0), (0, 3), {}), ((0, 2), (2, 3), {}),
    ),
)  # fmt: skip


def _linear(x: Any, weight: Any, bias: Any) -> Any:
    if x.ndim > 2:  # one large product takes two thirds of the time of many small ones
        return _linear(_rows(x), weight, bias).reshape((*x.shape[:-1], weight.shape[0]))
    out = x @ weight.T
    if bias is not None:
        out += bias  # the product is ours alone
    return out


def _linear_x(g: Any, weight: Any) -> Any:
    if g.ndim > 2:
        return (_rows(g) @ weight).reshape((*g.shape[:-1], weight.shape[1]))
    return g @ weight


linear = define(
    "linear", "x weight bias?", _linear,
    {
        "x": _linear_x,
        # This order gives a C-ordered gradient: optimizer steps are 12% faster for it.
        "weight": lambda g, x: _rows(g).mT @ _rows(x),
        "bias": lambda g: g,
    },
    mathematics="x @ weight.T + bias", kind=None, promotes="same",
    torch="torch.nn.functional.linear(x, weight, bias)",
    samples=arrays(
        ((2, 3), (4, 3), (4,), {}), ((2, 3), (4, 3), None, {}), ((3,), (2, 3), (2,), {}),
        ((2, 2, 3), (4, 3), (4,), {}), ((0, 3), (2, 3), (2,), {}),
    ),
)  # fmt: skip


cross: Primitive = define(
    "cross", "x y", lambda x, y, axis: np.cross(x, y, axis=axis),
    # (x, y, g) is the same turned round: x . (y x g) = g . (x x y).
    {
        "x": lambda g, y, axis: cross(y, g, axis=axis),
        "y": lambda g, x, axis: cross(g, x, axis=axis),
    },
    params={"axis": -1}, mathematics="cross(x, y, axis)", symbol="×", kind="multilinear",
    promotes="common", public=False, torch="torch.linalg.cross(x, y, dim=axis)",
    samples=arrays(
        ((3,), (3,), {"axis": -1}), ((2, 3), (2, 3), {"axis": 1}), ((3, 2), (3, 2), {"axis": 0}),
        ((2, 1, 3), (1, 4, 3), {"axis": -1}),
    ),
)  # fmt: skip


def _norm(x: Any, ord: float, axis: Axis, keepdims: bool) -> Any:
    if ord == 2:
        return np.sqrt(add_over(x * x, axis, None, None, keepdims))
    if ord == 0:
        return add_over(x != 0, axis, x.dtype, None, keepdims)
    size = np.abs(x)
    if ord == 1:
        return add_over(size, axis, None, None, keepdims)
    if math.isinf(ord):
        extreme = maximum_over if ord > 0 else minimum_over
        return extreme(size, axis, None, None, keepdims)
    with np.errstate(divide="ignore"):  # a negative power of 0
        return add_over(size**ord, axis, None, None, keepdims) ** (1.0 / ord)


def _norm_rule(g: Any, ans: Any, x: Any, ord: float, axis: Axis, keepdims: bool) -> Any:
    def repeated(a: Any) -> Any:
        return spread(a, x.shape, axis, keepdims)

    if ord == 0:
        return repeated(g) * (x == x) * 0.0
    if ord == 1:
        return repeated(g) * np.sign(x)
    if math.isinf(ord):
        hit = np.abs(x) == repeated(ans)
        return repeated(g) * np.sign(x) * hit / np.add.reduce(hit, axis=axis, keepdims=True)
    # Where the norm is 0 so is the gradient, but there is no second derivative (NaN).
    length = repeated(ans)
    if ord == 2:
        return repeated(g) * np.where(length == 0, 0.0, x / length)
    if ord > 2:  # here there is one, 0, as in PyTorch
        length = np.where(length == 0, 1.0, length)
    size = np.abs(x) + (x == 0)  # 1 where x is 0: there the sign is 0
    slope = np.where(length == 0, 0.0, size ** (ord - 1.0) / length ** (ord - 1.0))
    return repeated(g) * np.sign(x) * slope


def _norm_samples() -> list[Sample]:
    x = draw((2, 3), -2.0, 2.0, 5, avoid=(0.0,))
    out = [
        Sample((x,), {"ord": float(ord), "axis": 1})
        for ord in (2, 1, 3, 0.5, -1, 1.5, math.inf, -math.inf)
    ]
    return [
        *out,
        Sample((x,), {"axis": None}), Sample((x,), {"axis": (0, 1), "keepdims": True}),
        Sample((x,), {"ord": 3.0, "axis": 0, "keepdims": True}),
        Sample((x[0, 0, ...],), {"axis": None}), Sample((np.zeros((0, 2)),), {"axis": 0}),
    ]  # fmt: skip


vector_norm = define(
    "vector_norm", "x", _norm, {"x": _norm_rule},
    params={"ord": 2.0, "axis": None, "keepdims": False},
    mathematics="norm(x, ord, axis, keepdims)", symbol="‖ ‖", public=False,
    torch="torch.linalg.vector_norm(x, ord, axis, keepdims)", samples=_norm_samples,
    doc="At 0 the derivative is taken as 0, the second one as NaN. Of ord inf, elements that "
        "are equally far from 0 share it.",
)  # fmt: skip
