"""Convolution over images: (batch, channels, height, width).

Convolution and its two adjoints are three primitives, each the derivative of the others, so that
all orders are there.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import Primitive, Sample, define
from ._samples import draw
from ._sliding import output_size, padded, windows

Pair = tuple[int, int]


def _columns(x: Any, w_shape: Any, stride: Pair, padding: Pair, dilation: Pair, groups: int) -> Any:
    """Every window as a row: (groups, batch * out_h * out_w, channels / groups * kernel)."""
    n, c, h, w = x.shape
    kernel = w_shape[2:]
    size = (
        output_size(h, kernel[0], stride[0], padding[0], dilation[0]),
        output_size(w, kernel[1], stride[1], padding[1], dilation[1]),
    )
    v = windows(padded(x, padding, 0.0), kernel, stride, dilation, size)
    v = v.reshape(n, groups, c // groups, *size, *kernel) if groups > 1 else v[:, None]
    rows = n * size[0] * size[1]
    return v.transpose(1, 0, 3, 4, 2, 5, 6).reshape(groups, rows, math.prod(w_shape[1:])), size


def _conv2d(x: Any, weight: Any, stride: Pair, padding: Pair, dilation: Pair, groups: int) -> Any:
    columns, size = _columns(x, weight.shape, stride, padding, dilation, groups)
    out = columns @ weight.reshape(groups, weight.shape[0] // groups, -1).mT
    # (groups, rows, out / groups) to (batch, out, h, w): a view, channels last in memory.
    out = out.reshape(groups, x.shape[0], *size, out.shape[-1]).transpose(1, 0, 4, 2, 3)
    return out.reshape(x.shape[0], weight.shape[0], *size)


def _gradient_rows(g: Any, groups: int) -> Any:
    n, o, h, w = g.shape
    return (
        g.reshape(n, groups, o // groups, h, w)
        .transpose(1, 0, 3, 4, 2)
        .reshape(groups, n * h * w, o // groups)
    )


def _conv2d_input(
    g: Any, weight: Any, shape: Any, stride: Pair, padding: Pair, dilation: Pair, groups: int
) -> Any:
    n, c, h, w = shape
    kh, kw = weight.shape[2:]
    oh, ow = g.shape[2:]
    columns = _gradient_rows(g, groups) @ weight.reshape(groups, weight.shape[0] // groups, -1)
    columns = columns.reshape(groups, n, oh, ow, c // groups, kh, kw).transpose(1, 0, 4, 5, 6, 2, 3)
    columns = columns.reshape(n, c, kh, kw, oh, ow)
    out = np.zeros((n, c, h + 2 * padding[0], w + 2 * padding[1]), g.dtype)
    for i in range(kh):
        top = i * dilation[0]
        for j in range(kw):
            left = j * dilation[1]
            rows = slice(top, top + stride[0] * (oh - 1) + 1, stride[0])
            cols = slice(left, left + stride[1] * (ow - 1) + 1, stride[1])
            out[:, :, rows, cols] += columns[:, :, i, j]
    return out[:, :, padding[0] : padding[0] + h, padding[1] : padding[1] + w]


def _conv2d_weight(
    g: Any, x: Any, shape: Any, stride: Pair, padding: Pair, dilation: Pair, groups: int
) -> Any:
    columns, _ = _columns(x, shape, stride, padding, dilation, groups)
    return (_gradient_rows(g, groups).mT @ columns).reshape(shape)


_WINDOW: dict[str, Any] = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1), "groups": 1}
_CASES: tuple[tuple[Any, Any, dict[str, Any]], ...] = (
    ((2, 1, 4, 4), (1, 1, 2, 2), {}),
    ((1, 2, 4, 5), (3, 2, 3, 2), {"padding": (1, 0)}),
    ((1, 2, 5, 5), (2, 2, 2, 2), {"stride": (2, 1), "padding": (0, 1)}),
    ((1, 1, 5, 5), (1, 1, 2, 2), {"dilation": (2, 2)}),
    ((1, 4, 3, 3), (2, 2, 2, 2), {"groups": 2}),
    ((2, 2, 3, 3), (4, 1, 2, 2), {"groups": 2, "stride": (2, 2), "padding": (1, 1)}),
    ((1, 1, 4, 5), (2, 1, 2, 2), {"dilation": (1, 2), "stride": (2, 1), "padding": (1, 0)}),
)


def _samples(which: str) -> Any:
    def samples() -> list[Sample]:
        out = []
        for k, (x_shape, w_shape, given) in enumerate(_CASES):
            params = {**_WINDOW, **given}
            x, w = draw(x_shape, -1.5, 1.5, 3 * k), draw(w_shape, -1.5, 1.5, 3 * k + 1)
            g = draw(_conv2d(x, w, *params.values()).shape, -1.5, 1.5, 3 * k + 2)
            if which == "conv2d":
                out.append(Sample((x, w), params))
            elif which == "input":
                out.append(Sample((g, w), {"shape": x_shape, **params}))
            else:
                out.append(Sample((g, x), {"shape": w_shape, **params}))
        return out

    return samples


conv2d = define(
    "conv2d", "x weight", _conv2d,
    {
        "x": lambda g, weight, x_shape, stride, padding, dilation, groups: conv2d_input(
            g, weight, shape=x_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
        "weight": lambda g, x, weight_shape, stride, padding, dilation, groups: conv2d_weight(
            g, x, shape=weight_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
    },
    params=_WINDOW, mathematics="correlate(x, weight, stride, padding, dilation, groups)",
    kind="multilinear", promotes="same",
    torch="torch.nn.functional.conv2d(x, weight, None, stride, padding, dilation, groups)",
    samples=_samples("conv2d"),
)  # fmt: skip

conv2d_input: Primitive = define(
    "conv2d_input", "y weight", _conv2d_input,
    {
        "y": lambda g, weight, stride, padding, dilation, groups: conv2d(
            g, weight, stride=stride, padding=padding, dilation=dilation, groups=groups),
        "weight": lambda g, y, weight_shape, stride, padding, dilation, groups: conv2d_weight(
            y, g, shape=weight_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
    },
    params={"shape": (), **_WINDOW},
    mathematics="correlate_adjoint(y, weight, shape, stride, padding, dilation, groups)",
    kind="multilinear", samples=_samples("input"),
    torch="torch.nn.grad.conv2d_input(shape, weight, y, stride, padding, dilation, groups)",
    doc="The adjoint of conv2d in its input: what transposed convolution computes.",
)  # fmt: skip

conv2d_weight: Primitive = define(
    "conv2d_weight", "y x", _conv2d_weight,
    {
        "y": lambda g, x, stride, padding, dilation, groups: conv2d(
            x, g, stride=stride, padding=padding, dilation=dilation, groups=groups),
        "x": lambda g, y, x_shape, stride, padding, dilation, groups: conv2d_input(
            y, g, shape=x_shape,
            stride=stride, padding=padding, dilation=dilation, groups=groups),
    },
    params={"shape": (), **_WINDOW},
    mathematics="correlate_weight(y, x, shape, stride, padding, dilation, groups)",
    kind="multilinear", samples=_samples("weight"),
    torch="torch.nn.grad.conv2d_weight(x, shape, y, stride, padding, dilation, groups)",
    doc="The adjoint of conv2d in its weight.",
)  # fmt: skip
