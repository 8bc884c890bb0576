"""The functions that networks put between their sums, and the neuron's own sum."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import define
from .._sums import MANY, row_sums
from ._samples import Sample, draw, unary, with_params
from .elementwise import only_where
from .reductions import maximum_over

_SIGMOID = {
    np.dtype(kind): (np.array(cap, kind), np.array(1.0, kind))
    for kind, cap in ((np.float32, 88.0), (np.float64, 709.0))
}
"""The largest number whose exponential does not overflow, and 1: as arrays, faster than floats."""


def _sigmoid(x: Any) -> Any:
    # Near 1 the result is one rounding away from the true value. exp(x) / (1 + exp(x)) would have
    # two, which the rule's 1 - ans makes a hundred million times larger by x = 20. Below -cap the
    # result is the smallest normal number instead of less.
    limits = _SIGMOID.get(x.dtype)
    if limits is None:  # float16, whose exponential overflows at 11
        return _sigmoid(x.astype(np.float32)).astype(x.dtype)
    cap, one = limits
    return one / (one + np.exp(np.minimum(-x, cap)))


def _sigmoid_scalar(x: float) -> float:
    return 1.0 / (1.0 + math.exp(-x)) if x >= -709.0 else math.exp(x)


sigmoid = define(
    "sigmoid", "x", _sigmoid, {"x": lambda g, ans: g * (ans * (1.0 - ans))},
    mathematics="1 / (1 + exp(-x))", symbol="σ", scalar=_sigmoid_scalar, kind="elementwise",
    promotes="float", torch="torch.sigmoid(x)", samples=unary(-4.0, 4.0),
)  # fmt: skip

relu = define(
    "relu", "x", lambda x: np.maximum(x, 0), {"x": lambda g, ans: only_where(g, ans > 0)},
    mathematics="max(x, 0)", symbol="ReLU", scalar="0.0 if x < 0 else x", kind="elementwise",
    torch="torch.relu(x)", samples=unary(avoid=(0.0,)),
    doc="At the kink, 0, the derivative is taken as 0.",
)  # fmt: skip


def _softplus(x: Any) -> Any:
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


softplus = define(
    "softplus", "x", _softplus, {"x": lambda g, x: g * sigmoid(x)},
    mathematics="log(1 + exp(x))", public=False, kind="elementwise", promotes="float",
    scalar=lambda x: max(x, 0.0) + math.log1p(math.exp(-math.fabs(x))),
    torch="torch.nn.functional.softplus(x, threshold=1e9)", samples=unary(-3.0, 3.0),
)  # fmt: skip

_AXES = (
    ((3,), {"axis": 0}), ((2, 3), {"axis": 1}), ((2, 3), {"axis": 0}), ((2, 3, 2), {"axis": 1}),
    ((2, 0), {"axis": 0}), ((1,), {"axis": 0}),
)  # fmt: skip


def _exponentials(x: Any, axis: int) -> tuple[Any, Any]:
    """``exp(x - c)`` and its sums along an axis, with a c for each row that keeps them finite.

    The c is the row's largest number, which takes long to find in many short rows: there 0 is tried
    first, and is exact enough wherever no sum comes near the limits of floats.
    """
    if x.size >= MANY and axis in (-1, x.ndim - 1) and x.shape[-1] <= 512 and x.itemsize > 2:
        with np.errstate(over="ignore", invalid="ignore"):
            e = np.exp(x)
            total = row_sums(e, axis)
        if np.minimum.reduce(total, None) >= 1e-4 and np.maximum.reduce(total, None) <= 1e30:
            return e, total
    e = np.exp(x - maximum_over(x, axis, None, None, True))
    return e, row_sums(e, axis)


def _softmax(x: Any, axis: int) -> Any:
    if not x.size:
        return x.copy()
    e, total = _exponentials(x, axis)
    e /= total
    return e


def _softmax_rule(g: Any, ans: Any, axis: int) -> Any:
    weighted = g * ans
    return weighted - ans * row_sums(weighted, axis)


softmax = define(
    "softmax", "x", _softmax, {"x": _softmax_rule}, params={"axis": -1},
    mathematics="exp(x) / sum(exp(x), axis, True)", promotes="float",
    torch="torch.softmax(x, axis)", samples=with_params(*_AXES),
)  # fmt: skip


def _log_softmax(x: Any, axis: int) -> Any:
    if not x.size:
        return x.copy()
    shifted = x - maximum_over(x, axis, None, None, True)
    shifted -= np.log(row_sums(np.exp(shifted), axis))
    return shifted


def _log_softmax_rule(g: Any, ans: Any, axis: int) -> Any:
    total = row_sums(g, axis)
    p = np.exp(ans)
    if p.__class__ is np.ndarray and g.__class__ is np.ndarray:
        p *= total
        return np.subtract(g, p, out=p)
    return g - p * total


log_softmax = define(
    "log_softmax", "x", _log_softmax, {"x": _log_softmax_rule}, params={"axis": -1},
    mathematics="log(exp(x) / sum(exp(x), axis, True))", promotes="float",
    torch="torch.log_softmax(x, axis)", samples=with_params(*_AXES),
)  # fmt: skip


def _affine(bias: Any, *terms: Any) -> Any:
    half = len(terms) // 2
    total = bias
    for w, x in zip(terms[:half], terms[half:], strict=True):
        total = total + w * x
    return total


def _affine_rule(g: Any, terms: list[Any]) -> list[Any]:
    half = len(terms) // 2
    return [g * x for x in terms[half:]] + [g * w for w in terms[:half]]


def _affine_samples() -> list[Sample]:
    return [
        Sample(tuple(draw((), -2.0, 2.0, 10 * n + k) for k in range(2 * n + 1))) for n in (0, 1, 3)
    ] + [Sample((draw((2,), -2, 2, 1), draw((2,), -2, 2, 2), draw((), -2, 2, 3)))]


affine = define(
    "affine", "bias *terms", _affine, {"bias": lambda g: g, "terms": _affine_rule},
    mathematics="bias + dot(terms[:len(terms) // 2], terms[len(terms) // 2:])", symbol="w·x+b",
    scalar=_affine, promotes="common", samples=_affine_samples,
    doc="A neuron's sum as one node: the weights first, then as many inputs.",
)  # fmt: skip
