"""Pooling: the largest number of each window that slides over an input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.scatter import scatter
from ...rules._layout import lay_out
from ...rules.pooling import max_pool as _max_pool
from ...rules.pooling import plane_indices
from ._windows import Sizes, check_image, check_windows, each


def _max(
    d: int, input: Tensor, kernel_size: Sizes, stride: Sizes | None, padding: Sizes,
    dilation: Sizes, ceil_mode: bool, return_indices: bool,
) -> Any:  # fmt: skip
    kernel, steps, pads, gaps = check_windows(
        f"max_pool{d}d", input, d, kernel_size, stride, padding, dilation, ceil_mode
    )
    values, places = _max_pool.apply(input, kernel, steps, pads, gaps, bool(ceil_mode))
    if not return_indices:
        return values
    layout = lay_out(input._array.shape[-d:], kernel, steps, pads, gaps, bool(ceil_mode))
    return values, Tensor._wrap(plane_indices(places._array, layout))


def max_pool1d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number in each window that slides along a signal; see `max_pool2d`.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, length), or without batch
    kernel_size, stride, padding, dilation : int
    ceil_mode, return_indices : bool

    Examples
    --------
    >>> mg.nn.functional.max_pool1d(mg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    tensor([[3., 5.]])
    """
    return _max(1, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool2d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number in each window that slides over images.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size, so that windows do not overlap.
    padding : int or pair of int
        At most half of the kernel; what is padded is never the largest.
    dilation : int or pair of int
    ceil_mode : bool
        Whether windows that begin inside the image but end outside count too.
    return_indices : bool
        Whether to return also where in its plane each largest number is.

    Returns
    -------
    Tensor, or (Tensor, Tensor of int64)

    Raises
    ------
    RuntimeError
        If no window fits.

    Examples
    --------
    >>> mg.nn.functional.max_pool2d(mg.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 5.,  7.],
             [13., 15.]]])
    """
    return _max(2, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool3d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> Any:  # fmt: skip
    """The largest number in each window that slides over volumes; see `max_pool2d`.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, depth, height, width), or without batch
    kernel_size, stride, padding, dilation : int or triple of int
    ceil_mode, return_indices : bool

    Examples
    --------
    >>> mg.nn.functional.max_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[7.]]]])
    """
    return _max(3, input, kernel_size, stride, padding, dilation, ceil_mode, return_indices)


def max_pool1d_with_indices(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`max_pool1d` with ``return_indices=True``."""
    pair: tuple[Tensor, Tensor] = _max(
        1, input, kernel_size, stride, padding, dilation, ceil_mode, True
    )
    return pair


def max_pool2d_with_indices(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`max_pool2d` with ``return_indices=True``."""
    pair: tuple[Tensor, Tensor] = _max(
        2, input, kernel_size, stride, padding, dilation, ceil_mode, True
    )
    return pair


def max_pool3d_with_indices(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    dilation: Sizes = 1, ceil_mode: bool = False, return_indices: bool = False,
) -> tuple[Tensor, Tensor]:  # fmt: skip
    """`max_pool3d` with ``return_indices=True``."""
    pair: tuple[Tensor, Tensor] = _max(
        3, input, kernel_size, stride, padding, dilation, ceil_mode, True
    )
    return pair


# --- the way back -------------------------------------------------------------------------------


def _unpool(
    d: int, input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None,
    padding: Sizes, output_size: Any,
) -> Tensor:  # fmt: skip
    name = f"max_unpool{d}d"
    image = check_image(name, input, d)
    kernel, pads = each(kernel_size, d, name, "kernel_size"), each(padding, d, name, "padding")
    steps = kernel if stride is None or stride in ((), []) else each(stride, d, name, "stride")
    usual = [(n - 1) * s - 2 * p + k for n, s, p, k in zip(image, steps, pads, kernel, strict=True)]
    size = tuple(usual) if output_size is None else tuple(output_size)
    if len(size) == d + 2 or (len(size) == d + 1 and input.ndim == d + 1):
        size = size[-d:]
    if len(size) != d:
        raise ValueError(f"{name}: output_size has {d} or {d + 2} sizes, got {tuple(output_size)}")
    for n, wanted, s in zip(size, usual, steps, strict=True):
        if not wanted - s < n < wanted + s and output_size is not None:
            raise ValueError(
                f"{name}: output_size {size} is not within one stride {steps} of {tuple(usual)}, "
                f"which these windows make of an input of shape {tuple(input._array.shape)}"
            )
    shape = input._array.shape
    places = indices._array
    if places.shape != shape:
        raise ShapeError(
            f"{name}: input and indices have one shape, got {tuple(shape)} and "
            f"{tuple(places.shape)}"
        )
    if places.dtype != np.int64:
        raise RuntimeError(f"{name}: indices are of dtype int64, got {indices.dtype}")
    total = math.prod(size)
    outside = places[(places < 0) | (places >= total)]
    if outside.size:
        raise RuntimeError(
            f"{name}: index {outside.flat[0]} is not in an output of size {size}, which has "
            f"{total} elements"
        )
    zeros = Tensor._wrap(np.zeros((*shape[:-d], total), input._array.dtype))
    flat = scatter(zeros, -1, indices.flatten(-d), input.flatten(-d))
    return flat.reshape(*shape[:-d], *size)


def max_unpool1d(
    input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None,
    padding: Sizes = 0, output_size: Any = None,
) -> Tensor:  # fmt: skip
    """Zeros, with the numbers that `max_pool1d` kept where they came from; see `max_unpool2d`.

    Examples
    --------
    >>> x = mg.tensor([[1.0, 3.0, 2.0, 5.0]])
    >>> kept, where = mg.nn.functional.max_pool1d(x, 2, return_indices=True)
    >>> mg.nn.functional.max_unpool1d(kept, where, 2)
    tensor([[0., 3., 0., 5.]])
    """
    return _unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None,
    padding: Sizes = 0, output_size: Any = None,
) -> Tensor:  # fmt: skip
    """Zeros, with the numbers that `max_pool2d` kept where they came from.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    indices : Tensor of int64
        Where in its plane each number goes, from ``max_pool2d(..., return_indices=True)``.
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size.
    padding : int or pair of int
    output_size : sequence of int, optional
        Default: the smallest that these windows make. It settles which of several was pooled.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError, ValueError
        If sizes or indices do not fit.

    Examples
    --------
    >>> places = mg.tensor([[[3]]])
    >>> mg.nn.functional.max_unpool2d(mg.tensor([[[7.0]]]), places, 2)
    tensor([[[0., 0.],
             [0., 7.]]])
    """
    return _unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor, indices: Tensor, kernel_size: Sizes, stride: Sizes | None = None,
    padding: Sizes = 0, output_size: Any = None,
) -> Tensor:  # fmt: skip
    """Zeros, with the numbers that `max_pool3d` kept where they came from; see `max_unpool2d`.

    Examples
    --------
    >>> places = mg.tensor([[[[3]]]])
    >>> mg.nn.functional.max_unpool3d(mg.tensor([[[[7.0]]]]), places, (1, 2, 2))
    tensor([[[[0., 0.],
              [0., 7.]]]])
    """
    return _unpool(3, input, indices, kernel_size, stride, padding, output_size)
