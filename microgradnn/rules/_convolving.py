"""How convolution and its adjoints are computed: as products of matrices, in any dimensions.

Images lie in memory as (channels, height, width, batch): each place of a window, over all windows
and images, is then a few long runs of memory, and copying the windows out as columns is cheap
beside the product. Results are views of memory of this kind, so that what follows a convolution,
being computed in the order of its operands' memory, gets and keeps it.

Columns are made a band of rows at a time, and made again for the gradient: that is a tenth of the
product's cost, and they are larger than the images by the size of the window.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from ._restride import restride
from ._sliding import output_size

Sizes = tuple[int, ...]

BAND = 1 << 20
"""How many numbers the columns of a band of rows are to have at most (one row if it has more)."""
SMALL = 1_000_000
"""Matrix products of up to so many multiplications OpenBLAS computes without packing, in half the
time where the matrices are narrow."""
LEAST = 64
"""Products are not cut into shorter ones than this."""
FEW = 8
"""Fewer images than this are taken one at a time where a stride leaves no longer runs of memory."""


def correlate(
    x: Any,
    weight: Any,
    bias: Any,
    stride: Sizes,
    padding: Sizes,
    dilation: Sizes,
    groups: int,
) -> Any:
    """From (batch, channels, ...) and (out, channels / groups, ...) to (batch, out, ...)."""
    kernel, batch, out_channels = weight.shape[2:], x.shape[0], weight.shape[0]
    if _one_by_one(batch, stride):
        options = weight, bias, stride, padding, dilation, groups
        return np.concatenate([correlate(x[k : k + 1], *options) for k in range(batch)])
    size = tuple(map(output_size, x.shape[2:], kernel, stride, padding, dilation))
    windows = _windows(_batch_last(x, padding), kernel, size, stride, dilation)
    matrix = _matrix(weight, groups)
    if bias is not None:
        bias = bias.reshape(groups, out_channels // groups, 1)
    out = np.empty((out_channels, *size, batch), x.dtype)
    for rows in _bands(windows, len(kernel)):
        band = _band(out, rows, groups)
        _multiply(matrix, _columns(windows, rows, matrix.shape), band)
        if bias is not None:
            band += bias
    return _batch_first(out)


def correlate_weight(
    y: Any, x: Any, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    """The adjoint of `correlate` in its weight, of the given shape."""
    kernel, d, batch = shape[2:], len(shape) - 2, x.shape[0]
    if _one_by_one(batch, stride):
        options = shape, stride, padding, dilation, groups
        each = [slice(k, k + 1) for k in range(batch)]
        return sum([correlate_weight(y[k], x[k], *options) for k in each])
    y = _batch_last(y, (0,) * d)
    windows = _windows(_batch_last(x, padding), kernel, y.shape[1:-1], stride, dilation)
    size = (groups, shape[0] // groups, math.prod(shape[1:]))
    total = np.zeros((groups, size[2], size[1]), y.dtype)
    for rows in _bands(windows, d):
        columns, band = _columns(windows, rows, size), _band(y, rows, groups)
        parts = _parts(band.shape[-1], size[1] * size[2])
        # Taller than wide is a shape that BLAS likes; the other way round takes twice as long.
        if parts == 1:
            total += columns @ band.mT
        else:
            total += np.add.reduce(_cut(columns, parts) @ _cut(band, parts).mT, axis=1)
    return np.ascontiguousarray(total.mT).reshape(shape)


def correlate_adjoint(
    y: Any, weight: Any, shape: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes, groups: int
) -> Any:
    """The adjoint of `correlate` in its image, of the given shape."""
    kernel, d, batch = weight.shape[2:], weight.ndim - 2, shape[0]
    if _one_by_one(batch, stride):
        options = weight, (1, *shape[1:]), stride, padding, dilation, groups
        return np.concatenate([correlate_adjoint(y[k : k + 1], *options) for k in range(batch)])
    y = _batch_last(y, (0,) * d)
    matrix = _matrix(weight, groups)
    padded = tuple([n + 2 * p for n, p in zip(shape[2:], padding, strict=True)])
    image = np.zeros((shape[1], *padded, batch), y.dtype)
    windows = _windows(image, kernel, y.shape[1:-1], stride, dilation)
    everywhere = (slice(None),)
    for rows in _bands(windows, d):
        band = _band(y, rows, groups)
        columns = np.empty((groups, matrix.shape[2], band.shape[-1]), y.dtype)
        _multiply(matrix.mT, band, columns)
        parts = columns.reshape(windows[everywhere * (1 + d) + (rows,)].shape)
        for place in np.ndindex(kernel):
            target = windows[(*everywhere, *place, rows)]
            target += parts[everywhere + place]
    return _batch_first(image[_inside(shape[2:], padding)])


# --- layout -------------------------------------------------------------------------------------


def _one_by_one(batch: int, stride: Sizes) -> bool:
    """Whether a batch is so small that its images apart are copied faster than side by side."""
    return 1 < batch < FEW and stride[-1] > 1


def _batch_last(x: Any, padding: Sizes) -> Any:
    """(batch, channels, ...) as (channels, ..., batch) in this order of memory, zeros around it."""
    x = x.transpose(*range(1, x.ndim), 0)
    if not any(padding):
        return np.ascontiguousarray(x)
    shape = x.shape
    padded = [n + 2 * p for n, p in zip(shape[1:-1], padding, strict=True)]
    out = np.zeros((shape[0], *padded, shape[-1]), x.dtype)
    out[_inside(shape[1:-1], padding)] = x
    return out


def _batch_first(x: Any) -> Any:
    """A view (batch, channels, ...) of (channels, ..., batch)."""
    return x.transpose(x.ndim - 1, *range(x.ndim - 1))


def _inside(size: Sizes, padding: Sizes) -> tuple[slice, ...]:
    """Where the image lies in the padded one."""
    return (slice(None), *[slice(p, p + n) for n, p in zip(size, padding, strict=True)])


def _windows(image: Any, kernel: Sizes, size: Sizes, stride: Sizes, dilation: Sizes) -> Any:
    """A view (channels, *kernel, *size, batch) of an image (channels, ..., batch)."""
    channel, *steps, batch = image.strides
    between = [step * gap for step, gap in zip(steps, dilation, strict=True)]
    along = [step * gap for step, gap in zip(steps, stride, strict=True)]
    return restride(
        image,
        (image.shape[0], *kernel, *size, image.shape[-1]),
        (channel, *between, *along, batch),
    )


# --- bands of rows ------------------------------------------------------------------------------


def _bands(windows: Any, d: int) -> Iterator[slice]:
    """The first axis of the result in equal parts whose columns are of a bearable size."""
    rows = windows.shape[1 + d]
    count = min(rows, -(-windows.size // BAND)) or 1
    step = -(-rows // count)
    for first in range(0, rows, step or 1):
        yield slice(first, min(first + step, rows))


def _matrix(weight: Any, groups: int) -> Any:
    """The weight as (groups, out / groups, numbers in a window)."""
    out = weight.shape[0]
    return weight.reshape(groups, out // groups, math.prod(weight.shape[1:]))


def _columns(windows: Any, rows: slice, matrix: Sequence[int]) -> Any:
    """Those of a band copied out: (groups, numbers in a window, places)."""
    d = (windows.ndim - 2) // 2
    part = windows[(slice(None),) * (1 + d) + (rows,)]
    return part.reshape(matrix[0], matrix[2], math.prod(part.shape[1 + d :]))


def _band(y: Any, rows: slice, groups: int) -> Any:
    """A view of rows of (channels, ..., batch): (groups, channels / groups, places)."""
    part = y[:, rows]
    return part.reshape(groups, y.shape[0] // groups, math.prod(part.shape[1:]))


# --- products -----------------------------------------------------------------------------------


def _multiply(a: Any, b: Any, out: Any) -> None:
    """``a @ b`` into ``out``, for stacks of matrices of which b is wide."""
    if a.shape[-1] == 1:
        np.multiply(a, b, out)
        return
    parts = _parts(b.shape[-1], a.shape[-1] * a.shape[-2])
    if parts == 1:
        np.matmul(a, b, out)
    else:
        np.matmul(a[:, None], _cut(b, parts), _cut(out, parts))


@lru_cache(maxsize=256)
def _parts(places: int, products: int) -> int:
    """Into how many equal parts to cut so many places, each with so many multiplications."""
    least = -(-places * products // SMALL)
    if least > 1 and products * LEAST <= SMALL:
        for parts in range(least, 4 * least):
            if places % parts == 0:
                return parts if places // parts >= LEAST else 1
    return 1


def _cut(a: Any, parts: int) -> Any:
    """A view (stack, parts, rows, places / parts) of a stack of matrices."""
    return a.reshape(*a.shape[:-1], parts, a.shape[-1] // parts).swapaxes(1, 2)
