"""The error function of many float32 numbers, four times as fast as one at a time.

``erf(x) = tanh(x p(x**2))``: the function ``artanh(erf(x)) / x`` is smooth, so that a polynomial p
of degree 8 makes the result right to 3e-8 of itself, before rounding. Its coefficients are a
minimax fit over [-4, 4], weighted by what an error in them does to the result (least squares,
reweighted until the largest error was smallest). From there on p stays as it is.
"""

from __future__ import annotations

from typing import Any

import numpy as np

_COEFFICIENTS = tuple(
    np.float32(c)
    for c in (
        -1.6406569e-9, 5.3913649e-8, -5.1506305e-7, -1.8612279e-6, 7.6490032e-5, -6.0368160e-4,
        -2.0215148e-4, 0.10277131, 1.1283792,
    )
)  # fmt: skip
_END, _FAR = np.float32(16.0), np.float32(10.0)
"""The last square that p is right for, and where the result has long been 1."""
_BLOCK = 32768
"""Numbers worked on at a time: what lies in between stays in the processor's cache."""


def erf_float32(x: Any) -> Any:
    """The error function of a float32 array, to two units in the last place."""
    out = x.copy(order="K")
    flat = out.ravel(order="K")  # a view: a copy has no gaps
    square, factor = (np.empty(min(_BLOCK, flat.size), np.float32) for _ in range(2))
    for start in range(0, flat.size, _BLOCK):
        z = flat[start : start + _BLOCK]
        t, p = square[: z.size], factor[: z.size]
        np.minimum(z, _FAR, out=z)
        np.maximum(z, -_FAR, out=z)
        np.multiply(z, z, out=t)
        np.minimum(t, _END, out=t)
        np.multiply(t, _COEFFICIENTS[0], out=p)
        for c in _COEFFICIENTS[1:-1]:
            p += c
            p *= t
        p += _COEFFICIENTS[-1]
        z *= p
        np.tanh(z, out=z)
    return out
