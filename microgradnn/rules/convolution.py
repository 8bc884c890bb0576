"""Convolution over signals, images and volumes: (batch, channels, ...), by the same rules.

Convolution and its two adjoints are three primitives, each the derivative of the others, so that
all orders are there. The adjoint in the image is what is called transposed convolution.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, Sample, define
from ._convolving import correlate, correlate_adjoint, correlate_weight
from ._samples import draw

_WINDOW: dict[str, Any] = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1}
_CASES: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
    ((2, 1, 4, 4), (1, 1, 2, 2), {}),
    ((1, 2, 4, 5), (3, 2, 3, 2), {"padding": (1, 0)}),
    ((1, 2, 5, 5), (2, 2, 2, 2), {"stride": (2, 1), "padding": (0, 1)}),
    ((1, 1, 5, 5), (1, 1, 2, 2), {"dilation": (2, 2)}),
    ((1, 4, 3, 3), (2, 2, 2, 2), {"groups": 2}),
    ((2, 2, 3, 3), (4, 1, 2, 2), {"groups": 2, "stride": (2, 2), "padding": (1, 1)}),
    ((1, 1, 4, 5), (2, 1, 2, 2), {"dilation": (1, 2), "stride": (2, 1), "padding": (1, 0)}),
    ((2, 2, 6), (3, 2, 3), {"stride": (2,), "padding": (1,), "dilation": (1,)}),
    ((1, 2, 5), (2, 1, 2), {"stride": (1,), "padding": (0,), "dilation": (2,), "groups": 2}),
    ((1, 1, 3, 4, 3), (2, 1, 2, 1, 2),
     {"stride": (1, 2, 2), "padding": (0, 0, 1), "dilation": (2, 1, 1)}),
)  # fmt: skip


def _samples(which: str) -> Any:
    def samples() -> list[Sample]:
        out = []
        for k, (x_shape, w_shape, given) in enumerate(_CASES):
            params = {**_WINDOW, **given}
            x, w = draw(x_shape, -1.5, 1.5, 4 * k), draw(w_shape, -1.5, 1.5, 4 * k + 1)
            y_shape = correlate(x, w, None, *params.values()).shape
            y = draw(y_shape, -1.5, 1.5, 4 * k + 2)
            if which == "bias":
                bias = draw(w_shape[:1], -1.5, 1.5, 4 * k + 3) if k % 2 else None
                out.append(Sample((x, w, bias), params))
            elif which == "input":
                out.append(Sample((y, w), {"shape": x_shape, **params}))
            else:
                out.append(Sample((y, x), {"shape": w_shape, **params}))
        return out

    return samples


def _all_but_channels(g: Any) -> Any:
    return np.add.reduce(g, axis=(0, *range(2, g.ndim)))


convolution = define(
    "convolution", "x weight bias?", correlate,
    {
        "x": lambda g, weight, x_shape, stride, padding, dilation, groups: convolution_input(
            g, weight, shape=x_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
        "weight": lambda g, x, weight_shape, stride, padding, dilation, groups: convolution_weight(
            g, x, shape=weight_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
        "bias": lambda g: _all_but_channels(g),
    },
    params=_WINDOW, mathematics="correlate(x, weight, bias, stride, padding, dilation, groups)",
    symbol="conv", promotes="same", public=False,
    torch="getattr(torch, f'conv{len(stride)}d')("
          "x, weight, bias, stride, padding, dilation, groups)",
    samples=_samples("bias"),
)  # fmt: skip

convolution_input: Primitive = define(
    "convolution_input", "y weight", correlate_adjoint,
    {
        "y": lambda g, weight, stride, padding, dilation, groups: convolution(
            g, weight, None, stride=stride, padding=padding, dilation=dilation, groups=groups),
        "weight": lambda g, y, weight_shape, stride, padding, dilation, groups: convolution_weight(
            y, g, shape=weight_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
    },
    params={"shape": (), **_WINDOW},
    mathematics="correlate_adjoint(y, weight, shape, stride, padding, dilation, groups)",
    symbol="convᵀ", kind="multilinear", promotes="same", public=False, samples=_samples("input"),
    torch="getattr(torch.nn.grad, f'conv{len(stride)}d_input')("
          "shape, weight, y, stride, padding, dilation, groups)",
    doc="The adjoint of convolution in its input: what transposed convolution computes.",
)  # fmt: skip

convolution_weight: Primitive = define(
    "convolution_weight", "y x", correlate_weight,
    {
        "y": lambda g, x, stride, padding, dilation, groups: convolution(
            x, g, None, stride=stride, padding=padding, dilation=dilation, groups=groups),
        "x": lambda g, y, x_shape, stride, padding, dilation, groups: convolution_input(
            y, g, shape=x_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
    },
    params={"shape": (), **_WINDOW},
    mathematics="correlate_weight(y, x, shape, stride, padding, dilation, groups)",
    kind="multilinear", public=False, samples=_samples("weight"),
    torch="getattr(torch.nn.grad, f'conv{len(stride)}d_weight')("
          "x, shape, y, stride, padding, dilation, groups)",
    doc="The adjoint of convolution in its weight.",
)  # fmt: skip
