"""Resampling along an axis: each new element a weighted sum of some old ones.

Interpolation of every kind is this, one axis after the other: only places and weights differ.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, Sample, define
from ._samples import draw, with_params


def _take(x: Any, places: Any, axis: int) -> Any:
    """``x.take``, in x's order of memory."""
    if x.flags.c_contiguous:
        return x.take(places, axis)
    order = sorted(range(x.ndim), key=lambda k: -abs(x.strides[k]))
    back = [order.index(k) for k in range(x.ndim)]
    return x.transpose(order).take(places, back[axis]).transpose(back)


def _shaped(weights: Any, x: Any, axis: int) -> Any:
    """Weights along one axis, of x's dtype, so that they multiply x."""
    return weights.astype(x.dtype).reshape((-1,) + (1,) * (x.ndim - axis - 1))


def _resample(x: Any, axis: int, places: Any, weights: Any) -> Any:
    if weights is None:
        return _take(x, places[0], axis)
    out: Any = None
    for at, weight in zip(places, weights, strict=True):
        part = _take(x, at, axis)
        part *= _shaped(weight, x, axis)
        out = part if out is None else np.add(out, part, out=out)
    return out


def _slice(at: Any) -> Any:
    """A slice for evenly spaced numbers: a view is many times as fast as an index array."""
    step = at[1] - at[0] if len(at) > 1 else 1
    if step > 0 and (np.diff(at) == step).all():
        return slice(int(at[0]), int(at[-1]) + 1, int(step))
    return at


def _resample_adjoint(y: Any, length: int, axis: int, places: Any, weights: Any) -> Any:
    out = np.zeros_like(y, shape=(*y.shape[:axis], length, *y.shape[axis + 1 :]))
    before = (slice(None),) * axis
    for k, at in enumerate(places):
        part = y if weights is None else y * _shaped(weights[k], y, axis)
        # Rounds in each of which no place occurs twice: the first of each, the second, ...
        order = np.argsort(at, kind="stable")
        first = np.searchsorted(at[order], at[order])
        turn = np.arange(len(at)) - first
        for round_ in range(int(turn.max(initial=-1)) + 1):
            now = order[turn == round_]
            source, target = _slice(now), _slice(at[now])
            out[(*before, target)] += (
                part[(*before, source)] if source.__class__ is slice else _take(part, now, axis)
            )
    return out


_PLACES = np.array([[0, 0, 1, 2, 2], [0, 1, 2, 2, 2]])
_WEIGHTS = np.array([[0.5, 1.0, -0.25, 0.75, 1.0], [0.5, 0.0, 1.25, 0.25, 0.5]])
_CASES: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((3,), {"axis": 0, "places": _PLACES, "weights": _WEIGHTS}),
    ((2, 3, 2), {"axis": 1, "places": _PLACES, "weights": _WEIGHTS}),
    ((1, 4), {"axis": 1, "places": np.array([[0, 0, 2, 3]]), "weights": None}),
    # Windows that overlap: the places do not grow steadily.
    ((2, 4), {"axis": 1, "places": np.array([[0, 1, 2, 1, 2, 3]]), "weights": None}),
    ((5, 1), {"axis": 0, "places": np.array([[0, 3]]), "weights": np.array([[2.0, -1.0]])}),
)


def _adjoint_samples() -> list[Sample]:
    return [
        Sample((draw(_resample(np.zeros(s), **p).shape, -2, 2, k),), {"length": s[p["axis"]], **p})
        for k, (s, p) in enumerate(_CASES)
    ]


_IN_TORCH = "torch.ones(places.shape) if weights is None else torch.tensor(weights)"

resample: Primitive = define(
    "resample", "x", _resample,
    {"x": lambda g, x_shape, axis, places, weights: resample_adjoint(
        g, length=x_shape[axis], axis=axis, places=places, weights=weights)},
    params={"axis": 0, "places": None, "weights": None}, kind="linear",
    mathematics="resample(x, axis, places, weights)",
    torch="(x.movedim(axis, -1)[..., torch.tensor(places)]"
          f" * ({_IN_TORCH}).to(x.dtype)).sum(-2).movedim(-1, axis)",
    samples=with_params(*_CASES),
    doc="Sums over the rows t of weights[t] times x at places[t]; without weights one row of 1.",
)  # fmt: skip

resample_adjoint: Primitive = define(
    "resample_adjoint", "y", _resample_adjoint,
    {"y": lambda g, axis, places, weights: resample(
        g, axis=axis, places=places, weights=weights)},
    params={"length": 0, "axis": 0, "places": None, "weights": None}, kind="linear",
    mathematics="resample_adjoint(y, length, axis, places, weights)",
    torch="torch.zeros((*y.movedim(axis, -1).shape[:-1], length), dtype=y.dtype).index_add("
          "-1, torch.tensor(places).flatten(), (y.movedim(axis, -1)[..., None, :]"
          f" * ({_IN_TORCH}).to(y.dtype)).flatten(-2)).movedim(-1, axis)",
    samples=_adjoint_samples, doc="Zeros, with each element added where resample takes it from.",
)  # fmt: skip
