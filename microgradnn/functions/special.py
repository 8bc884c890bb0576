"""Special functions with parameters; the whole namespace is ``microgradnn.special``."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _promotion
from .._methods import TensorMethods, function
from .._tensor import Tensor
from ..rules import elementwise, special
from .elementwise import as_tensor_operand, with_in_place
from .mathematics import two_operands


@function
def polygamma(n: int, input: Tensor) -> Tensor:
    """The derivative of order ``n`` of digamma.

    Parameters
    ----------
    n : int
        Not negative; 0 for digamma itself.
    input : Tensor

    Returns
    -------
    Tensor

    Raises
    ------
    ImportError
        For ``n`` above 0, if SciPy is not installed.

    Examples
    --------
    >>> mg.polygamma(1, mg.tensor([1.0]))
    tensor([1.6449])
    """
    if n < 0:
        raise RuntimeError(f"polygamma is for n >= 0, got n={n}")
    return special.polygamma.apply(input, int(n))


@with_in_place
def mvlgamma(input: Tensor, p: int) -> Tensor:
    """The logarithm of the gamma function of ``p`` dimensions.

    ``p (p - 1) / 4 log(pi) + sum over k < p of lgamma(input - k / 2)``.

    Parameters
    ----------
    input : Tensor
        Numbers above ``(p - 1) / 2``.
    p : int

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.mvlgamma(mg.tensor([2.0]), 1)
    tensor([0.])
    """
    if p < 1:
        raise RuntimeError(f"mvlgamma: p must be at least 1, got {p}")
    total = special.lgamma.apply(input)
    for k in range(1, p):
        total = total + special.lgamma.apply(input - k / 2)
    return total + p * (p - 1) / 4 * math.log(math.pi)


def ndtr(input: Tensor) -> Tensor:
    """The distribution function of the standard normal distribution.

    Examples
    --------
    >>> mg.special.ndtr(mg.tensor([0.0]))
    tensor([0.5000])
    """
    return 0.5 * special.erfc.apply(input * -math.sqrt(0.5))


def xlog1py(input: Any, other: Any) -> Tensor:
    """Elementwise ``input * log(1 + other)``, and 0 where ``input`` is 0.

    Examples
    --------
    >>> mg.special.xlog1py(mg.tensor([0.0, 2.0]), mg.tensor([-1.0, 0.0]))
    tensor([0., 0.])
    """
    x, y = two_operands(input, other, "xlog1py")
    a, b = _promotion.common_float((x._array, y._array))
    if y._array.dtype != b.dtype:
        y = elementwise.cast.apply(y, b.dtype)
    no_logarithm = (a == 0) & ((b <= -1) | (b == np.inf))
    zero = Tensor._wrap(np.zeros((), b.dtype))
    return x * elementwise.where.apply(Tensor._wrap(no_logarithm), zero, y).log1p()


def numeric(name: str, scipy: str, formula: str) -> Any:
    """A special function without a derivative, computed by SciPy."""

    def special_function(input: Any, *others: Any) -> Tensor:
        operands = [x for x in (input, *others) if isinstance(x, Tensor)]
        if not operands:
            raise TypeError(f"special.{name} takes a Tensor, got {type(input).__name__}")
        tensors = [as_tensor_operand(x, operands[0], name) for x in (input, *others)]
        arrays = [t._array for t in tensors]
        kind = _promotion.result_type(arrays)
        kind = kind if kind in _promotion.FLOATS else _promotion.default_float[0]
        function = special.scipy_function(scipy)
        given = [a.astype(kind, copy=False) for a in arrays]
        found = function(0, *given) if scipy == "spherical_jn" else function(*given)
        found = found[0] if scipy == "airy" else found
        return Tensor._wrap(np.asarray(found).astype(kind, copy=False))

    special_function.__name__ = special_function.__qualname__ = name
    special_function.__doc__ = f"{formula}\n\n    SciPy computes it; it has no derivative here."
    return special_function


def _polygamma_method(self: Tensor, n: int) -> Tensor:
    """The derivative of order ``n`` of digamma; see `mg.polygamma`."""
    return polygamma(n, self)


setattr(TensorMethods, "polygamma", _polygamma_method)  # noqa: B010
