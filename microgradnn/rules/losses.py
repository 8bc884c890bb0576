"""Losses whose textbook formula overflows, or loses its derivative, where a network is sure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import define
from ._samples import Sample, binary
from .activations import sigmoid
from .elementwise import clamp

LOWEST_LOG = -100.0
"""What a logarithm is cut off at, as in PyTorch: a probability of 0 costs 100, not infinity."""


def _cut_log(x: Any) -> Any:
    with np.errstate(divide="ignore"):
        return np.maximum(np.log(x), LOWEST_LOG)


def _cut_log_scalar(x: float) -> float:
    return max(math.log(x), LOWEST_LOG) if x > 0 else LOWEST_LOG


binary_cross_entropy = define(
    "binary_cross_entropy", "x y",
    lambda x, y: (y - 1.0) * _cut_log(1.0 - x) - y * _cut_log(x),
    {
        "x": lambda g, x, y: g * ((x - y) / np.maximum(x * (1.0 - x), 1e-12)),
        "y": lambda g, x: g * (np.log(1.0 - x) - np.log(x)),
    },
    mathematics="-(y * log(x) + (1 - y) * log(1 - x))", symbol="BCE", public=False,
    kind="elementwise", promotes="common float",
    scalar=lambda x, y: (y - 1.0) * _cut_log_scalar(1.0 - x) - y * _cut_log_scalar(x),
    torch="torch.nn.functional.binary_cross_entropy("
          "*torch.broadcast_tensors(x, y), reduction='none')",
    samples=binary(left=(0.2, 0.8), right=(0.2, 0.8)),
    doc="The logarithms are cut off at -100, the denominator of the derivative at 1e-12.",
)  # fmt: skip

binary_cross_entropy_with_logits = define(
    "binary_cross_entropy_with_logits", "x y",
    # The largest exponential is 1, and no two large terms cancel.
    lambda x, y: np.maximum(x, 0.0) - x * y + np.log1p(np.exp(-np.abs(x))),
    {"x": lambda g, x, y: g * (sigmoid(x) - y), "y": lambda g, x: -g * x},
    mathematics="log(1 + exp(x)) - x * y", symbol="BCE∘σ", public=False,
    kind="elementwise", promotes="common float",
    scalar=lambda x, y: max(x, 0.0) - x * y + math.log1p(math.exp(-math.fabs(x))),
    torch="torch.nn.functional.binary_cross_entropy_with_logits("
          "*torch.broadcast_tensors(x, y), reduction='none')",
    samples=binary(),
    doc="The sigmoid and the loss in one: its derivative, sigmoid(x) - y, never vanishes wrongly.",
)  # fmt: skip


def _huber(x: Any, y: Any, delta: float) -> Any:
    d = x - y
    # With c = d cut off at delta, c * (d - c / 2) is d**2 / 2, or delta * (|d| - delta / 2).
    c = clamp.forward(d, -delta, delta)
    return c * (d - 0.5 * c)


def _huber_samples() -> list[Sample]:
    return [
        Sample(s.inputs, {"delta": delta})
        for k, s in enumerate(binary()())
        for delta in ((1.03, 0.47) if k < 3 else (1.03,))
    ]


huber = define(
    "huber", "x y", _huber,
    {
        "x": lambda g, x, y, delta: g * clamp(x - y, low=-delta, high=delta),
        "y": lambda g, x, y, delta: -g * clamp(x - y, low=-delta, high=delta),
    },
    params={"delta": 1.0},
    mathematics="where(abs(x - y) <= delta, (x - y)**2 / 2, delta * (abs(x - y) - delta / 2))",
    symbol="Huber", public=False, kind="elementwise", promotes="common float",
    torch="torch.nn.functional.huber_loss("
          "*torch.broadcast_tensors(x, y), reduction='none', delta=delta)",
    samples=_huber_samples, doc="Its derivative is the difference, cut off at delta.",
)  # fmt: skip
