"""Pooling: what windows that slide over the last axes of an array amount to."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Sample, define
from ._samples import draw
from ._sliding import output_size, padded, windows
from .indexing import put_along

Pair = tuple[int, int]


def _max_pool2d(
    x: Any, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair, ceil: bool
) -> tuple[Any, Any]:
    h, w = x.shape[2:]
    size = (
        output_size(h, kernel[0], stride[0], padding[0], dilation[0], ceil),
        output_size(w, kernel[1], stride[1], padding[1], dilation[1], ceil),
    )
    more = tuple(
        max(0, (size[k] - 1) * stride[k] + dilation[k] * (kernel[k] - 1) + 1 - n - 2 * padding[k])
        for k, n in enumerate((h, w))
    )
    lowest = -np.inf if x.dtype.kind == "f" else np.iinfo(x.dtype).min
    places = windows(padded(x, padding, lowest, more), kernel, stride, dilation, size)
    # A comparison per place in the window is twice as fast as an argmax over copied windows.
    values = places[..., 0, 0].copy()
    place = np.zeros(values.shape, np.intp)
    for k in range(1, kernel[0] * kernel[1]):
        candidate = places[..., k // kernel[1], k % kernel[1]]
        better = (candidate > values) | (candidate != candidate)  # a NaN wins, as in PyTorch
        np.copyto(values, candidate, where=better)
        np.putmask(place, better, k)
    row = np.arange(size[0])[:, None] * stride[0] + place // kernel[1] * dilation[0] - padding[0]
    column = np.arange(size[1]) * stride[1] + place % kernel[1] * dilation[1] - padding[1]
    # Where a window holds nothing but -inf, the first of equal maxima may lie in the padding.
    row, column = (
        np.where(at < 0, at % gap, at) for at, gap in zip((row, column), dilation, strict=True)
    )
    return values, row * w + column


def _max_pool2d_rule(g_values: Any, indices: Any, x_shape: Any) -> Any:
    n, c, h, w = x_shape
    flat = (n, c, indices.shape[2] * indices.shape[3])
    spread = put_along(g_values.reshape(flat), indices.reshape(flat), axis=2, shape=(n, c, h * w))
    return spread.reshape(x_shape)


def _pool_samples() -> list[Sample]:
    plain = {
        "kernel": (2, 2),
        "stride": (2, 2),
        "padding": (0, 0),
        "dilation": (1, 1),
        "ceil": False,
    }
    return [
        Sample((draw((2, 1, 4, 4), -2, 2, 1),), plain),
        Sample((draw((1, 2, 5, 5), -2, 2, 2),), {**plain, "ceil": True}),
        Sample((draw((1, 1, 4, 5), -2, 2, 3),), {**plain, "kernel": (3, 2), "stride": (1, 1)}),
        Sample((draw((1, 1, 5, 4), -2, 2, 4),), {**plain, "kernel": (3, 3), "padding": (1, 1)}),
        Sample((draw((1, 1, 5, 5), -2, 2, 5),), {**plain, "dilation": (2, 2), "stride": (1, 2)}),
        Sample((draw((1, 1, 4, 5), -2, 2, 6),), {**plain, "dilation": (1, 2), "padding": (1, 0)}),
        # Rounding up gives a window that would begin in the padding behind: it is left out.
        Sample(
            (draw((1, 1, 2, 2), -2, 2, 7),),
            {**plain, "stride": (3, 3), "padding": (1, 1), "ceil": True},
        ),
    ]


max_pool2d = define(
    "max_pool2d", "x", _max_pool2d, {"x": _max_pool2d_rule},
    params={"kernel": (2, 2), "stride": (2, 2), "padding": (0, 0), "dilation": (1, 1),
            "ceil": False},
    outputs="values indices", symbol="maxpool",
    mathematics="max_pool(x, kernel, stride, padding, dilation, ceil)",
    torch="torch.nn.functional.max_pool2d(x, kernel, stride, padding, dilation, ceil, True)",
    samples=_pool_samples,
    doc="The second output is each maximum's place in its plane; the first of equal ones wins.",
)  # fmt: skip
