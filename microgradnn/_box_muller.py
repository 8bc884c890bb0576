"""Pairs of uniform numbers made normal, rounded as PyTorch's vector code rounds.

The Box-Muller transform: for u1 in (0, 1] and u2 in [0, 1), ``r = sqrt(-2 ln u1)`` and ``a = 2 pi
u2`` give two independent normal numbers, ``r cos a`` and ``r sin a``. In float32 PyTorch takes the
logarithm, sine and cosine from the polynomials of Moshier's Cephes library, evaluated with fused
multiply-adds. A library's own logarithm gives the same to one unit in the last place, which is not
enough for the same losses after a thousand steps; so the same polynomials are evaluated here.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

_BLOCK = 4096
"""Numbers worked on at a time: the intermediate arrays stay in the processor's cache."""

_LOG = (
    7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1, 1.4249322787e-1,
    -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1, 3.3333331174e-1,
)  # fmt: skip
_LN2_LOW, _LN2_HIGH = -2.12194440e-4, 0.693359375
_SIN = (-1.9515295891e-4, 8.3321608736e-3, -1.6666654611e-1)
_COS = (2.443315711809948e-5, -1.388731625493765e-3, 4.166664568298827e-2)
_MINUS_QUARTER_PI = (-0.78515625, -2.4187564849853515625e-4, -3.77489497744594108e-8)
"""Minus pi/4 in three parts; a multiple of the first two is exact."""

_f32 = np.float32


def libm(f: Callable[[float], float]) -> Callable[[Any], Any]:
    """A function of ``math`` over float64 arrays: the C library's own rounding.

    NumPy's log and log1p differ from it in the last place on machines with wide vectors.
    """
    elementwise = np.frompyfunc(f, 1, 1)

    def over(x: Any) -> Any:
        return np.asarray(elementwise(x), np.float64)

    return over


_log = libm(math.log)
_log1p = libm(math.log1p)
_sin = libm(math.sin)
_cos = libm(math.cos)


def fused(x: Any, y: Any, z: Any) -> Any:
    """``x * y + z`` in float64, rounded once.

    The product and the sum are taken apart into a rounded part and what rounding lost (Dekker,
    Knuth), and the losses are added last.
    """
    product = x * y
    x_high, y_high = _upper_half(x), _upper_half(y)
    x_low, y_low = x - x_high, y - y_high
    lost = ((x_high * y_high - product) + x_high * y_low + x_low * y_high) + x_low * y_low
    total = product + z
    back = total - product
    return total + (((product - (total - back)) + (z - back)) + lost)


def _upper_half(x: Any) -> Any:
    shifted = x * 134217729.0  # 2**27 + 1
    return shifted - (shifted - x)


def _fused32(x: Any, y: Any, z: Any) -> Any:
    """``x * y + z`` of float32, rounded once: in float64 the product is exact."""
    return (x.astype(np.float64) * np.asarray(y, np.float64) + np.asarray(z, np.float64)).astype(
        _f32
    )


def _polynomial(x: Any, coefficients: tuple[float, ...]) -> Any:
    y = np.full(x.shape, coefficients[0], _f32)
    for c in coefficients[1:]:
        y = _fused32(y, x, _f32(c))
    return y


def _log32(x: Any) -> Any:
    """Cephes' logarithm of float32 numbers in (0, 1]."""
    mantissa, exponent = np.frexp(x)
    small = mantissa < _f32(math.sqrt(0.5))
    exponent = exponent.astype(_f32) - small.astype(_f32)
    one = _f32(1.0)
    x = np.where(small, (mantissa - one) + mantissa, mantissa - one)
    square = x * x
    y = _polynomial(x, _LOG) * x
    y = _fused32(y, square, exponent * _f32(_LN2_LOW))
    y = _fused32(square, _f32(-0.5), y)
    return _fused32(exponent, _f32(_LN2_HIGH), x + y)


def _sincos32(x: Any) -> tuple[Any, Any]:
    """Cephes' sine and cosine of float32 numbers that are not negative."""
    octant = ((x * _f32(4 / math.pi)).astype(np.int32) + 1) & ~1
    turns = octant.astype(_f32)
    for part in _MINUS_QUARTER_PI:
        x = _fused32(turns, _f32(part), x)
    square = x * x
    cos = _polynomial(square, _COS) * square
    cos = _fused32(cos, square, square * _f32(-0.5)) + _f32(1.0)
    sin = _polynomial(square, _SIN) * square
    sin = _fused32(sin, x, x)
    swap = octant & 2 != 0
    sin, cos = np.where(swap, cos, sin), np.where(swap, sin, cos)
    return np.where(octant & 4, -sin, sin), np.where((octant - 2) & 4, cos, -cos)


def normal_blocks(u: Any, mean: float, std: float) -> Any:
    """Normal numbers from uniform ones, in blocks of 16: eight u1, then eight u2.

    Parameters
    ----------
    u : ndarray of float32 or float64, shape (16 n,)
        Uniform in [0, 1).
    mean, std : float

    Returns
    -------
    ndarray, of the same dtype and shape
    """
    pairs = u.reshape(-1, 2, 8)
    out = np.empty_like(pairs)
    transform = _transform32 if u.dtype == _f32 else _transform64
    for start in range(0, len(pairs), _BLOCK // 16):
        part = slice(start, start + _BLOCK // 16)
        out[part, 0], out[part, 1] = transform(1 - pairs[part, 0], pairs[part, 1], mean, std)
    return out.reshape(-1)


def _transform32(u1: Any, u2: Any, mean: float, std: float) -> tuple[Any, Any]:
    radius = np.sqrt(_f32(-2.0) * _log32(u1))
    sin, cos = _sincos32(_f32(2 * math.pi) * u2)
    m, s = _f32(mean), _f32(std)
    return _fused32(radius * cos, s, m), _fused32(radius * sin, s, m)


def _transform64(u1: Any, u2: Any, mean: float, std: float) -> tuple[Any, Any]:
    radius = np.sqrt(-2.0 * _log(u1))
    angle = 2 * math.pi * u2
    return fused(radius * _cos(angle), std, mean), fused(radius * _sin(angle), std, mean)


def normal_pairs(u1: Any, u2: Any) -> tuple[Any, Any]:
    """The two normal numbers of each pair, in float64: PyTorch's way with few numbers.

    Parameters
    ----------
    u1, u2 : ndarray of float64
        Uniform in [0, 1); here the radius is made of ``u2``.

    Returns
    -------
    tuple of ndarray
        The cosine's and the sine's.
    """
    radius = np.sqrt(-2.0 * _log1p(-u2))
    angle = 2 * math.pi * u1
    return radius * _cos(angle), radius * _sin(angle)


def exponential(u: Any, rate: float) -> Any:
    """Exponential numbers from uniform ones in [0, 1), float64: ``-ln(1 - u) / rate``."""
    return -1.0 / rate * _log1p(-u)
