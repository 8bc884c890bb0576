"""Numbers brought to mean 0 and deviation 1: what batch, layer, group and instance norms share."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import define
from .._sums import row_sums
from ._samples import with_params
from .reductions import reduced

Axes = tuple[int, ...]


def _count(shape: tuple[int, ...], axis: Axes) -> float:
    return float(math.prod(shape[k] for k in reduced(len(shape), axis)))


def _standardise(x: Any, axis: Axes, eps: float) -> tuple[Any, Any, Any]:
    count = _count(x.shape, axis) or math.nan  # of no numbers there is no mean
    mean = row_sums(x, axis) / count
    out = x - mean
    variance = row_sums(out * out, axis) / count
    out /= np.sqrt(variance + eps)
    return out, mean, variance


def _standardise_rule(
    g_standard: Any,
    g_mean: Any,
    g_variance: Any,
    standard: Any,
    variance: Any,
    axis: Axes,
    eps: float,
) -> Any:
    # The last line is all that is as large as x; the rest has one number for each mean.
    count = _count(standard.shape, axis)
    deviation = np.sqrt(variance + eps)
    along = row_sums(g_standard * standard, axis)
    total = row_sums(g_standard, axis)
    slope = (2.0 * deviation * g_variance - along / deviation) / count
    shift = (g_mean - total / deviation) / count
    return g_standard / deviation + standard * slope + shift


standardise = define(
    "standardise", "x", _standardise, {"x": _standardise_rule},
    params={"axis": (-1,), "eps": 1e-5}, outputs="standard mean variance", promotes="float",
    mathematics="((x - mean(x, axis, True)) / sqrt(variance(x, axis, True, 0) + eps), "
                "mean(x, axis, True), variance(x, axis, True, 0))",
    torch="((x - x.mean(axis, True)) / torch.sqrt(x.var(axis, correction=0, keepdim=True) + eps), "
          "x.mean(axis, True), x.var(axis, correction=0, keepdim=True))",
    samples=with_params(
        ((4, 3), {"axis": (0,)}), ((2, 3), {"axis": (1,), "eps": 0.1}),
        ((2, 3, 2), {"axis": (0, 2)}), ((2, 2, 2, 3), {"axis": (2, 3), "eps": 0.0}),
        ((5,), {"axis": (0,)}),
    ),
    public=False,
    doc="Mean and variance are outputs with cotangents of their own.",
)  # fmt: skip
