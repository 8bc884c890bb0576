"""Max pooling over windows whose distances are drawn at random (Graham, 2014)."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.sampling import rand
from ...rules.indexing import gather
from ._windows import Sizes, check_image, each


def _starts(sample: Any, old: int, new: int, kernel: int) -> Any:
    """Where ``new`` windows begin, for each random number: (..., new)."""
    if new == 1:
        return np.full((*sample.shape, 1), old - kernel)
    alpha = sample.dtype.type((old - kernel) / (new - 1))
    i = np.arange(new - 1).astype(sample.dtype)
    u = sample[..., None]
    starts = ((i + u) * alpha).astype(np.int64) - (u * alpha).astype(np.int64)
    return np.concatenate([starts, np.full((*sample.shape, 1), old - kernel)], -1)


def _sizes(
    name: str, d: int, image: tuple[int, ...], kernel: tuple[int, ...], output_size: Any,
    output_ratio: Any,
) -> tuple[int, ...]:  # fmt: skip
    if (output_size is None) == (output_ratio is None):
        raise ValueError(f"{name}: one of output_size and output_ratio is needed, and not both")
    if output_size is not None:
        size = each(output_size, d, name, "output_size")
    else:
        ratios = (
            tuple(output_ratio) if isinstance(output_ratio, list | tuple) else (output_ratio,) * d
        )
        if len(ratios) != d or not all(0 < r < 1 for r in ratios):
            raise ValueError(f"{name}: output_ratio is between 0 and 1, got {output_ratio}")
        size = tuple([int(n * r) for n, r in zip(image, ratios, strict=True)])
    for n, m, k in zip(image, size, kernel, strict=True):
        if k < 1 or m < 1 or m + k - 1 > n:
            raise ShapeError(
                f"{name}: windows of {kernel} do not fit {size} times into an image of {image}"
            )
    return size


def _pool(
    d: int, input: Tensor, kernel_size: Sizes, output_size: Any, output_ratio: Any,
    return_indices: bool, samples: Tensor | None,
) -> Any:  # fmt: skip
    name = f"fractional_max_pool{d}d"
    image = check_image(name, input, d)
    kernel = each(kernel_size, d, name, "kernel_size")
    size = _sizes(name, d, image, kernel, output_size, output_ratio)
    shape = input._array.shape
    batch = (1, *shape)[-d - 2 : -d]
    if samples is None:
        samples = rand(*batch, d, dtype=input.dtype)
    elif samples._array.shape != (*batch, d):
        raise ShapeError(
            f"{name}: _random_samples has shape {(*batch, d)}, got {tuple(samples._array.shape)}"
        )
    index: Any = np.zeros((), np.int64)
    for k, (n, m, width) in enumerate(zip(image, size, kernel, strict=True)):
        # PyTorch takes the numbers for images from the width on, those for volumes from the depth.
        drawn = samples._array[..., d - 1 - k if d == 2 else k]
        at = _starts(drawn, n, m, width)[..., None] + np.arange(width)
        spread = (*batch, *[1] * k, m, *[1] * (d - 1), width, *[1] * (d - 1 - k))
        index = index * n + at.reshape(spread)
    index = index.reshape(*shape[:-d], *size, math.prod(kernel))
    flat = index.reshape(*shape[:-d], math.prod(index.shape[-d - 1 :]))
    every = gather.apply(input.flatten(-d), Tensor._wrap(flat), flat.ndim - 1).reshape(index.shape)
    values, places = every.max(-1)
    if not return_indices:
        return values
    found = np.take_along_axis(index, places._array[..., None], -1)[..., 0]
    return values, Tensor._wrap(found)


def fractional_max_pool2d(
    input: Tensor, kernel_size: Sizes, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:  # fmt: skip
    """The largest number of each window; the windows are as far apart as chance has it.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    kernel_size : int or pair of int
    output_size : int or pair of int
        How many windows there are.
    output_ratio : float or pair of float
        Or how many for each pixel: between 0 and 1.
    return_indices : bool
        Whether to return also where in its plane each largest number is.
    _random_samples : Tensor, shape (batch, channels, 2), optional
        Numbers from 0 to 1 to place the windows by; default: drawn.

    Returns
    -------
    Tensor, or (Tensor, Tensor of int64)

    Raises
    ------
    ValueError, RuntimeError
        If the sizes do not fit.

    Examples
    --------
    >>> mg.nn.functional.fractional_max_pool2d(mg.rand(1, 7, 7), 2, output_size=5).shape
    microgradnn.Size([1, 5, 5])
    """
    return _pool(2, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool3d(
    input: Tensor, kernel_size: Sizes, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:  # fmt: skip
    """The largest of each window over volumes, placed by chance; see `fractional_max_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.fractional_max_pool3d(mg.rand(1, 7, 7, 7), 2, output_ratio=0.5).shape
    microgradnn.Size([1, 3, 3, 3])
    """
    return _pool(3, input, kernel_size, output_size, output_ratio, return_indices, _random_samples)


def fractional_max_pool2d_with_indices(
    input: Tensor, kernel_size: Sizes, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:  # fmt: skip
    """`fractional_max_pool2d` with ``return_indices=True``."""
    return _pool(2, input, kernel_size, output_size, output_ratio, True, _random_samples)


def fractional_max_pool3d_with_indices(
    input: Tensor, kernel_size: Sizes, output_size: Any = None, output_ratio: Any = None,
    return_indices: bool = False, _random_samples: Tensor | None = None,
) -> Any:  # fmt: skip
    """`fractional_max_pool3d` with ``return_indices=True``."""
    return _pool(3, input, kernel_size, output_size, output_ratio, True, _random_samples)
