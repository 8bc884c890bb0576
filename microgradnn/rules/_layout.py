"""Where pooling's windows lie over the last axes of an array."""

from __future__ import annotations

import functools
import itertools
from typing import Any

from ._sliding import output_size

Sizes = tuple[int, ...]


class Layout:
    """Where windows lie over the last axes of an array.

    Attributes
    ----------
    size : tuple of int
        How many windows there are along each axis.
    more : tuple of int
        What must be added behind the padding for the last windows to fit.
    tiles : bool
        Whether every element of the padded array is in exactly one window.
    disjoint : bool
        Whether none is in two.
    """

    def __init__(
        self, image: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes,
        ceil: bool,
    ) -> None:  # fmt: skip
        axes = list(zip(image, kernel, stride, padding, dilation, strict=True))
        self.image, self.kernel, self.stride, self.dilation = image, kernel, stride, dilation
        self.padding = padding
        self.size = tuple([output_size(*axis, ceil) for axis in axes])
        ends = [
            (m - 1) * s + d * (k - 1) + 1
            for m, (_, k, s, _, d) in zip(self.size, axes, strict=True)
        ]
        self.room = tuple([
            max(end, n + 2 * p) for end, (n, _, _, p, _) in zip(ends, axes, strict=True)
        ])  # fmt: skip
        self.more = tuple([
            room - n - 2 * p for room, (n, _, _, p, _) in zip(self.room, axes, strict=True)
        ])  # fmt: skip
        self.disjoint = all(s >= d * (k - 1) + 1 for _, k, s, _, d in axes)
        self.tiles = self.disjoint and kernel == stride and self.room == tuple(ends)

    @functools.cached_property
    def places(self) -> list[tuple[Any, ...]]:
        """For each place in a window, first to last, the index that picks it from all windows."""
        return [
            (..., *[
                slice(k * d, k * d + s * (m - 1) + 1, s)
                for k, d, s, m in zip(place, self.dilation, self.stride, self.size, strict=True)
            ])
            for place in itertools.product(*map(range, self.kernel))
        ]  # fmt: skip

    def cropped(self, x: Any) -> Any:
        """What the padding surrounds."""
        if self.room == self.image:
            return x
        inside = [slice(p, p + n) for p, n in zip(self.padding, self.image, strict=True)]
        return x[(..., *inside)]


lay_out = functools.lru_cache(256)(Layout)
"""Make a `Layout` once for each layer of a network: a small image is pooled in less time."""


def layout_of(
    y: Any, shape: Sizes, kernel: Sizes, stride: Sizes, padding: Sizes, dilation: Sizes
) -> Layout:
    """The layout that gives as many windows as ``y`` has elements along its last axes."""
    d = len(kernel)
    found = lay_out(shape[-d:], kernel, stride, padding, dilation, False)
    if found.size == y.shape[-d:]:
        return found
    return lay_out(shape[-d:], kernel, stride, padding, dilation, True)


TWO: dict[str, Any] = {
    "kernel": (2, 2), "stride": (2, 2), "padding": (0, 0), "dilation": (1, 1), "ceil": False,
}  # fmt: skip
THREE: dict[str, Any] = {
    "kernel": (2, 1, 2), "stride": (1, 2, 2), "padding": (1, 0, 0), "dilation": (1, 1, 1),
    "ceil": False,
}  # fmt: skip
ONE: dict[str, Any] = {
    "kernel": (3,), "stride": (2,), "padding": (1,), "dilation": (1,), "ceil": False,
}  # fmt: skip
WINDOWS: tuple[tuple[Sizes, dict[str, Any]], ...] = (
    ((2, 1, 4, 4), TWO),
    ((1, 2, 5, 5), {**TWO, "ceil": True}),
    ((1, 1, 4, 5), {**TWO, "kernel": (3, 2), "stride": (1, 1)}),
    ((1, 1, 5, 4), {**TWO, "kernel": (3, 3), "padding": (1, 1)}),
    # Rounding up gives a window that would begin in the padding behind: it is left out.
    ((1, 1, 2, 2), {**TWO, "stride": (3, 3), "padding": (1, 1), "ceil": True}),
    ((2, 1, 6), ONE),
    ((1, 2, 2, 3, 4), THREE),
)
SPARSE: tuple[tuple[Sizes, dict[str, Any]], ...] = (
    ((1, 1, 5, 5), {**TWO, "dilation": (2, 2), "stride": (1, 2)}),
    ((1, 1, 4, 5), {**TWO, "dilation": (1, 2), "padding": (1, 0)}),
    # A window so large that it is searched in another way.
    ((1, 2, 9, 8), {**TWO, "kernel": (8, 8), "stride": (1, 1), "padding": (1, 0)}),
)
