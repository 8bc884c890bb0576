"""Windows that slide over an axis or an image, and what they add up to: adjoint pairs."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._primitive import Primitive, define
from ._restride import restride
from ._samples import Sample, draw, with_params
from ._sliding import output_size, padded
from ._sliding import windows as _image_windows
from .indexing import add_at

Pair = tuple[int, int]


def _unfold(x: Any, axis: int, size: int, step: int) -> Any:
    shape, strides = x.shape, x.strides
    count = (shape[axis] - size) // step + 1
    return restride(
        x,
        (*shape[:axis], count, *shape[axis + 1 :], size),
        (*strides[:axis], strides[axis] * step, *strides[axis + 1 :], strides[axis]),
    )


def _unfold_adjoint(x: Any, shape: tuple[int, ...], axis: int, size: int, step: int) -> Any:
    out = np.zeros(shape, x.dtype)
    before, count = (slice(None),) * axis, x.shape[axis]
    for k in range(size):
        out[(*before, slice(k, k + step * (count - 1) + 1, step))] += x[..., k]
    return out


_WINDOWS: tuple[tuple[tuple[int, ...], dict[str, int]], ...] = (
    ((5,), {"axis": 0, "size": 2, "step": 1}),
    ((7,), {"axis": 0, "size": 2, "step": 3}),
    ((2, 5), {"axis": 1, "size": 3, "step": 2}),
    ((4, 2, 3), {"axis": 0, "size": 4, "step": 1}),
    ((3, 4), {"axis": 0, "size": 1, "step": 1}),
)


def _unfold_adjoint_samples() -> list[Sample]:
    return [
        Sample((draw(_unfold(np.zeros(s), **p).shape, -2, 2, k),), {"shape": s, **p})
        for k, (s, p) in enumerate(_WINDOWS)
    ]


unfold: Primitive = define(
    "unfold", "x", _unfold,
    {"x": lambda g, x_shape, axis, size, step: unfold_adjoint(
        g, shape=x_shape, axis=axis, size=size, step=step)},
    params={"axis": 0, "size": 1, "step": 1}, mathematics="unfold(x, axis, size, step)",
    kind="linear", view=True, torch="x.unfold(axis, size, step)", samples=with_params(*_WINDOWS),
    doc="Windows of one size along an axis, in a new last axis.",
)  # fmt: skip

unfold_adjoint: Primitive = define(
    "unfold_adjoint", "x", _unfold_adjoint,
    {"x": lambda g, axis, size, step: unfold(g, axis=axis, size=size, step=step)},
    params={"shape": (), "axis": 0, "size": 1, "step": 1},
    mathematics="unfold_adjoint(x, shape, axis, size, step)", kind="linear",
    torch="torch.ops.aten.unfold_backward(x, shape, axis, size, step)",
    samples=_unfold_adjoint_samples, doc="Zeros, with every window added at its place.",
)  # fmt: skip


def _as_strided(x: Any, shape: tuple[int, ...], strides: tuple[int, ...], offset: int) -> Any:
    x = np.ascontiguousarray(x)
    size = x.itemsize
    return restride(x, shape, tuple([size * n for n in strides]), size * offset)


def _as_strided_adjoint(
    x: Any, length: int, shape: tuple[int, ...], strides: tuple[int, ...], offset: int
) -> Any:
    return add_at((length,), _as_strided(np.arange(length), shape, strides, offset), x)


_STRIDES: tuple[tuple[tuple[int, ...], dict[str, Any]], ...] = (
    ((9,), {"shape": (2, 2), "strides": (3, 1), "offset": 1}),
    ((4,), {"shape": (3, 2), "strides": (1, 1), "offset": 0}),
    ((6,), {"shape": (2, 3), "strides": (0, 2), "offset": 1}),
    ((3,), {"shape": (), "strides": (), "offset": 2}),
)


def _as_strided_adjoint_samples() -> list[Sample]:
    return [
        Sample((draw(p["shape"], -2, 2, k),), {"length": s[0], **p})
        for k, (s, p) in enumerate(_STRIDES)
    ]


as_strided: Primitive = define(
    "as_strided", "x", _as_strided,
    {"x": lambda g, x_shape, shape, strides, offset: as_strided_adjoint(
        g, length=x_shape[0], shape=shape, strides=strides, offset=offset)},
    params={"shape": (), "strides": (), "offset": 0},
    mathematics="as_strided(x, shape, strides, offset)", kind="linear", view=True,
    torch="torch.as_strided(x, shape, strides, offset)", samples=with_params(*_STRIDES),
    doc="Element i of a flat x is at the sum of i and strides, from an offset.",
)  # fmt: skip

as_strided_adjoint: Primitive = define(
    "as_strided_adjoint", "x", _as_strided_adjoint,
    {"x": lambda g, shape, strides, offset: as_strided(
        g, shape=shape, strides=strides, offset=offset)},
    params={"length": 0, "shape": (), "strides": (), "offset": 0},
    mathematics="as_strided_adjoint(x, length, shape, strides, offset)", kind="linear",
    torch="torch.zeros(length, dtype=x.dtype).index_add(0, torch.as_strided("
          "torch.arange(length), shape, strides, offset).reshape(-1), x.reshape(-1))",
    samples=_as_strided_adjoint_samples, doc="Zeros, with every element added at its place.",
)  # fmt: skip


def _im2col(x: Any, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Any:
    n, c, *image = x.shape
    rows, columns = [
        output_size(image[k], kernel[k], stride[k], padding[k], dilation[k]) for k in (0, 1)
    ]
    v = _image_windows(padded(x, padding, 0.0), kernel, stride, dilation, (rows, columns))
    return v.transpose(0, 1, 4, 5, 2, 3).reshape(n, c * kernel[0] * kernel[1], rows * columns)


def _col2im(x: Any, shape: Pair, kernel: Pair, stride: Pair, padding: Pair, dilation: Pair) -> Any:
    n, depth, _ = x.shape
    (h, w), (kh, kw), (ph, pw) = shape, kernel, padding
    rows, columns = [
        output_size(shape[k], kernel[k], stride[k], padding[k], dilation[k]) for k in (0, 1)
    ]
    parts = x.reshape(n, depth // (kh * kw), kh, kw, rows, columns)
    out = np.zeros((n, depth // (kh * kw), h + 2 * ph, w + 2 * pw), x.dtype)
    for i in range(kh):
        top = i * dilation[0]
        down = slice(top, top + stride[0] * (rows - 1) + 1, stride[0])
        for j in range(kw):
            left = j * dilation[1]
            across = slice(left, left + stride[1] * (columns - 1) + 1, stride[1])
            out[:, :, down, across] += parts[:, :, i, j]
    return out[:, :, ph : ph + h, pw : pw + w]


_ONE: dict[str, Pair] = {"stride": (1, 1), "padding": (0, 0), "dilation": (1, 1)}
_IMAGES: tuple[tuple[tuple[int, ...], dict[str, Pair]], ...] = (
    ((2, 1, 4, 4), {"kernel": (2, 2), **_ONE}),
    ((1, 2, 4, 5), {"kernel": (3, 2), **_ONE, "padding": (1, 0)}),
    ((1, 2, 5, 5), {"kernel": (2, 2), **_ONE, "stride": (2, 1), "padding": (0, 1)}),
    ((1, 1, 5, 4), {"kernel": (2, 1), **_ONE, "dilation": (2, 1)}),
)


def _col2im_samples() -> list[Sample]:
    return [
        Sample((draw(_im2col(np.zeros(s), **p).shape, -2, 2, k),), {"shape": s[2:], **p})
        for k, (s, p) in enumerate(_IMAGES)
    ]


im2col: Primitive = define(
    "im2col", "x", _im2col,
    {"x": lambda g, x_shape, kernel, stride, padding, dilation: col2im(
        g, shape=x_shape[2:], kernel=kernel, stride=stride, padding=padding, dilation=dilation)},
    params={"kernel": (1, 1), **_ONE},
    mathematics="im2col(x, kernel, stride, padding, dilation)", kind="linear",
    torch="torch.nn.functional.unfold(x, kernel, dilation, padding, stride)",
    samples=with_params(*_IMAGES), doc="Every window of an image as a column.",
)  # fmt: skip

col2im: Primitive = define(
    "col2im", "x", _col2im,
    {"x": lambda g, kernel, stride, padding, dilation: im2col(
        g, kernel=kernel, stride=stride, padding=padding, dilation=dilation)},
    params={"shape": (1, 1), "kernel": (1, 1), **_ONE},
    mathematics="col2im(x, shape, kernel, stride, padding, dilation)", kind="linear",
    torch="torch.nn.functional.fold(x, shape, kernel, dilation, padding, stride)",
    samples=_col2im_samples, doc="Columns added up to an image: the adjoint of im2col.",
)  # fmt: skip
