"""Orthogonal polynomials, by the recurrence that each family has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _promotion
from .._tensor import Tensor
from .elementwise import as_tensor_operand

Next = Callable[[int, Any, Any, Any], Any]


def _evaluate(x: Any, n: Any, first: Callable[[Any], Any], following: Next) -> Any:
    """The polynomial of degree ``n`` at ``x``, elementwise; a loop over degrees."""
    x, n = np.broadcast_arrays(x, np.trunc(n))
    before, now = np.ones_like(x), first(x)
    out = np.where(n == 0, before, np.where(n == 1, now, x.dtype.type(0)))
    for k in range(1, int(n.max(initial=0))):
        before, now = now, following(k, x, now, before)
        out = np.where(n == k + 1, now, out)
    return out


def _chebyshev(k: int, x: Any, now: Any, before: Any) -> Any:
    return 2.0 * x * now - before


_FAMILIES: dict[str, tuple[str, Callable[[Any], Any], Next]] = {
    "chebyshev_polynomial_t": ("T", lambda x: x, _chebyshev),
    "chebyshev_polynomial_u": ("U", lambda x: 2.0 * x, _chebyshev),
    "chebyshev_polynomial_v": ("V", lambda x: 2.0 * x - 1.0, _chebyshev),
    "chebyshev_polynomial_w": ("W", lambda x: 2.0 * x + 1.0, _chebyshev),
    "hermite_polynomial_h": (
        "H", lambda x: 2.0 * x, lambda k, x, now, before: 2.0 * x * now - 2.0 * k * before
    ),
    "hermite_polynomial_he": (
        "He", lambda x: x, lambda k, x, now, before: x * now - k * before
    ),
    "laguerre_polynomial_l": (
        "L", lambda x: 1.0 - x,
        lambda k, x, now, before: ((2.0 * k + 1.0 - x) * now - k * before) / (k + 1.0),
    ),
    "legendre_polynomial_p": (
        "P", lambda x: x,
        lambda k, x, now, before: ((2.0 * k + 1.0) * x * now - k * before) / (k + 1.0),
    ),
}  # fmt: skip


def _polynomial(name: str, letter: str, first: Any, following: Any, shift: bool) -> Any:
    def polynomial(input: Any, n: Any) -> Tensor:
        if not isinstance(input, Tensor) and not isinstance(n, Tensor):
            raise TypeError(f"special.{name} takes a Tensor, got {type(input).__name__}")
        degree = as_tensor_operand(n, input, name)
        arrays = as_tensor_operand(input, degree, name)._array, degree._array
        x, order = _promotion.common_float(arrays)
        return Tensor._wrap(_evaluate(2.0 * x - 1.0 if shift else x, order, first, following))

    polynomial.__name__ = polynomial.__qualname__ = name
    argument = "2 * input - 1" if shift else "input"
    polynomial.__doc__ = (
        f"The polynomial {letter} of degree ``n`` at ``{argument}``; it has no derivative here."
    )
    return polynomial


polynomials: dict[str, Callable[..., Tensor]] = {}
"""The polynomials of the namespace ``microgradnn.special``, by name."""

for _name, (_letter, _first, _following) in _FAMILIES.items():
    polynomials[_name] = _polynomial(_name, _letter, _first, _following, False)
    if _name.startswith("chebyshev"):
        polynomials[f"shifted_{_name}"] = _polynomial(
            f"shifted_{_name}", _letter, _first, _following, True
        )
