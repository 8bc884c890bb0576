"""The windows that a pooling function is asked for, checked."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from typing import Any

from ..._errors import ShapeError
from ..._tensor import Tensor
from ._operands import check

Sizes = int | Sequence[int]
"""One integer, or one for each dimension that the windows slide over."""


def each(value: Any, d: int, name: str, what: str) -> tuple[int, ...]:
    """One integer, or as many as there are dimensions, as a tuple of ``d``.

    Raises
    ------
    TypeError
        If there are no integers.
    RuntimeError
        If there are more or fewer of them.
    """
    if value.__class__ is int:
        return (value,) * d
    try:
        if not isinstance(value, list | tuple):
            return (operator.index(value),) * d
        given = tuple([operator.index(k) for k in value])
    except TypeError:
        raise TypeError(f"{name}: {what} is an integer or a tuple of {d}, got {value!r}") from None
    if len(given) == 1:
        return given * d
    if len(given) != d:
        raise ShapeError(f"{name}: {what} is one integer or {d} of them, got {value!r}")
    return given


def check_image(name: str, input: Tensor, d: int) -> tuple[int, ...]:
    """The last ``d`` sizes of an input that has one or two dimensions more, none of them empty."""
    check(name, input=input)
    shape: tuple[int, ...] = input._array.shape
    if len(shape) not in (d + 1, d + 2):
        sizes = ("length", "height, width", "depth, height, width")[d - 1]
        raise ShapeError(
            f"{name} takes an input of shape (batch, channels, {sizes}) or (channels, {sizes}), "
            f"got {tuple(shape)}"
        )
    if 0 in shape[-d - 1 :]:
        raise ShapeError(
            f"{name}: only the batch may be empty, got an input of shape {tuple(shape)}"
        )
    return shape[-d:]


def check_windows(
    name: str, input: Tensor, d: int, kernel_size: Any, stride: Any, padding: Any = 0,
    dilation: Any = 1, ceil_mode: bool = False,
) -> tuple[tuple[int, ...], ...]:  # fmt: skip
    """Kernel, stride, padding and dilation as tuples of ``d``.

    Raises
    ------
    RuntimeError
        If one makes no sense, or no window fits.
    """
    image = check_image(name, input, d)
    kernel = each(kernel_size, d, name, "kernel_size")
    steps = kernel if stride is None or stride in ((), []) else each(stride, d, name, "stride")
    pads, gaps = each(padding, d, name, "padding"), each(dilation, d, name, "dilation")
    if min(*kernel, *steps, *gaps) < 1:
        raise ShapeError(
            f"{name}: kernel size, stride and dilation are positive, got {kernel}, {steps} and "
            f"{gaps}"
        )
    for k, n in enumerate(image):
        window = gaps[k] * (kernel[k] - 1) + 1
        if not 0 <= pads[k] <= window // 2:
            raise ShapeError(
                f"{name}: padding is at most half of the window, got padding {pads[k]} for a "
                f"window of size {window} along dimension {k - d}"
            )
        room = n + 2 * pads[k]
        if window > room and not (ceil_mode and window - room < steps[k]):
            raise ShapeError(
                f"{name}: a window of size {window} does not fit into an image of size {room} "
                f"(padding included) along dimension {k - d} of shape {tuple(input._array.shape)}"
            )
    return kernel, steps, pads, gaps
