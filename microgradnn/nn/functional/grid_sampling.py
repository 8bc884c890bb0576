"""Images read off at places of one's own: spatial transformers (Jaderberg et al., 2015)."""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..._errors import ShapeError
from ..._tensor import Tensor
from ...functions.elementwise import where
from ...rules.indexing import gather
from ._operands import check
from .resampling import cubic_weights

Tap = tuple[Any, Any]
"""Which elements are read along an axis, one for each place, and what they weigh (None: 1)."""

_MODES = ("bilinear", "nearest", "bicubic")
_PADDINGS = ("zeros", "border", "reflection")


def _aligned(name: str, align_corners: bool | None) -> bool:
    if align_corners is None:
        warnings.warn(
            f"{name} was not told align_corners and takes False; say {name}(..., "
            "align_corners=False)",
            UserWarning,
            stacklevel=3,
        )
    return bool(align_corners)


def _reflected(at: Any, n: int, align: bool) -> tuple[Any, Any]:
    """Positions mirrored at the corners (or the edges) of an axis, and the sign of their slope."""
    low, high = (0.0, n - 1.0) if align else (-0.5, n - 0.5)
    span = high - low
    if not span:
        return np.zeros_like(at), np.zeros_like(at)
    away = np.abs(at - low)
    turns, rest = np.floor(away / span), np.fmod(away, span)
    odd = turns % 2 == 1
    slope = np.where(at < low, -1.0, 1.0) * np.where(odd, -1.0, 1.0)
    return np.where(odd, span - rest, rest) + low, slope.astype(at.dtype)


def _bounded(at: Any, n: int, padding: str, align: bool) -> tuple[Any, Any]:
    """Positions brought into the image, as the padding says, and the slope of that."""
    slope = np.ones_like(at)
    if padding == "zeros":
        return at, slope
    if padding == "reflection":
        at, slope = _reflected(at, n, align)
    inside = (at >= 0) & (at <= n - 1)
    return np.clip(at, 0, n - 1), slope * inside


def _whole(at: Any) -> Any:
    """Integers; what is not finite or far outside becomes a number outside of every image."""
    return np.where(np.abs(at) < 2**31, at, -(2.0**31)).astype(np.int64)


def _taps(position: Tensor, n: int, mode: str, padding: str, align: bool) -> list[Tap]:
    """What is read along one axis for places given in the grid's coordinates, from -1 to 1."""
    if align:
        position = (position + 1.0) * ((n - 1) / 2)
    else:
        position = ((position + 1.0) * float(n) - 1.0) / 2.0
    at = position._array
    if mode == "bicubic":
        first = np.floor(at)
        weights = cubic_weights(position - Tensor._wrap(first))
        return [
            (_whole(_bounded(first + k, n, padding, align)[0]), w)
            for k, w in enumerate(weights, -1)
        ]
    moved, slope = _bounded(at, n, padding, align)
    if mode == "nearest":
        return [(_whole(np.rint(moved)), None)]
    if padding != "zeros":
        position = Tensor._wrap(moved) + (position - position.detach()) * Tensor._wrap(slope)
    left = np.floor(moved)
    part = position - Tensor._wrap(left)
    return [(_whole(left), 1.0 - part), (_whole(left) + 1, part)]


def grid_sample(
    input: Tensor, grid: Tensor, mode: str = "bilinear", padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:  # fmt: skip
    """What an image shows at the places that a grid names.

    Parameters
    ----------
    input : Tensor, shape (batch, channels, height, width), or with a depth before the height
    grid : Tensor, shape (batch, new height, new width, 2), or with a new depth and 3
        For each new pixel its place ``(x, y)`` or ``(x, y, z)`` in the image, which goes from -1
        to 1 along each axis.
    mode : {"bilinear", "nearest", "bicubic"}
        From how many neighbours a number is made; "bicubic" for images only.
    padding_mode : {"zeros", "border", "reflection"}
        What is outside of the image.
    align_corners : bool, optional
        Whether -1 and 1 are the centres of the outermost pixels, not their outer edges. Without it
        they are the edges, with a warning.

    Returns
    -------
    Tensor, shape (batch, channels, new height, new width)

    Raises
    ------
    ValueError, RuntimeError
        If an option is unknown, or the shapes do not fit.

    Examples
    --------
    >>> image, middle = mg.tensor([[[[1.0, 2.0], [3.0, 4.0]]]]), mg.zeros(1, 1, 1, 2)
    >>> mg.nn.functional.grid_sample(image, middle, align_corners=False)
    tensor([[[[2.5000]]]])
    """
    check("grid_sample", input=input, grid=grid)
    if mode not in _MODES:
        raise ValueError(f"grid_sample: mode {mode!r} is none of {', '.join(map(repr, _MODES))}")
    if padding_mode not in _PADDINGS:
        raise ValueError(
            f"grid_sample: padding_mode {padding_mode!r} is none of "
            f"{', '.join(map(repr, _PADDINGS))}"
        )
    align = _aligned("grid_sample", align_corners)
    shape, wanted = input._array.shape, grid._array.shape
    d = len(shape) - 2
    if d not in (2, 3) or len(wanted) != d + 2 or wanted[-1] != d or wanted[0] != shape[0]:
        raise ShapeError(
            "grid_sample takes images (batch, channels, height, width) and a grid (batch, height, "
            "width, 2), or volumes and a grid of 5 dimensions whose last is 3; got "
            f"{tuple(shape)} and {tuple(wanted)}"
        )
    if 0 in shape[2:]:
        raise ShapeError(f"grid_sample: the image is empty, of shape {tuple(shape)}")
    if mode == "bicubic" and d != 2:
        raise RuntimeError(f"grid_sample: 'bicubic' takes images, got shape {tuple(shape)}")
    if input._array.dtype != grid._array.dtype:
        raise RuntimeError(
            f"grid_sample: input and grid have one dtype, got {input.dtype} and {grid.dtype}"
        )
    points = math.prod(wanted[1:-1])
    places = grid.reshape(wanted[0], points, d)
    axes = [
        _taps(places[..., d - 1 - k], n, mode, padding_mode, align) for k, n in enumerate(shape[2:])
    ]
    flat = input.reshape(shape[0], shape[1], -1)
    total: Any = None
    for taps in itertools.product(*axes):
        part = _read(flat, shape, taps)
        total = part if total is None else total + part
    result: Tensor = total.reshape(shape[0], shape[1], *wanted[1:-1])
    return result


def _read(flat: Tensor, shape: tuple[int, ...], taps: tuple[Tap, ...]) -> Tensor:
    """The elements at one place along each axis, times their weights; 0 outside of the image."""
    index: Any = np.zeros((), np.int64)
    inside: Any = np.ones((), bool)
    weight: Any = None
    for n, (at, w) in zip(shape[2:], taps, strict=True):
        inside = inside & (at >= 0) & (at < n)
        index = index * n + np.clip(at, 0, n - 1)
        if w is not None:
            weight = w if weight is None else weight * w
    wide = Tensor._wrap(np.broadcast_to(index[:, None], (*shape[:2], index.shape[-1])))
    part: Tensor = gather.apply(flat, wide, 2)
    if weight is not None:
        part = part * weight.unsqueeze(1)
    if not inside.all():
        part = where(Tensor._wrap(inside[:, None]), part, 0.0)
    return part


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid for `grid_sample` that shows an image moved, turned, stretched or sheared.

    Parameters
    ----------
    theta : Tensor, shape (batch, 2, 3), or (batch, 3, 4) for volumes
        Matrices that take ``(x, y, 1)`` of a new pixel to its place in the image.
    size : sequence of int
        The shape (batch, channels, height, width) of the images to come, or that of volumes.
    align_corners : bool, optional
        As for `grid_sample`.

    Returns
    -------
    Tensor, shape (batch, height, width, 2), or (batch, depth, height, width, 3)

    Raises
    ------
    ValueError, NotImplementedError
        If the shapes do not fit.

    Examples
    --------
    >>> identity = mg.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]])
    >>> mg.nn.functional.affine_grid(identity, (1, 1, 1, 2), align_corners=True)
    tensor([[[[-1.,  0.],
              [ 1.,  0.]]]])
    """
    check("affine_grid", theta=theta)
    align = _aligned("affine_grid", align_corners)
    size, shape = tuple(size), theta._array.shape
    d = len(size) - 2
    if theta._array.dtype.kind != "f":
        raise ValueError(f"affine_grid: theta is of a floating point dtype, got {theta.dtype}")
    if d not in (2, 3):
        raise NotImplementedError(
            f"affine_grid: size is the shape of images (4 sizes) or of volumes (5), got {size}"
        )
    if min(size) < 1:
        raise ValueError(f"affine_grid: sizes are positive, got {size}")
    if shape != (size[0], d, d + 1):
        raise ValueError(
            f"affine_grid: theta has shape {(size[0], d, d + 1)} for the size {size}, got "
            f"{tuple(shape)}"
        )
    base = np.ones((*size[2:], d + 1), theta._array.dtype)
    for k, n in enumerate(size[2:]):
        steps = np.linspace(-1.0, 1.0, n) if n > 1 else np.zeros(1)
        if not align:
            steps = steps * ((n - 1) / n)
        base[..., d - 1 - k] = steps.reshape((-1,) + (1,) * (d - k - 1))
    rows = Tensor._wrap(base.reshape(1, -1, d + 1))
    result: Tensor = (rows @ theta.transpose(1, 2)).reshape(size[0], *size[2:], d)
    return result
