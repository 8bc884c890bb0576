"""Pooling by the largest number of each window that slides over the last axes of an array.

The kernels take any number of axes, and keep the order of their input in memory. They go over the
places of a window in a loop, and over all windows at once for each of them; large windows are
searched one by one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._primitive import Primitive, Sample, define
from ._layout import SPARSE, TWO, WINDOWS, Layout, Sizes, lay_out, layout_of
from ._samples import draw
from ._sliding import padded, windows

LARGE = 64
"""From how many elements on windows are searched one by one."""


def _max_pool(
    x: Any, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, ceil: bool
) -> tuple[Any, Any]:
    layout = lay_out(x.shape[-len(kernel) :], kernel, stride, padding, dilation, ceil)
    real = x.dtype.kind == "f"
    lowest = -np.inf if real else np.iinfo(x.dtype).min if x.dtype.kind != "b" else False
    x = padded(x, padding, lowest, layout.more)
    search = _search if math.prod(kernel) >= LARGE else _compare
    values, places = search(x, layout)
    if any(padding) and (values == lowest).any():
        places = _inside(places, layout)
    return values, places


def _has_nan(values: Any) -> bool:
    """Whether a maximum is NaN: of several the last one wins, as in PyTorch."""
    return (
        values.size > 0
        and values.dtype.kind == "f"
        and bool(np.isnan(np.maximum.reduce(values, None)))
    )


def _search(x: Any, layout: Layout) -> tuple[Any, Any]:
    """The largest number of each window and its place, from a copy of the windows."""
    every = windows(x, layout.kernel, layout.stride, layout.dilation, layout.size)
    every = every.reshape(*every.shape[: x.ndim], math.prod(layout.kernel))
    places = every.argmax(-1)
    values = np.take_along_axis(every, places[..., None], -1)[..., 0]
    if _has_nan(values):
        last = every.shape[-1] - 1 - np.isnan(every[..., ::-1]).argmax(-1)
        places = np.where(np.isnan(values), last, places)
    return values, places.astype(np.int32)


def _compare(x: Any, layout: Layout) -> tuple[Any, Any]:
    """The same by two comparisons for each place in the window, without a copy."""
    first, *others = layout.places
    values = np.array(x[first])
    places, number = np.zeros_like(values, np.int8), np.empty_like(values, np.int8)
    better = np.empty_like(values, bool)
    for k, index in enumerate(others, 1):
        candidate = x[index]
        np.greater(candidate, values, out=better)
        np.maximum(values, candidate, out=values)
        # Places only grow, so that the larger number is the later one.
        np.multiply(better.view(np.int8), np.int8(k), out=number)
        np.maximum(places, number, out=places)
    if _has_nan(values):
        for k, index in enumerate(layout.places):
            np.putmask(places, np.isnan(x[index]), k)
    return values, places


def _inside(places: Any, layout: Layout) -> Any:
    """Places moved out of the padding in front, where the first of equal ones may lie."""
    parts = np.unravel_index(places, layout.kernel)
    moved = []
    for axis, (part, p, s, d) in enumerate(
        zip(parts, layout.padding, layout.stride, layout.dilation, strict=True)
    ):
        first = np.maximum(0, -((np.arange(layout.size[axis]) * s - p) // d))
        moved.append(np.maximum(part, first.reshape((-1,) + (1,) * (len(parts) - axis - 1))))
    return np.ravel_multi_index(moved, layout.kernel).astype(places.dtype)


def _chosen(places: Any, layout: Layout) -> tuple[Any, ...]:
    """The index that picks the element of each window, from the padded array."""
    d, lead = len(layout.kernel), places.ndim - len(layout.kernel)
    return (*np.ogrid[tuple([slice(n) for n in places.shape])][:lead], *[
        np.arange(layout.size[k]).reshape((-1,) + (1,) * (d - k - 1)) * layout.stride[k]
        + part * layout.dilation[k]
        for k, part in enumerate(np.unravel_index(places, layout.kernel))
    ])  # fmt: skip


def plane_indices(places: Any, layout: Layout) -> Any:
    """The numbers of chosen elements, counted through the last axes without the padding."""
    total: Any = np.zeros((), np.int64)
    for part, n, p in zip(
        _chosen(places, layout)[-len(layout.kernel) :], layout.image, layout.padding, strict=True
    ):
        total = total * n + (part - p)
    return total


def _bits(x: Any) -> Any:
    """The same numbers as integers: "and" with a mask of ones is the fastest way to choose."""
    return x.view(f"i{x.itemsize}")


def _ordered_like(g: Any, places: Any) -> Any:
    """The same numbers in another array's order of memory, that of the input: mixed ones are slow.

    A cotangent that comes from a flattened image is in another order than a convolution's result.
    """
    if [s // g.itemsize for s in g.strides] == [s // places.itemsize for s in places.strides]:
        return g
    out: Any = np.empty_like(places, g.dtype)
    out[...] = g
    return out


def _max_pool_spread(
    g: Any, places: Any, shape: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes,
    dilation: Sizes,
) -> Any:  # fmt: skip
    d = len(kernel)
    layout = layout_of(g, shape, kernel, stride, padding, dilation)
    large = math.prod(kernel) >= LARGE
    g = _ordered_like(g, places)
    new = np.empty_like if layout.tiles and not large else np.zeros_like
    out = new(g, shape=(*shape[:-d], *layout.room))
    if large:
        np.add.at(out, _chosen(places, layout), g)
        return layout.cropped(out)
    bits, target = _bits(g), _bits(out)
    for k, index in enumerate(layout.places):
        mask = np.equal(places, k).view(np.int8)
        np.negative(mask, out=mask)
        if layout.disjoint:
            np.bitwise_and(mask, bits, out=target[index])
        else:
            out[index] += np.bitwise_and(mask, bits).view(g.dtype)
    return layout.cropped(out)


def _max_pool_pick(
    x: Any, places: Any, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Any:
    layout = layout_of(places, x.shape, kernel, stride, padding, dilation)
    x = padded(x, padding, 0.0, layout.more)
    if math.prod(kernel) >= LARGE:
        return x[_chosen(places, layout)]
    out = np.zeros_like(x, shape=places.shape)
    bits, target = _bits(x), _bits(out)
    for k, index in enumerate(layout.places):
        mask = np.equal(places, k).view(np.int8)
        np.negative(mask, out=mask)
        target |= np.bitwise_and(mask, bits[index])
    return out


def _max_samples() -> list[Sample]:
    return [Sample((draw(s, -2, 2, k),), p) for k, (s, p) in enumerate(WINDOWS + SPARSE)]


def _spread_samples() -> list[Sample]:
    out = []
    for k, (x, params) in enumerate((*s.inputs, s.params) for s in _max_samples()):
        _, places = _max_pool(x, **params)
        rest = {name: value for name, value in params.items() if name != "ceil"}
        out.append(Sample((draw(places.shape, -2, 2, k), places), {"shape": x.shape, **rest}))
    return out


def _pick_samples() -> list[Sample]:
    return [
        Sample(
            (draw(s.params["shape"], -2, 2, k), s.inputs[1]),
            {name: value for name, value in s.params.items() if name != "shape"},
        )
        for k, s in enumerate(_spread_samples())
    ]


max_pool: Primitive = define(
    "max_pool", "x", _max_pool,
    {"x": lambda g_values, places, x_shape, kernel, stride, padding, dilation: max_pool_spread(
        g_values, places, shape=x_shape,
        kernel=kernel, stride=stride, padding=padding, dilation=dilation)},
    params=TWO, outputs="values places", symbol="maxpool",
    mathematics="max_pool(x, kernel, stride, padding, dilation, ceil)", samples=_max_samples,
    doc="The second output is each maximum's place in its window; the first of equal ones wins.",
)  # fmt: skip

_NOT_ROUNDED = {name: value for name, value in TWO.items() if name != "ceil"}

max_pool_spread: Primitive = define(
    "max_pool_spread", "x places", _max_pool_spread,
    {"x": lambda g, places, kernel, stride, padding, dilation: max_pool_pick(
        g, places, kernel=kernel, stride=stride, padding=padding, dilation=dilation)},
    params={"shape": (), **_NOT_ROUNDED}, kind="linear", samples=_spread_samples,
    mathematics="max_pool_spread(x, places, shape, kernel, stride, padding, dilation)",
    doc="Zeros, with each element added at its place in its window.",
)  # fmt: skip

max_pool_pick: Primitive = define(
    "max_pool_pick", "x places", _max_pool_pick,
    {"x": lambda g, places, x_shape, kernel, stride, padding, dilation: max_pool_spread(
        g, places, shape=x_shape,
        kernel=kernel, stride=stride, padding=padding, dilation=dilation)},
    params=_NOT_ROUNDED, kind="linear", samples=_pick_samples,
    mathematics="max_pool_pick(x, places, kernel, stride, padding, dilation)",
    doc="From each window the element at its place: the adjoint of max_pool_spread.",
)  # fmt: skip
