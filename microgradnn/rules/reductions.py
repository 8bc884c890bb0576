"""Operations that take many elements to one: sums, means, extremes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Samples, with_params
from .indexing import put_along
from .shapes import broadcast

Axis = int | tuple[int, ...] | None

add_over: Any = np.add.reduce
maximum_over: Any = np.maximum.reduce
minimum_over: Any = np.minimum.reduce
"""Called with all arguments by position: the fastest way, which NumPy's stubs do not know."""


def reduced(ndim: int, axis: Axis) -> set[int]:
    """The axes that are reduced, counted from the front."""
    if axis is None:
        return set(range(ndim))
    return {k % ndim for k in ((axis,) if isinstance(axis, int) else axis)}


def kept_shape(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    """The shape of a reduction's result with the reduced axes kept as 1."""
    axes = reduced(len(shape), axis)
    return tuple(1 if k in axes else n for k, n in enumerate(shape))


def spread(g: Any, shape: tuple[int, ...], axis: Axis, keepdims: bool) -> Any:
    """Repeat a reduction's cotangent over the axes that were reduced."""
    if not keepdims and axis is not None:
        g = g.reshape(kept_shape(shape, axis))
    return broadcast(g, shape)


def _count(shape: tuple[int, ...], axis: Axis) -> int:
    return math.prod(shape[k] for k in reduced(len(shape), axis))


_AXES: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((2, 3), {"axis": None}),
    ((2, 3), {"axis": 0}),
    ((2, 3), {"axis": 1, "keepdims": True}),
    ((2, 3, 2), {"axis": (0, 2)}),
    ((2, 3), {"axis": None, "keepdims": True}),
    ((), {"axis": None}),
    ((3,), {"axis": 0}),
)


def _reduction(*more: tuple[tuple[int, ...], dict[str, Any]]) -> Samples:
    return with_params(*_AXES, *more)


def _sum(x: Any, axis: Axis, keepdims: bool) -> Any:
    # NumPy would sum unsigned integers to uint64, which no Tensor can have.
    return add_over(x, axis, np.int64 if x.dtype.kind == "u" else None, None, keepdims)


sum = define(
    "sum", "x", _sum,
    {"x": lambda g, x_shape, axis, keepdims: spread(g, x_shape, axis, keepdims)},
    params={"axis": None, "keepdims": False}, mathematics="sum(x, axis, keepdims)", symbol="Σ",
    kind="linear", numpy=((np.add, "reduce"), np.sum),
    torch="torch.sum(x, axis, keepdims) if axis is not None or not keepdims "
          "else torch.sum(x, list(range(x.ndim)), True)",
    samples=_reduction(((0, 3), {"axis": 0}), ((0,), {"axis": None})),
)  # fmt: skip


def _mean(x: Any, axis: Axis, keepdims: bool) -> Any:
    # np.add.reduce costs 770 ns where np.mean costs 4,000; both sum pairwise.
    return add_over(x, axis, None, None, keepdims) / float(_count(x.shape, axis))


mean = define(
    "mean", "x", _mean,
    {"x": lambda g, x_shape, axis, keepdims:
        spread(g / float(_count(x_shape, axis)), x_shape, axis, keepdims)},
    params={"axis": None, "keepdims": False}, mathematics="mean(x, axis, keepdims)",
    kind="linear", numpy=np.mean,
    torch="torch.mean(x, axis, keepdims) if axis is not None or not keepdims "
          "else torch.mean(x, list(range(x.ndim)), True)",
    samples=_reduction(),
)  # fmt: skip


def _centred(x: Any, axis: Axis) -> Any:
    return x - mean(x, axis=axis, keepdims=True)


def _freedom(shape: tuple[int, ...], axis: Axis, correction: float) -> float:
    return max(float(_count(shape, axis)) - correction, 0.0)


def _var(x: Any, axis: Axis, keepdims: bool, correction: float) -> Any:
    centred = x - _mean(x, axis, True)
    centred *= centred
    total = add_over(centred, axis, None, None, keepdims)
    freedom = _freedom(x.shape, axis, correction)
    if freedom:
        return total / freedom
    # Of too few elements there is no variance: NaN, or infinity, and not worth a warning.
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.true_divide(total, 0.0, dtype=x.dtype)


def _slope(g: Any, x: Any, axis: Axis, keepdims: bool, correction: float) -> Any:
    """What the rules of `var` and `std` share: half the derivative of the variance."""
    freedom = _freedom(x.shape, axis, correction)
    # A variance of too few elements is 0/0 of them all; inf * 0 is NaN, as PyTorch has it.
    scale = 1.0 / freedom if freedom else math.inf
    return spread(g * scale, x.shape, axis, keepdims) * _centred(x, axis)


_SPREADS = _reduction(
    ((2, 3), {"axis": 0, "correction": 1}), ((4,), {"correction": 1}),
    ((2, 4), {"axis": 1, "keepdims": True, "correction": 2}),
)  # fmt: skip

var = define(
    "var", "x", _var, {"x": lambda g, x, axis, keepdims, correction:
        2.0 * _slope(g, x, axis, keepdims, correction)},
    params={"axis": None, "keepdims": False, "correction": 0},
    mathematics="variance(x, axis, keepdims, correction)", promotes="float", numpy=np.var,
    torch="torch.var(x, axis, correction=correction, keepdim=keepdims)", samples=_SPREADS,
)  # fmt: skip


def _std_rule(g: Any, ans: Any, x: Any, axis: Axis, keepdims: bool, correction: float) -> Any:
    # Where all elements are equal the slope is taken as 0, and not as 0 / 0.
    return _slope(g / np.where(ans == 0.0, 1.0, ans), x, axis, keepdims, correction)


std = define(
    "std", "x", lambda x, axis, keepdims, correction: np.sqrt(_var(x, axis, keepdims, correction)),
    {"x": _std_rule},
    params={"axis": None, "keepdims": False, "correction": 0},
    mathematics="sqrt(variance(x, axis, keepdims, correction))", promotes="float", numpy=np.std,
    torch="torch.std(x, axis, correction=correction, keepdim=keepdims)",
    samples=lambda: [s for s in _SPREADS() if s.inputs[0].size > 1],
    doc="Where all elements are equal the derivative is taken as 0.",
)  # fmt: skip


_ONE = np.float32(1.0)
"""Counts of ties in single precision: exact, and they leave any float type as it is."""


def _extreme_rule(g: Any, ans: Any, x: Any, axis: Axis, keepdims: bool) -> Any:
    kept = kept_shape(x.shape, axis)
    hit = (x == ans.reshape(kept)) * _ONE
    share = g.reshape(kept) / np.add.reduce(hit, axis=axis, keepdims=True)
    return broadcast(share, x.shape) * hit


amax = define(
    "amax", "x", lambda x, axis, keepdims: maximum_over(x, axis, None, None, keepdims),
    {"x": _extreme_rule}, params={"axis": None, "keepdims": False},
    mathematics="amax(x, axis, keepdims)", symbol="max",
    numpy=((np.maximum, "reduce"), np.max),
    torch="torch.amax(x, () if axis is None else axis, keepdims)", samples=_reduction(),
    doc="Equal maxima share the cotangent evenly, as in PyTorch.",
)  # fmt: skip

amin = define(
    "amin", "x", lambda x, axis, keepdims: minimum_over(x, axis, None, None, keepdims),
    {"x": _extreme_rule}, params={"axis": None, "keepdims": False},
    mathematics="amin(x, axis, keepdims)", symbol="min",
    numpy=((np.minimum, "reduce"), np.min),
    torch="torch.amin(x, () if axis is None else axis, keepdims)", samples=_reduction(),
    doc="Equal minima share the cotangent evenly, as in PyTorch.",
)  # fmt: skip


def _with_indices(pick: Any) -> Any:
    def forward(x: Any, axis: int, keepdims: bool) -> tuple[Any, Any]:
        indices = pick(x, axis, keepdims=True)
        values = np.take_along_axis(x, indices, axis)
        if not keepdims:
            values, indices = values.squeeze(axis), indices.squeeze(axis)
        return values, indices

    return forward


def _picked_rule(g_values: Any, indices: Any, x_shape: Any, axis: int, keepdims: bool) -> Any:
    kept = kept_shape(x_shape, axis)
    return put_along(g_values.reshape(kept), indices.reshape(kept), axis=axis, shape=x_shape)


_ONE_AXIS = with_params(
    ((2, 3), {"axis": 0}), ((2, 3), {"axis": 1, "keepdims": True}), ((3,), {"axis": 0}),
    ((2, 3, 2), {"axis": 1}), ((2, 1), {"axis": 1}),
)  # fmt: skip

max_dim = define(
    "max_dim", "x", _with_indices(np.argmax), {"x": _picked_rule},
    params={"axis": 0, "keepdims": False}, outputs="values indices",
    mathematics="(amax(x, axis, keepdims), argmax(x, axis, keepdims))", symbol="max",
    torch="torch.max(x, axis, keepdims)", samples=_ONE_AXIS,
    doc="Of equal maxima the first is picked and gets the whole cotangent.",
)  # fmt: skip

min_dim = define(
    "min_dim", "x", _with_indices(np.argmin), {"x": _picked_rule},
    params={"axis": 0, "keepdims": False}, outputs="values indices",
    mathematics="(amin(x, axis, keepdims), argmin(x, axis, keepdims))", symbol="min",
    torch="torch.min(x, axis, keepdims)", samples=_ONE_AXIS,
    doc="Of equal minima the first is picked and gets the whole cotangent.",
)  # fmt: skip

argmax = define(
    "argmax", "x", lambda x, axis, keepdims: np.argmax(x, axis, keepdims=keepdims), {},
    params={"axis": None, "keepdims": False}, mathematics="argmax(x, axis, keepdims)",
    numpy=np.argmax, torch="torch.argmax(x, axis, keepdims)", samples=_ONE_AXIS,
    doc="Not differentiable: the result is a position.",
)  # fmt: skip

argmin = define(
    "argmin", "x", lambda x, axis, keepdims: np.argmin(x, axis, keepdims=keepdims), {},
    params={"axis": None, "keepdims": False}, mathematics="argmin(x, axis, keepdims)",
    numpy=np.argmin, torch="torch.argmin(x, axis, keepdims)", samples=_ONE_AXIS,
    doc="Not differentiable: the result is a position.",
)  # fmt: skip


def _logsumexp(x: Any, axis: Axis, keepdims: bool) -> Any:
    top = maximum_over(x, axis, None, None, True, -math.inf)
    top = np.where(np.isfinite(top), top, 0.0).astype(x.dtype, copy=False)
    out = np.log(add_over(np.exp(x - top), axis, None, None, True)) + top
    return out if keepdims else out.reshape(_dropped(x.shape, axis))


def _dropped(shape: tuple[int, ...], axis: Axis) -> tuple[int, ...]:
    axes = reduced(len(shape), axis)
    return tuple(n for k, n in enumerate(shape) if k not in axes)


logsumexp = define(
    "logsumexp", "x", _logsumexp,
    {"x": lambda g, ans, x, axis, keepdims: spread(g, x.shape, axis, keepdims)
        * np.exp(x - spread(ans, x.shape, axis, keepdims))},
    params={"axis": None, "keepdims": False},
    mathematics="log(sum(exp(x), axis, keepdims))", promotes="float",
    torch="torch.logsumexp(x, tuple(range(x.ndim)) if axis is None else axis, keepdims)",
    samples=_reduction(),
)  # fmt: skip
