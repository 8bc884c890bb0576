"""Pooling: the average of each window that slides over an input, or a power average."""

from __future__ import annotations

import math

from ..._tensor import Tensor
from ...rules import activations, elementwise
from ...rules.average_pooling import avg_pool as _avg_pool
from ._windows import Sizes, check_windows, each


def _average(
    d: int, input: Tensor, kernel_size: Sizes, stride: Sizes | None, padding: Sizes,
    ceil_mode: bool, count_include_pad: bool, divisor: int | None,
) -> Tensor:  # fmt: skip
    name = f"avg_pool{d}d"
    kernel, steps, pads, _ = check_windows(
        name, input, d, kernel_size, stride, padding, 1, ceil_mode
    )
    if divisor == 0:
        raise RuntimeError(f"{name}: divisor must be not zero")
    if input._array.dtype.kind != "f":
        raise RuntimeError(f"{name}: the input is of dtype {input.dtype}; convert it with .float()")
    result: Tensor = _avg_pool.apply(
        input, kernel, steps, pads, bool(ceil_mode), bool(count_include_pad), divisor or 0
    )
    return result


def avg_pool1d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    ceil_mode: bool = False, count_include_pad: bool = True,
) -> Tensor:  # fmt: skip
    """The average of each window that slides along a signal; see `avg_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.avg_pool1d(mg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    tensor([[2.0000, 3.5000]])
    """
    return _average(1, input, kernel_size, stride, padding, ceil_mode, count_include_pad, None)


def avg_pool2d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The average of each window that slides over images.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size, so that windows do not overlap.
    padding : int or pair of int
        How many zeros are around the image: at most half of the kernel.
    ceil_mode : bool
        Whether windows that begin inside the image but end outside count too.
    count_include_pad : bool
        Whether the zeros around the image count as elements of a window.
    divisor_override : int, optional
        What the sums are divided by, instead of the number of elements.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If no window fits, or the input is of integers.

    Examples
    --------
    >>> mg.nn.functional.avg_pool2d(mg.arange(16.0).reshape(1, 4, 4), 2)
    tensor([[[ 2.5000,  4.5000],
             [10.5000, 12.5000]]])
    """
    return _average(
        2, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def avg_pool3d(
    input: Tensor, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0,
    ceil_mode: bool = False, count_include_pad: bool = True, divisor_override: int | None = None,
) -> Tensor:  # fmt: skip
    """The average of each window that slides over volumes; see `avg_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.avg_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 2)
    tensor([[[[3.5000]]]])
    """
    return _average(
        3, input, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
    )


def _power_average(
    d: int, input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None,
    ceil_mode: bool,
) -> Tensor:  # fmt: skip
    kernel = each(kernel_size, d, f"lp_pool{d}d", "kernel_size")
    powers = _average(d, input**norm_type, kernel, stride, 0, ceil_mode, True, None)
    # Averages times the whole window's size: at the border sums of fewer elements count for more.
    sums: Tensor = elementwise.sign.apply(powers) * activations.relu.apply(abs(powers))
    return (sums * math.prod(kernel)) ** (1.0 / norm_type)


def lp_pool1d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:  # fmt: skip
    """``sum(x**p) ** (1 / p)`` of each window along a signal; see `lp_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.lp_pool1d(mg.tensor([[3.0, 4.0, 0.0, 2.0]]), 2, 2)
    tensor([[5., 2.]])
    """
    return _power_average(1, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:  # fmt: skip
    """``sum(x**p) ** (1 / p)`` of each window: between the sum (p = 1) and the largest.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    norm_type : float
        The power ``p``. Odd ones keep the signs.
    kernel_size : int or pair of int
    stride : int or pair of int, optional
        Default: the kernel size.
    ceil_mode : bool
        Whether windows that begin inside the image but end outside count too.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nn.functional.lp_pool2d(mg.tensor([[[3.0, 4.0], [0.0, 12.0]]]), 2, 2)
    tensor([[[13.]]])
    """
    return _power_average(2, input, norm_type, kernel_size, stride, ceil_mode)


def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None,
    ceil_mode: bool = False,
) -> Tensor:  # fmt: skip
    """``sum(x**p) ** (1 / p)`` of each window over volumes; see `lp_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.lp_pool3d(mg.ones(1, 1, 2, 2), 2, (1, 2, 2))
    tensor([[[[2.]]]])
    """
    return _power_average(3, input, norm_type, kernel_size, stride, ceil_mode)
