"""erf, erfc, erfinv, lgamma and digamma in NumPy alone, to 12 digits, where SciPy is not installed.

Loops run over the terms of a series, never over elements. All compute in float64.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

_STIRLING = (1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156)
"""B(2k) / (2k (2k - 1)), the coefficients of Stirling's series for the logarithm of gamma."""


def _erf_near(x: Any) -> Any:
    """exp(-x^2) times the sum of 2^n x^(2n+1) / (1 3 5 ... (2n+1)): no term is negative."""
    term = x.copy()
    total = x.copy()
    for n in range(1, 70):
        term *= 2.0 * x * x / (2 * n + 1)
        total += term
    return total * np.exp(-x * x) * (2.0 / math.sqrt(math.pi))


def _erfc_far(x: Any) -> Any:
    """Laplace's continued fraction, exp(-x^2) / (x + (1/2) / (x + 1 / (x + (3/2) / ...)))."""
    below = x.copy()
    for k in range(80, 0, -1):
        below = x + 0.5 * k / below
    return np.exp(-x * x) / (math.sqrt(math.pi) * below)


def _split(x: Any, near: Any, far: Any) -> Any:
    """``near`` of numbers below 2 and ``far`` of the others, and NaN of NaN."""
    out = np.full(x.shape, np.nan)
    small = x < 2.0
    large = x >= 2.0
    out[small] = near(x[small])
    out[large] = far(np.minimum(x[large], 1e150))
    return out


def erf(x: Any) -> Any:
    """The error function."""
    x = np.asarray(x, np.float64)
    size = np.abs(x)
    return np.copysign(_split(size, _erf_near, lambda v: 1.0 - _erfc_far(v)), x)


def erfc(x: Any) -> Any:
    """``1 - erf(x)``, without the loss of digits where erf is close to 1."""
    x = np.asarray(x, np.float64)
    upper = _split(np.abs(x), lambda v: 1.0 - _erf_near(v), _erfc_far)
    return np.where(x < 0, 2.0 - upper, upper)


def erfinv(p: Any) -> Any:
    """The number whose erf is ``p``: a first guess, then three steps of Halley's method."""
    p = np.asarray(p, np.float64)
    size = np.abs(p)
    inside = size < 1.0
    q = np.where(inside, size, 0.0)
    log = np.log1p(-q * q)
    half = 2.0 / (math.pi * 0.147) + log / 2.0
    x = np.sqrt(np.sqrt(half * half - log / 0.147) - half)
    for _ in range(3):
        # Near 1 the complement is the difference that keeps its digits.
        error = np.where(q > 0.5, (1.0 - q) - erfc(x), erf(x) - q)
        step = error * (math.sqrt(math.pi) / 2.0) * np.exp(x * x)
        x = x - step / (1.0 + x * step)
    x = np.where(inside, x, np.where(size == 1.0, np.inf, np.nan))
    return np.copysign(x, p)


def _shifted(x: Any) -> tuple[Any, list[tuple[Any, Any]]]:
    """``x`` raised by ones to at least 10, and the steps: which elements, from what number."""
    steps = []
    for _ in range(10):
        low = x < 10.0
        steps.append((low, np.where(low, x, 1.0)))
        x = x + low
    return x, steps


def _lgamma_positive(x: Any) -> Any:
    x, steps = _shifted(x)
    product = np.ones(x.shape)
    for _, factor in steps:
        product = product * factor
    out = (x - 0.5) * np.log(x) - x + 0.5 * math.log(2.0 * math.pi)
    for k, c in enumerate(_STIRLING):
        out = out + c * x ** -(2.0 * k + 1.0)
    return out - np.log(product)


def lgamma(x: Any) -> Any:
    """The logarithm of the absolute value of the gamma function."""
    x = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        positive = _lgamma_positive(np.where(x > 0, x, 1.0 - x))
        # Gamma(x) Gamma(1 - x) = pi / sin(pi x); the sine of the distance to the next integer.
        sine = np.abs(np.sin(math.pi * (x - np.rint(x))))
        out = np.where(x > 0, positive, math.log(math.pi) - np.log(sine) - positive)
    return np.where(np.isinf(x), np.inf, out)


def digamma(x: Any) -> Any:
    """The derivative of the logarithm of the gamma function."""
    x = np.asarray(x, np.float64)
    with np.errstate(all="ignore"):
        y, steps = _shifted(np.where(x > 0, x, 1.0 - x))
        out = np.log(y) - 0.5 / y
        for k, c in enumerate(_STIRLING):
            out = out - c * (2.0 * k + 1.0) * y ** -(2.0 * k + 2.0)
        for low, factor in steps:
            out = out - low / factor
        out = np.where(x > 0, out, out - math.pi / np.tan(math.pi * (x - np.rint(x))))
    out = np.where((x < 0) & (x == np.rint(x)), np.nan, out)
    return np.where(x == 0, np.copysign(np.inf, -x), out)
