"""Images as columns of their windows, and pixels traded for channels."""

from __future__ import annotations

import math
from typing import Any

from .._methods import function
from .._tensor import Tensor
from .._typing import Sizes
from ..rules import windows as rules
from ..rules._sliding import output_size as _count
from ._sizes import sizes as _sizes


def _pair(x: Any, name: str, what: str) -> tuple[int, int]:
    given = _sizes((x,), name)
    if len(given) == 1:
        given *= 2
    if len(given) != 2:
        raise RuntimeError(f"{name}: {what} is one integer or two, got {given}")
    return given[0], given[1]


def _window(name: str, **given: Any) -> list[tuple[int, int]]:
    """Kernel, stride, padding and dilation as pairs; RuntimeError if one makes no sense."""
    pairs = []
    for what, x in given.items():
        pair = _pair(x, name, what)
        if min(pair) < (0 if what == "padding" else 1):
            raise RuntimeError(f"{name}: {what} must be positive, got {pair}")
        pairs.append(pair)
    return pairs


def unfold(
    input: Tensor,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Every window of an image as a column.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width) or without the batch
    kernel_size, dilation, padding, stride : int, or two of them

    Returns
    -------
    Tensor, shape (batch, channels * kernel height * kernel width, windows)

    Raises
    ------
    RuntimeError
        If no window fits.

    Examples
    --------
    >>> x = mg.arange(6.0).reshape(1, 1, 2, 3)
    >>> mg.nn.functional.unfold(x, 2)
    tensor([[[0., 1.],
             [1., 2.],
             [3., 4.],
             [4., 5.]]])
    """
    kernel, steps, border, spread = _window(
        "unfold", kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    shape = input._array.shape
    if len(shape) not in (3, 4) or 0 in shape[-3:]:
        raise RuntimeError(
            "unfold takes images (batch, channels, height, width), or one without the batch, "
            f"got shape {tuple(shape)}"
        )
    counts = [_count(shape[k - 2], kernel[k], steps[k], border[k], spread[k]) for k in (0, 1)]
    if min(counts) < 1:
        raise RuntimeError(
            f"unfold: no window of {kernel} (dilation {spread}, padding {border}) fits into an "
            f"image of shape {tuple(shape)}"
        )
    if len(shape) == 4:
        return rules.im2col.apply(input, kernel, steps, border, spread)
    return rules.im2col.apply(input.unsqueeze(0), kernel, steps, border, spread).squeeze(0)


def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Columns added up to an image, each at the place of its window: the adjoint of `unfold`.

    Parameters
    ----------
    input : Tensor, shape (batch, channels * kernel height * kernel width, windows)
        Or without the batch.
    output_size : int, or two of them
        Height and width of the image.
    kernel_size, dilation, padding, stride : int, or two of them

    Returns
    -------
    Tensor, shape (batch, channels, height, width)

    Raises
    ------
    RuntimeError
        If the columns are not as many as the windows.

    Examples
    --------
    >>> columns = mg.ones(1, 4, 2)
    >>> mg.nn.functional.fold(columns, (2, 3), 2)
    tensor([[[[1., 2., 1.],
              [1., 2., 1.]]]])
    """
    image = _pair(output_size, "fold", "output_size")
    kernel, steps, border, spread = _window(
        "fold", kernel_size=kernel_size, stride=stride, padding=padding, dilation=dilation
    )
    shape = input._array.shape
    if len(shape) not in (2, 3) or 0 in shape[-2:]:
        raise RuntimeError(
            f"fold takes columns (batch, channels * kernel, windows), got shape {tuple(shape)}"
        )
    counts = [_count(image[k], kernel[k], steps[k], border[k], spread[k]) for k in (0, 1)]
    if shape[-2] % math.prod(kernel) or min(counts) < 1 or shape[-1] != math.prod(counts):
        raise RuntimeError(
            f"fold: an image of {image} with windows of {kernel} (stride {steps}, padding "
            f"{border}, dilation {spread}) has columns of a multiple of {math.prod(kernel)}, "
            f"{counts[0]} * {counts[1]} of them; got shape {tuple(shape)}"
        )
    if len(shape) == 3:
        return rules.col2im.apply(input, image, kernel, steps, border, spread)
    return rules.col2im.apply(input.unsqueeze(0), image, kernel, steps, border, spread).squeeze(0)


@function
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Channels traded for pixels: (..., C * r * r, H, W) to (..., C, H * r, W * r).

    Examples
    --------
    >>> mg.pixel_shuffle(mg.arange(4).reshape(4, 1, 1), 2)
    tensor([[[0, 1],
             [2, 3]]])
    """
    shape, r = input._array.shape, upscale_factor
    if len(shape) < 3 or r < 1 or shape[-3] % (r * r):
        raise RuntimeError(
            f"pixel_shuffle by {r} takes (..., channels, height, width) with channels a multiple "
            f"of {r * r}, got shape {tuple(shape)}"
        )
    *batch, c, h, w = shape
    parts = input.reshape(*batch, c // (r * r), r, r, h, w)
    n = len(batch)
    order = (*range(n), n, n + 3, n + 1, n + 4, n + 2)
    return parts.permute(order).reshape(*batch, c // (r * r), h * r, w * r)


@function
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Pixels traded for channels: (..., C, H * r, W * r) to (..., C * r * r, H, W).

    Examples
    --------
    >>> mg.pixel_unshuffle(mg.tensor([[[0, 1], [2, 3]]]), 2).flatten()
    tensor([0, 1, 2, 3])
    """
    shape, r = input._array.shape, downscale_factor
    if len(shape) < 3 or r < 1 or shape[-1] % r or shape[-2] % r:
        raise RuntimeError(
            f"pixel_unshuffle by {r} takes (..., channels, height, width) with height and width "
            f"multiples of {r}, got shape {tuple(shape)}"
        )
    *batch, c, h, w = shape
    parts = input.reshape(*batch, c, h // r, r, w // r, r)
    n = len(batch)
    order = (*range(n), n, n + 2, n + 4, n + 1, n + 3)
    return parts.permute(order).reshape(*batch, c * r * r, h // r, w // r)


@function
def channel_shuffle(input: Tensor, groups: int) -> Tensor:
    """Channels of groups interleaved: the first of each group, then the second of each, ...

    Examples
    --------
    >>> mg.channel_shuffle(mg.arange(4).reshape(1, 4, 1), 2).flatten()
    tensor([0, 2, 1, 3])
    """
    shape = input._array.shape
    if len(shape) < 3 or groups < 1 or shape[1] % groups:
        raise RuntimeError(
            f"channel_shuffle takes (batch, channels, ...) with channels a multiple of {groups}, "
            f"got shape {tuple(shape)}"
        )
    n, c, *rest = shape
    out = input.reshape(n, groups, c // groups, *rest).transpose(1, 2).reshape(shape)
    return out if out._base is None else out.clone()
