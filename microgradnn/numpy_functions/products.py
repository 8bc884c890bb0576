"""Products of arrays: dot, tensordot, kron, convolve, and their relatives."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..rules.linalg import cross as _cross
from ..rules.linalg import matmul as _matmul
from .registry import answers, axes_in, named, refuse, tensor
from .shapes import moveaxis, ravel, reshape, transpose


def _pair(a: Any, b: Any) -> tuple[Any, Any]:
    return tensor(a, b), tensor(b, a)


@answers(np.dot)
def dot(a: Any, b: Any, out: Any = None) -> Any:
    """The sum of products over the last axis of one and the last but one of the other."""
    refuse("dot", out=(out, None))
    a, b = _pair(a, b)
    if not a.ndim or not b.ndim:
        return a * b
    if b.ndim <= 2:
        if a.ndim <= 2:
            return _matmul.apply(*_of_one_dtype(a, b))
        flat = reshape(a, (-1, a.shape[-1]))
        return reshape(_matmul.apply(*_of_one_dtype(flat, b)), (*a.shape[:-1], *b.shape[1:]))
    return tensordot(a, b, ((a.ndim - 1,), (b.ndim - 2,)))


def _of_one_dtype(a: Any, b: Any) -> tuple[Any, Any]:
    if a._array.dtype == b._array.dtype:
        return a, b
    dtype = np.result_type(a._array, b._array)
    return a.to(dtype), b.to(dtype)


@answers(*named("linalg.matmul"))
def matmul(x1: Any, x2: Any, /) -> Any:
    """The matrix product."""
    return np.matmul(x1, x2)


@answers(np.vdot)
def vdot(a: Any, b: Any, /) -> Any:
    """The sum of products of all elements."""
    a, b = _pair(a, b)
    return dot(ravel(a), ravel(b))


@answers(*named("linalg.vecdot"))
def vecdot(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """The sum of products over an axis."""
    return (x1 * x2).sum(axis)


@answers(np.inner)
def inner(a: Any, b: Any, /) -> Any:
    """The sum of products over the last axes."""
    a, b = _pair(a, b)
    if not a.ndim or not b.ndim:
        return a * b
    return tensordot(a, b, ((a.ndim - 1,), (b.ndim - 1,)))


@answers(*named("outer", "linalg.outer"))
def outer(a: Any, b: Any, out: Any = None) -> Any:
    """All products of two elements."""
    refuse("outer", out=(out, None))
    a, b = _pair(a, b)
    return reshape(a, (-1, 1)) * reshape(b, (1, -1))


@answers(*named("tensordot", "linalg.tensordot"))
def tensordot(a: Any, b: Any, axes: Any = 2) -> Any:
    """The sum of products over pairs of axes."""
    a, b = _pair(a, b)
    if isinstance(axes, int | np.integer):
        left, right = tuple(range(a.ndim - axes, a.ndim)), tuple(range(axes))
    else:
        left, right = axes_in(axes[0], a.ndim), axes_in(axes[1], b.ndim)
    if [a.shape[k] for k in left] != [b.shape[k] for k in right]:
        raise ValueError(
            f"tensordot: axes {left} of shape {tuple(a.shape)} and {right} of "
            f"{tuple(b.shape)} differ in size"
        )
    kept_a = [k for k in range(a.ndim) if k not in left]
    kept_b = [k for k in range(b.ndim) if k not in right]
    n = math.prod(a.shape[k] for k in left)
    x = reshape(transpose(a, (*kept_a, *left)), (math.prod(a.shape[k] for k in kept_a), n))
    y = reshape(transpose(b, (*right, *kept_b)), (n, math.prod(b.shape[k] for k in kept_b)))
    return reshape(
        _matmul.apply(*_of_one_dtype(x, y)),
        [*(a.shape[k] for k in kept_a), *(b.shape[k] for k in kept_b)],
    )


@answers(np.kron)
def kron(a: Any, b: Any) -> Any:
    """Blocks: each element of one array times the other."""
    a, b = _pair(a, b)
    ndim = max(a.ndim, b.ndim)
    s, t = ((1,) * (ndim - x.ndim) + tuple(x.shape) for x in (a, b))
    x = reshape(a, [n for size in s for n in (size, 1)])
    y = reshape(b, [n for size in t for n in (1, size)])
    return reshape(x * y, [p * q for p, q in zip(s, t, strict=True)])


@answers(np.einsum)
def einsum(*operands: Any, out: Any = None, **kwargs: Any) -> Any:
    """Einstein's summation."""
    from ..functions.contraction import einsum as ours

    refuse("einsum", out=(out, None))
    return ours(*[x if isinstance(x, str | list | tuple) else tensor(x) for x in operands])


@answers(np.cross)
def cross(
    a: Any, b: Any, axisa: int = -1, axisb: int = -1, axisc: int = -1, axis: Any = None
) -> Any:
    """The vector product."""
    a, b = _pair(a, b)
    axisa, axisb, axisc = (axisa, axisb, axisc) if axis is None else (axis,) * 3
    a, b = moveaxis(a, axisa, -1), moveaxis(b, axisb, -1)
    if a.shape[-1] != 3 or b.shape[-1] != 3:
        if a.shape[-1] == b.shape[-1] == 2:
            return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
        raise ValueError("cross: vectors have 3 elements (or 2)")
    a, b = np.broadcast_arrays(*_of_one_dtype(a, b))
    return moveaxis(_cross.apply(a, b, a.ndim - 1), -1, axisc)


@answers(*named("linalg.cross"))
def cross_of_vectors(x1: Any, x2: Any, /, *, axis: int = -1) -> Any:
    """The vector product along an axis."""
    return cross(x1, x2, axis=axis)


@answers(np.convolve)
def convolve(a: Any, v: Any, mode: str = "full") -> Any:
    """Sums of products with one of the two running backwards along the other."""
    a, v = _pair(a, v)
    if a.shape[0] < v.shape[0]:
        a, v = v, a
    n, m = a.shape[0], v.shape[0]
    if not n or not m:
        raise ValueError("convolve: no elements")
    border = {"full": (m - 1, m - 1), "same": (m // 2, (m - 1) // 2), "valid": (0, 0)}
    if mode not in border:
        raise ValueError(f"convolve: mode is full, same or valid, got {mode!r}")
    if mode == "same":  # NumPy's middle: of the full result, from (m - 1) // 2 on
        border["same"] = (m - 1 - (m - 1) // 2, (m - 1) // 2)
    padded = np.pad(a, border[mode])
    places = np.arange(padded.shape[0] - m + 1)[:, None] + np.arange(m)
    return padded[places] @ np.flip(v)


@answers(np.correlate)
def correlate(a: Any, v: Any, mode: str = "valid") -> Any:
    """Sums of products with one of the two running along the other."""
    a, v = _pair(a, v)
    if a.shape[0] >= v.shape[0]:
        return convolve(a, np.flip(v), mode)
    return np.flip(convolve(v, np.flip(a), mode))
