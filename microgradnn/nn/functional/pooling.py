"""Pooling: the largest number, or the average, of each window that slides over an input."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...rules.pooling import max_pool2d as _max_pool2d
from ._operands import check, pair

IntOrPair = int | Sequence[int]


def max_pool2d(
    input: Tensor, kernel_size: IntOrPair, stride: IntOrPair | None = None,
    padding: IntOrPair = 0, dilation: IntOrPair = 1, ceil_mode: bool = False,
    return_indices: bool = False,
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
    check("max_pool2d", input=input)
    kernel = pair(kernel_size, "kernel_size")
    steps = kernel if stride is None or stride == [] else pair(stride, "stride")
    pads, gaps = pair(padding, "padding"), pair(dilation, "dilation")
    if input.ndim == 3:
        values, indices = max_pool2d(
            input.unsqueeze(0), kernel, steps, pads, gaps, ceil_mode, return_indices=True
        )
        values, indices = values.squeeze(0), indices.squeeze(0)
        return (values, indices) if return_indices else values
    shape = tuple(input._array.shape)
    if len(shape) != 4:
        raise ShapeError(
            "max_pool2d takes an input of shape (batch, channels, height, width) or (channels, "
            f"height, width), got {shape}"
        )
    if min(*kernel, *steps, *gaps) < 1:
        raise ValueError(
            f"max_pool2d: kernel size, stride and dilation are positive, got {kernel}, {steps} and "
            f"{gaps}"
        )
    for k in (0, 1):
        window = gaps[k] * (kernel[k] - 1) + 1
        if not 0 <= pads[k] <= window // 2:
            raise ShapeError(
                f"max_pool2d: padding is at most half of the window, got padding {pads[k]} for a "
                f"window of size {window} along dimension {k + 2}"
            )
        if window > shape[2 + k] + 2 * pads[k] and not ceil_mode:
            raise ShapeError(
                f"max_pool2d: a window of size {window} does not fit into an image of size "
                f"{shape[2 + k] + 2 * pads[k]} (padding included) along dimension {k + 2} of "
                f"{shape}"
            )
    values, indices = _max_pool2d.apply(input, kernel, steps, pads, gaps, bool(ceil_mode))
    return (values, indices) if return_indices else values
