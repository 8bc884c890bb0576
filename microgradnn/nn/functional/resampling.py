"""Images made larger or smaller: every kind is a weighted sum along one axis after the other."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...rules.resampling import resample
from ._operands import check
from .adaptive_pooling import adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d

Factor = float | Sequence[float] | None
Size = int | Sequence[int] | None

_NEAREST = ("nearest", "nearest-exact")
_DIMENSIONS = {
    "nearest": (1, 2, 3), "nearest-exact": (1, 2, 3), "area": (1, 2, 3), "linear": (1,),
    "bilinear": (2,), "bicubic": (2,), "trilinear": (3,),
}  # fmt: skip
"""Over how many dimensions each kind is defined."""


def _nearest(
    old: int, new: int, factor: float | None, exact: bool, double: bool
) -> tuple[Any, None]:
    """The place that each new element is taken from, rounded as PyTorch rounds."""
    real: Any = np.float64 if double else np.float32
    at = (np.arange(new, dtype=real) + real(0.5 * exact)) * real(
        1.0 / factor if factor else old / new
    )
    places = np.floor(at.astype(np.float32)).astype(np.int64)
    return np.minimum(places, old - 1)[None], None


def _positions(old: int, new: int, factor: float | None, align: bool) -> Any:
    """Where, in the old coordinates, the centres (or with ``align`` the corners) of the new are."""
    i = np.arange(new, dtype=np.float64)
    if align:
        return i * ((old - 1) / (new - 1) if new > 1 else 0.0)
    return (i + 0.5) * (1.0 / factor if factor else old / new) - 0.5


def _linear(old: int, new: int, factor: float | None, align: bool) -> tuple[Any, Any]:
    at = np.maximum(_positions(old, new, factor, align), 0.0)
    left = np.minimum(at.astype(np.int64), old - 1)
    right = np.minimum(left + 1, old - 1)
    part = np.clip(at - left, 0.0, 1.0)
    return np.stack([left, right]), np.stack([1.0 - part, part])


def _near(x: Any, a: float) -> Any:
    """Keys' cubic kernel at distances up to 1 (Keys, 1981)."""
    return ((a + 2.0) * x - (a + 3.0)) * x * x + 1.0


def _far(x: Any, a: float) -> Any:
    """The same kernel at distances from 1 to 2."""
    return ((a * x - 5.0 * a) * x + 8.0 * a) * x - 4.0 * a


def cubic_weights(t: Any, a: float = -0.75) -> list[Any]:
    """The weights of four neighbours at distances 1 + t, t, 1 - t and 2 - t."""
    return [_far(t + 1.0, a), _near(t, a), _near(1.0 - t, a), _far(2.0 - t, a)]


def _cubic(old: int, new: int, factor: float | None, align: bool) -> tuple[Any, Any]:
    at = _positions(old, new, factor, align)
    first = np.floor(at)
    places = np.clip(first.astype(np.int64) + np.arange(-1, 3)[:, None], 0, old - 1)
    return places, np.stack(cubic_weights(at - first))


def _smooth(old: int, new: int, factor: float | None, align: bool, cubic: bool) -> tuple[Any, Any]:
    """Places and weights with the kernel widened where the image shrinks: no aliasing."""
    if align:
        scale = (old - 1) / (new - 1) if new > 1 else 0.0
    else:
        scale = 1.0 / factor if factor else old / new
    wide = max(scale, 1.0)
    support = (2.0 if cubic else 1.0) * wide
    centre = scale * (np.arange(new) + 0.5)
    first = np.maximum((centre - support + 0.5).astype(np.int64), 0)
    stop = np.minimum((centre + support + 0.5).astype(np.int64), old)
    places = first + np.arange(int((stop - first).max(initial=1)))[:, None]
    distance = np.abs((places - centre + 0.5) / wide)
    if cubic:
        weights = np.where(distance < 1.0, _near(distance, -0.5), _far(distance, -0.5))
        weights = np.where(distance < 2.0, weights, 0.0)
    else:
        weights = np.maximum(1.0 - distance, 0.0)
    weights = np.where(places < stop, weights, 0.0)
    return np.minimum(places, old - 1), weights / weights.sum(0)


def _target(
    name: str, image: tuple[int, ...], size: Size, scale_factor: Factor, recompute: bool | None
) -> tuple[tuple[int, ...], tuple[float | None, ...]]:
    """The new sizes, and the factors by which positions are computed (None: from the sizes)."""
    d = len(image)
    if size is not None and scale_factor is not None:
        raise ValueError(f"{name}: only one of size or scale_factor should be defined")
    if size is not None:
        if recompute:
            raise ValueError(f"{name}: recompute_scale_factor is not meaningful with a size")
        return tuple([int(n) for n in _each(name, "size", size, d)]), (None,) * d
    if scale_factor is None:
        raise ValueError(f"{name}: either size or scale_factor should be defined")
    factors = [float(f) for f in _each(name, "scale_factor", scale_factor, d)]
    sizes = tuple([math.floor(n * f) for n, f in zip(image, factors, strict=True)])
    return sizes, (None,) * d if recompute else tuple(factors)


def _each(name: str, what: str, given: Any, d: int) -> tuple[Any, ...]:
    """One number for each dimension."""
    numbers = tuple(given) if isinstance(given, list | tuple) else (given,) * d
    if len(numbers) != d:
        raise ValueError(
            f"{name}: {what} has one number for each of the {d} dimensions of the image, "
            f"got {numbers}"
        )
    return numbers


def interpolate(
    input: Tensor, size: Size = None, scale_factor: Factor = None, mode: str = "nearest",
    align_corners: bool | None = None, recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:  # fmt: skip
    """A signal, images or volumes made larger or smaller.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, length), or with height and width, or with depth too
    size : int or sequence of int
        The new sizes, one for each dimension of the image.
    scale_factor : float or sequence of float
        Or how many times as large it becomes, rounded down.
    mode : str
        "nearest", "nearest-exact" and "area" for all; "linear" for signals, "bilinear" and
        "bicubic" for images, "trilinear" for volumes.
    align_corners : bool, optional
        For the last four: whether the outermost elements are kept, not the outer edges.
    recompute_scale_factor : bool, optional
        Whether positions are computed from the sizes, not from ``scale_factor``.
    antialias : bool
        For "bilinear" and "bicubic": whether the kernel is widened when images shrink.

    Returns
    -------
    Tensor

    Raises
    ------
    ValueError
        If the options do not fit together.
    NotImplementedError
        If the mode is not defined for so many dimensions.

    Examples
    --------
    >>> mg.nn.functional.interpolate(mg.tensor([[[1.0, 3.0]]]), scale_factor=2, mode="linear")
    tensor([[[1.0000, 1.5000, 2.5000, 3.0000]]])
    """
    check("interpolate", input=input)
    shape = input._array.shape
    d = len(shape) - 2
    if mode in (*_NEAREST, "area"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: linear | "
                f"bilinear | bicubic | trilinear, got mode {mode!r}"
            )
    elif mode not in _DIMENSIONS:
        raise NotImplementedError(
            f"interpolate: mode {mode!r} is none of {', '.join(map(repr, _DIMENSIONS))}"
        )
    if d not in _DIMENSIONS[mode]:
        raise NotImplementedError(
            f"interpolate: mode {mode!r} takes (batch, channels, ...) and "
            f"{' or '.join(map(str, _DIMENSIONS[mode]))} dimensions more, got shape {tuple(shape)}"
        )
    sizes, factors = _target("interpolate", shape[2:], size, scale_factor, recompute_scale_factor)
    if antialias and mode not in ("bilinear", "bicubic"):
        raise ValueError("Anti-alias option is restricted to bilinear and bicubic modes")
    if 0 in shape[1:] or min(sizes) < 1:
        raise ShapeError(
            "interpolate: input and output sizes should be greater than 0, got input "
            f"{tuple(shape)} and size {sizes}"
        )
    if mode == "area":
        area: Any = (adaptive_avg_pool1d, adaptive_avg_pool2d, adaptive_avg_pool3d)[d - 1]
        result: Tensor = area(input, sizes)
        return result
    if mode not in _NEAREST and input._array.dtype.kind != "f":
        raise NotImplementedError(
            f"interpolate: mode {mode!r} takes floating point numbers, got {input.dtype}; "
            "convert with .float()"
        )
    align = bool(align_corners)
    for k, (old, new, factor) in enumerate(zip(shape[2:], sizes, factors, strict=True)):
        factor = factor if factor and factor > 0 else None
        if antialias:
            terms = _smooth(old, new, factor, align, mode == "bicubic")
        elif mode in _NEAREST:
            terms = _nearest(
                old, new, factor, mode == "nearest-exact", input._array.dtype == np.float64
            )
        elif mode == "bicubic":
            terms = _cubic(old, new, factor, align)
        else:
            terms = _linear(old, new, factor, align)
        input = resample.apply(input, k + 2, *terms)
    return input


def _deprecated(name: str) -> None:
    warnings.warn(
        f"nn.functional.{name} is deprecated, use nn.functional.interpolate",
        UserWarning,
        stacklevel=3,
    )


def upsample(
    input: Tensor, size: Size = None, scale_factor: Factor = None, mode: str = "nearest",
    align_corners: bool | None = None,
) -> Tensor:  # fmt: skip
    """`interpolate` by its old name, with a warning."""
    _deprecated("upsample")
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Size = None, scale_factor: Factor = None) -> Tensor:
    """`interpolate` with ``mode="nearest"``, with a warning."""
    _deprecated("upsample_nearest")
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Size = None, scale_factor: Factor = None) -> Tensor:
    """`interpolate` with ``mode="bilinear"`` and ``align_corners=True``, with a warning."""
    _deprecated("upsample_bilinear")
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)
