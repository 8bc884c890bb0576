"""Pooling by the average of each window that slides over the last axes of an array."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import Primitive, Sample, define
from ._layout import WINDOWS, Layout, Sizes, lay_out
from ._samples import draw
from ._sliding import padded


def _divisor(layout: Layout, include_pad: bool, divisor: int) -> Any:
    """What each window's sum is divided by: a number, or an array over the windows."""
    if divisor:
        return divisor
    counts: list[Any] = []
    for n, k, s, p, m in zip(
        layout.image, layout.kernel, layout.stride, layout.padding, layout.size, strict=True
    ):
        starts = np.arange(m) * s - p
        stops = np.minimum(starts + k, n + p)
        if not include_pad:
            starts, stops = np.maximum(starts, 0), np.minimum(stops, n)
        counts.append(stops - starts)
    if all((count == k).all() for count, k in zip(counts, layout.kernel, strict=True)):
        return math.prod(layout.kernel)
    total = counts[0]
    for count in counts[1:]:
        total = total[..., None] * count
    return total


def _along(axis: int, start: int, stop: int, step: int) -> tuple[Any, ...]:
    """The index of a slice along an axis include_pad from the end."""
    return (..., slice(start, stop, step), *(slice(None),) * (-axis - 1))


def _layout(image: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, ceil: bool) -> Layout:
    return lay_out(image, kernel, stride, padding, (1,) * len(kernel), ceil)


def _avg_pool(
    x: Any,
    kernel: Sizes,
    stride: Sizes,
    padding: Sizes,
    ceil: bool,
    include_pad: bool,
    divisor: int,
) -> Any:
    """Sums along one axis after the other, then a division."""
    d = len(kernel)
    layout = _layout(x.shape[-d:], kernel, stride, padding, ceil)
    x = padded(x, padding, 0.0, layout.more)
    for axis, k, s, m in zip(range(-d, 0), kernel, stride, layout.size, strict=True):
        parts = [x[_along(axis, j, j + s * (m - 1) + 1, s)] for j in range(k)]
        x = parts[0] if k == 1 else np.add(parts[0], parts[1])
        for part in parts[2:]:
            np.add(x, part, out=x)
    total: Any = _divisor(layout, include_pad, divisor)
    return x / (total if isinstance(total, int) else total.astype(x.dtype))


def _avg_pool_adjoint(
    y: Any, shape: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, ceil: bool,
    include_pad: bool, divisor: int,
) -> Any:  # fmt: skip
    d = len(kernel)
    layout = _layout(shape[-d:], kernel, stride, padding, ceil)
    total: Any = _divisor(layout, include_pad, divisor)
    y = y / (total if isinstance(total, int) else total.astype(y.dtype))
    if layout.tiles:
        out = np.empty_like(y, shape=(*shape[:-d], *layout.room))
        for index in layout.places:
            out[index] = y
        return layout.cropped(out)
    for axis, k, s, m, room in zip(
        range(-d, 0), kernel, stride, layout.size, layout.room, strict=True
    ):
        wide = list(y.shape)
        wide[axis] = room
        out = np.zeros_like(y, shape=tuple(wide))
        for j in range(k):
            out[_along(axis, j, j + s * (m - 1) + 1, s)] += y
        y = out
    return layout.cropped(y)


def _average_cases() -> list[tuple[Sizes, dict[str, Any]]]:
    cases = [
        (shape, {name: value for name, value in params.items() if name != "dilation"})
        for shape, params in WINDOWS
    ]
    shape, params = cases[3]
    return [
        *[(s, {**p, "include_pad": True, "divisor": 0}) for s, p in cases],
        (shape, {**params, "include_pad": False, "divisor": 0}),
        (shape, {**params, "ceil": True, "include_pad": False, "divisor": 0}),
        (shape, {**params, "include_pad": True, "divisor": 3}),
    ]


def _average_samples() -> list[Sample]:
    return [Sample((draw(s, -2, 2, k),), p) for k, (s, p) in enumerate(_average_cases())]


def _average_adjoint_samples() -> list[Sample]:
    return [
        Sample((draw(_avg_pool(np.zeros(s), **p).shape, -2, 2, k),), {"shape": s, **p})
        for k, (s, p) in enumerate(_average_cases())
    ]


_AVERAGE: dict[str, Any] = {
    "kernel": (2, 2), "stride": (2, 2), "padding": (0, 0), "ceil": False, "include_pad": True,
    "divisor": 0,
}  # fmt: skip
_MODULE = (
    "getattr(torch.nn, f'AvgPool{len(kernel)}d')(kernel, stride, padding, ceil, include_pad, "
    "*([divisor or None] if len(kernel) > 1 else []))"
)

avg_pool: Primitive = define(
    "avg_pool", "x", _avg_pool,
    {"x": lambda g, x_shape, kernel, stride, padding, ceil, include_pad, divisor: avg_pool_adjoint(
        g, shape=x_shape, kernel=kernel, stride=stride, padding=padding, ceil=ceil,
        include_pad=include_pad, divisor=divisor)},
    params=_AVERAGE, kind="linear", symbol="avgpool", samples=_average_samples,
    mathematics="avg_pool(x, kernel, stride, padding, ceil, include_pad, divisor)",
    torch=_MODULE + "(x)",
    doc="Window sums over a divisor, or over the elements in the window: those of the padding "
        "count if so asked.",
)  # fmt: skip

avg_pool_adjoint: Primitive = define(
    "avg_pool_adjoint", "y", _avg_pool_adjoint,
    {"y": lambda g, kernel, stride, padding, ceil, include_pad, divisor: avg_pool(
        g, kernel=kernel, stride=stride, padding=padding, ceil=ceil,
        include_pad=include_pad, divisor=divisor)},
    params={"shape": (), **_AVERAGE}, kind="linear", samples=_average_adjoint_samples,
    mathematics="avg_pool_adjoint(y, shape, kernel, stride, padding, ceil, include_pad, divisor)",
    torch="torch.func.vjp(" + _MODULE + ", torch.zeros(shape, dtype=y.dtype))[1](y)[0]",
    doc="Each element, divided, added to its whole window: the adjoint of avg_pool.",
)  # fmt: skip
