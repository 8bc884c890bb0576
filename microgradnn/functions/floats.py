"""What floating point numbers are made of: exponents, signs, NaN and the infinities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .. import _promotion
from .._methods import both, function
from .._tensor import Tensor
from ..rules import elementwise as rules
from ..rules import mathematics
from .elementwise import with_in_place
from .mathematics import two_operands


@with_in_place
def nan_to_num(
    input: Tensor,
    nan: float | None = None,
    posinf: float | None = None,
    neginf: float | None = None,
) -> Tensor:
    """Numbers in place of NaN and the infinities.

    Parameters
    ----------
    input : Tensor
    nan : number, optional
        Default: 0.
    posinf, neginf : number, optional
        Default: the greatest and the least finite number of the dtype.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.nan_to_num(mg.tensor([1.0, float("nan"), float("inf")]), posinf=9.0)
    tensor([1., 0., 9.])
    """
    array = input._array
    if array.dtype.kind != "f":
        return input.clone()
    put = np.nan_to_num(array, nan=nan or 0.0, posinf=posinf, neginf=neginf)
    return rules.where.apply(
        Tensor._wrap(np.isfinite(array)), input, Tensor._wrap(np.asarray(put, array.dtype))
    )  # fmt: skip


@with_in_place
def heaviside(input: Tensor, values: Tensor) -> Tensor:
    """0 below zero, 1 above, and ``values`` at zero.

    Raises
    ------
    RuntimeError
        If the dtypes differ.

    Examples
    --------
    >>> mg.heaviside(mg.tensor([-2.0, 0.0, 2.0]), mg.tensor([0.5]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    x, y = input._array, values._array
    if x.dtype != y.dtype:
        raise RuntimeError(
            f"heaviside: input has dtype {x.dtype}, values {y.dtype}; convert one with .to(...)"
        )
    kind = x.dtype.type
    return Tensor._wrap(np.where(x == 0, y, np.where(x > 0, kind(1), np.where(x < 0, kind(0), x))))


@with_in_place
def ldexp(input: Tensor, other: Tensor) -> Tensor:
    """Elementwise ``input * 2 ** other``.

    Examples
    --------
    >>> mg.ldexp(mg.tensor([1.0, 3.0]), mg.tensor([1, 2]))
    tensor([ 2., 12.])
    """
    x, y = two_operands(input, other, "ldexp")
    if x._array.dtype.kind == "f" and y._array.dtype.kind != "f":
        one = np.ones((), x._array.dtype)
        return x * Tensor._wrap(np.ldexp(one, y._array.astype(np.int64)))
    return x * 2.0**y


@both
def frexp(input: Tensor) -> tuple[Tensor, Tensor]:
    """Mantissas in [0.5, 1) and exponents with ``input = mantissa * 2 ** exponent``.

    Returns
    -------
    tuple of Tensor
        The mantissas, and the exponents as int32.

    Examples
    --------
    >>> mg.frexp(mg.tensor([3.0]))
    (tensor([0.7500]), tensor([2], dtype=microgradnn.int32))
    """
    if input._array.dtype.kind != "f":
        raise RuntimeError(f"frexp is for floating types, got {input.dtype}; convert with .float()")
    _, exponents = np.frexp(input._array)
    # In two steps, so that 2 ** -exponent overflows for no number.
    half = exponents // 2
    parts = [np.ldexp(input._array.dtype.type(1), -part) for part in (half, exponents - half)]
    mantissa = input * Tensor._wrap(parts[0]) * Tensor._wrap(parts[1])
    return mantissa, Tensor._wrap(exponents.astype(np.int32, copy=False))


@both
def angle(input: Tensor) -> Tensor:
    """The angle of a real number in the complex plane: 0, or pi for negative ones.

    Examples
    --------
    >>> mg.angle(mg.tensor([1.0, -1.0]))
    tensor([0.0000, 3.1416])
    """
    if input._array.dtype.kind != "f":
        input = rules.cast.apply(input, _promotion.default_float[0])
    x = input._array
    known = np.where(x < 0, x.dtype.type(math.pi), x.dtype.type(0))
    nans = mathematics.trunc.apply(input)  # NaN stays NaN, and the derivative is 0
    return rules.where.apply(Tensor._wrap(np.isnan(x)), nans, Tensor._wrap(known))


def _of_real(name: str, what: str) -> None:
    """Enter a function of complex numbers that leaves real ones as they are."""

    def f(input: Tensor) -> Tensor:
        if not isinstance(input, Tensor):
            raise TypeError(f"{name} takes a Tensor, got {type(input).__name__}")
        return input

    f.__name__ = f.__qualname__ = name
    f.__doc__ = f"{what}: the Tensor itself, for it holds no complex numbers."
    both(f)


_of_real("conj", "The complex conjugate")
_of_real("conj_physical", "The complex conjugate")
_of_real("resolve_conj", "The conjugate carried out")
_of_real("resolve_neg", "The negation carried out")


@function
def real(input: Tensor) -> Tensor:
    """The real part: the Tensor itself, for it holds no complex numbers.

    Examples
    --------
    >>> mg.real(mg.tensor([1.0]))
    tensor([1.])
    """
    return input


@both
def is_complex(input: Tensor) -> Any:
    """False: Tensors hold no complex numbers.

    Examples
    --------
    >>> mg.is_complex(mg.tensor([1.0]))
    False
    """
    return False
