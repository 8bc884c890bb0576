"""Pooling to a given size: the windows are as large as that takes, and may overlap."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...rules._layout import lay_out
from ...rules.average_pooling import avg_pool as _avg_pool
from ...rules.pooling import max_pool as _max_pool
from ...rules.pooling import plane_indices
from ...rules.resampling import resample
from ._windows import check_image, each

OutputSize = int | None | tuple[int | None, ...] | list[int | None]


def _sizes(
    name: str, d: int, input: Tensor, output_size: OutputSize
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The sizes of the image and of the result; None keeps a size."""
    image = check_image(name, input, d)
    given = output_size if isinstance(output_size, list | tuple) else (output_size,) * d
    if len(given) != d:
        raise ShapeError(f"{name}: output_size has {d} sizes, got {tuple(given)}")
    wanted = [n if size is None else size for size, n in zip(given, image, strict=True)]
    size = each(wanted, d, name, "output_size")
    if min(size) < 0:
        raise RuntimeError(f"{name}: output_size is not negative, got {size}")
    return image, size


def _elements(old: int, new: int) -> Any:
    """Which elements are in each of ``new`` windows: an array (most, new), the last one repeated.

    Window ``i`` goes from ``floor(i old / new)`` to ``ceil((i + 1) old / new)``.
    """
    i = np.arange(new)
    starts, stops = i * old // new, -(-(i + 1) * old // new)
    most = int((stops - starts).max(initial=1))
    return np.minimum(starts + np.arange(most)[:, None], stops - 1)


def _regular(image: tuple[int, ...], size: tuple[int, ...]) -> bool:
    """Whether windows of one size without overlap do it."""
    return all(m and n % m == 0 for n, m in zip(image, size, strict=True))


def _average(d: int, input: Tensor, output_size: OutputSize) -> Tensor:
    name = f"adaptive_avg_pool{d}d"
    image, size = _sizes(name, d, input, output_size)
    if input._array.dtype.kind != "f":
        raise RuntimeError(f"{name}: the input is of dtype {input.dtype}; convert it with .float()")
    if math.prod(size) == 1:
        result: Tensor = input.mean(tuple(range(-d, 0)), keepdim=True)
        return result
    if _regular(image, size):
        kernel = tuple([n // m for n, m in zip(image, size, strict=True)])
        result = _avg_pool.apply(input, kernel, kernel, (0,) * d, False, True, 0)
        return result
    lead = input.ndim - d
    for k, (n, m) in enumerate(zip(image, size, strict=True)):
        if n != m:
            places = _elements(n, m)
            # An element that stands for several shares its weight among them.
            weights = 1.0 / (places == places[-1]).sum(0) / (places[-1] - places[0] + 1)
            weights = np.where(places == places[-1], weights, 1.0 / (places[-1] - places[0] + 1))
            input = resample.apply(input, lead + k, places, weights)
    return input


def _largest(d: int, input: Tensor, output_size: OutputSize, return_indices: bool) -> Any:
    image, size = _sizes(f"adaptive_max_pool{d}d", d, input, output_size)
    lead = input.ndim - d
    elements: dict[int, Any] = {}
    kernel = []
    for k, (n, m) in enumerate(zip(image, size, strict=True)):
        if m and n % m == 0:
            kernel.append(n // m)
            continue
        # Windows laid out one behind the other: an element that is in several is repeated.
        places = _elements(n, m)
        kernel.append(len(places))
        elements[k] = places.T.reshape(1, -1)
        input = resample.apply(input, lead + k, elements[k], None)
    wide = input._array.shape[lead:]
    ones = (1,) * d
    if not math.prod(size):
        values, places = input.reshape(*input._array.shape[:lead], *size), None
    else:
        values, places = _max_pool.apply(input, tuple(kernel), tuple(kernel), (0,) * d, ones, False)
    if not return_indices:
        return values
    if places is None:
        return values, Tensor._wrap(np.zeros(values._array.shape, np.int64))
    layout = lay_out(wide, tuple(kernel), tuple(kernel), (0,) * d, ones, False)
    found = plane_indices(places._array, layout)
    if elements:
        total: Any = np.zeros((), np.int64)
        for k, part in enumerate(np.unravel_index(found, wide)):
            total = total * image[k] + (elements[k][0][part] if k in elements else part)
        found = total
    return values, Tensor._wrap(found)


def adaptive_avg_pool1d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Averages of as many windows as asked for along a signal; see `adaptive_avg_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.adaptive_avg_pool1d(mg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    tensor([[2.0000, 3.5000]])
    """
    return _average(1, input, output_size)


def adaptive_avg_pool2d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Averages over images, of as many windows as the size asked for.

    Along an axis of ``n`` elements window ``i`` of ``m`` goes from ``floor(i n / m)`` up to
    ``ceil((i + 1) n / m)``.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    output_size : int, None or pair of them
        None keeps the size.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        If the shape or the dtype does not fit.

    Examples
    --------
    >>> mg.nn.functional.adaptive_avg_pool2d(mg.arange(9.0).reshape(1, 3, 3), 2)
    tensor([[[2., 3.],
             [5., 6.]]])
    """
    return _average(2, input, output_size)


def adaptive_avg_pool3d(input: Tensor, output_size: OutputSize) -> Tensor:
    """Averages of as many windows as asked for over volumes; see `adaptive_avg_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.adaptive_avg_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 1)
    tensor([[[[3.5000]]]])
    """
    return _average(3, input, output_size)


def adaptive_max_pool1d(
    input: Tensor, output_size: OutputSize, return_indices: bool = False
) -> Any:
    """The largest of each of as many windows as asked for; see `adaptive_max_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.adaptive_max_pool1d(mg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    tensor([[3., 5.]])
    """
    return _largest(1, input, output_size, return_indices)


def adaptive_max_pool2d(
    input: Tensor, output_size: OutputSize, return_indices: bool = False
) -> Any:
    """The largest numbers of images, one of each of as many windows as the size asked for.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or without batch
    output_size : int, None or pair of them
        None keeps the size.
    return_indices : bool
        Whether to return also where in its plane each largest number is.

    Returns
    -------
    Tensor, or (Tensor, Tensor of int64)

    Raises
    ------
    RuntimeError
        If the shape does not fit.

    Examples
    --------
    >>> mg.nn.functional.adaptive_max_pool2d(mg.arange(9.0).reshape(1, 3, 3), 2)
    tensor([[[4., 5.],
             [7., 8.]]])
    """
    return _largest(2, input, output_size, return_indices)


def adaptive_max_pool3d(
    input: Tensor, output_size: OutputSize, return_indices: bool = False
) -> Any:
    """The largest of each of as many windows as asked for over volumes; see `adaptive_max_pool2d`.

    Examples
    --------
    >>> mg.nn.functional.adaptive_max_pool3d(mg.arange(8.0).reshape(1, 2, 2, 2), 1)
    tensor([[[[7.]]]])
    """
    return _largest(3, input, output_size, return_indices)


def adaptive_max_pool1d_with_indices(
    input: Tensor, output_size: OutputSize, return_indices: bool = False
) -> Any:
    """`adaptive_max_pool1d` with ``return_indices=True``."""
    return _largest(1, input, output_size, True)


def adaptive_max_pool2d_with_indices(
    input: Tensor, output_size: OutputSize, return_indices: bool = False
) -> Any:
    """`adaptive_max_pool2d` with ``return_indices=True``."""
    return _largest(2, input, output_size, True)


def adaptive_max_pool3d_with_indices(
    input: Tensor, output_size: OutputSize, return_indices: bool = False
) -> Any:
    """`adaptive_max_pool3d` with ``return_indices=True``."""
    return _largest(3, input, output_size, True)
