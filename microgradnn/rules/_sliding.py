"""Windows that slide over the last axes of an array: how many fit, and where they lie."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np


def output_size(
    n: int, kernel: int, stride: int, padding: int, dilation: int, ceil: bool = False
) -> int:
    """Windows that fit along one axis; with ``ceil``, one that hangs over the end counts too."""
    span = n + 2 * padding - dilation * (kernel - 1) - 1
    if ceil:
        size = -(-span // stride) + 1
        # The last window must start inside the input or the left padding.
        return size - 1 if (size - 1) * stride >= n + padding else size
    return span // stride + 1


def padded(x: Any, padding: Sequence[int], fill: float, more: Sequence[int] = ()) -> Any:
    """A border around the last axes, one width for each, in x's order of memory.

    ``more`` widens the border behind the array only.
    """
    more = more or (0,) * len(padding)
    if not any(padding) and not any(more):
        return x
    lead = x.ndim - len(padding)
    shape = [n + 2 * p + m for n, p, m in zip(x.shape[lead:], padding, more, strict=True)]
    out: Any = np.full_like(x, fill, shape=(*x.shape[:lead], *shape))
    inside = tuple([slice(p, p + n) for n, p in zip(x.shape[lead:], padding, strict=True)])
    out[(..., *inside)] = x
    return out


def windows(
    x: Any,
    kernel: Sequence[int],
    stride: Sequence[int],
    dilation: Sequence[int],
    size: Sequence[int],
) -> Any:
    """A view (..., *size, *kernel): all windows over the last axes, not to be written to."""
    lead = x.ndim - len(kernel)
    steps = x.strides[lead:]
    return np.lib.stride_tricks.as_strided(
        x,
        (*x.shape[:lead], *size, *kernel),
        (
            *x.strides[:lead],
            *[s * step for s, step in zip(steps, stride, strict=True)],
            *[s * gap for s, gap in zip(steps, dilation, strict=True)],
        ),
        writeable=False,
    )
