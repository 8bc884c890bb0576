"""Questions about elements and whole Tensors: signs, kinds of numbers, closeness, membership."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _promotion
from .._methods import both, function
from .._tensor import Tensor
from .elementwise import as_tensor_operand


def _array(x: Any, name: str) -> Any:
    if not isinstance(x, Tensor):
        raise TypeError(f"{name} takes Tensors, got {type(x).__name__}")
    return x._array


@both
def signbit(input: Tensor) -> Tensor:
    """Whether the sign is minus; it is for -0.0 too.

    Examples
    --------
    >>> mg.signbit(mg.tensor([-1.0, -0.0, 0.0]))
    tensor([ True,  True, False])
    """
    x = _array(input, "signbit")
    return Tensor._wrap(np.signbit(x) if x.dtype.kind == "f" else x < 0)


@both
def isposinf(input: Tensor) -> Tensor:
    """Whether elements are plus infinity.

    Examples
    --------
    >>> mg.isposinf(mg.tensor([float("inf"), float("-inf")]))
    tensor([ True, False])
    """
    return Tensor._wrap(_array(input, "isposinf") == np.inf)


@both
def isneginf(input: Tensor) -> Tensor:
    """Whether elements are minus infinity.

    Examples
    --------
    >>> mg.isneginf(mg.tensor([float("inf"), float("-inf")]))
    tensor([False,  True])
    """
    return Tensor._wrap(_array(input, "isneginf") == -np.inf)


@both
def isreal(input: Tensor) -> Tensor:
    """Whether elements are real: all are, for Tensors hold no complex numbers.

    Examples
    --------
    >>> mg.isreal(mg.tensor([1.0, 2.0]))
    tensor([True, True])
    """
    return Tensor._wrap(np.ones(_array(input, "isreal").shape, np.bool_))


@both
def is_nonzero(input: Tensor) -> Any:
    """Whether the only element is not zero.

    Examples
    --------
    >>> mg.is_nonzero(mg.tensor([0.5]))
    True
    """
    return bool(input)


def _same_dtype(a: Any, b: Any, name: str) -> None:
    if a.dtype != b.dtype:
        raise RuntimeError(
            f"{name}: dtypes {a.dtype} and {b.dtype} differ; convert one of them with .to(...)"
        )


@both
def isclose(
    input: Tensor, other: Tensor, rtol: float = 1e-05, atol: float = 1e-08, equal_nan: bool = False
) -> Tensor:
    """Elementwise ``|input - other| <= atol + rtol * |other|``.

    Parameters
    ----------
    input, other : Tensor
        Of one dtype, with shapes that broadcast.
    rtol, atol : float
        Not negative.
    equal_nan : bool
        Whether NaN counts as close to NaN.

    Returns
    -------
    Tensor of bool

    Raises
    ------
    RuntimeError
        If the dtypes differ or a tolerance is negative.

    Examples
    --------
    >>> mg.isclose(mg.tensor([1.0, 2.0]), mg.tensor([1.0, 2.1]))
    tensor([ True, False])
    """
    a, b = _array(input, "isclose"), _array(other, "isclose")
    _same_dtype(a, b, "isclose")
    if rtol < 0 or atol < 0:
        raise RuntimeError(f"isclose: rtol ({rtol}) and atol ({atol}) must not be negative")
    if a.dtype.kind == "b":
        a, b = a.astype(np.int64), b.astype(np.int64)
    return Tensor._wrap(np.isclose(a, b, rtol, atol, equal_nan))


@function
def isin(
    elements: Any, test_elements: Any, *, assume_unique: bool = False, invert: bool = False
) -> Tensor:
    """Whether each element is one of ``test_elements``.

    Parameters
    ----------
    elements, test_elements : Tensor or number
        At least one of them a Tensor.
    assume_unique : bool
        Whether both are known to hold no number twice, which may be faster.
    invert : bool
        Ask whether it is none of them.

    Returns
    -------
    Tensor of bool
        Of the shape of ``elements``.

    Examples
    --------
    >>> mg.isin(mg.tensor([1, 2, 3]), mg.tensor([2, 5]))
    tensor([False,  True, False])
    """
    if not isinstance(elements, Tensor) and not isinstance(test_elements, Tensor):
        raise TypeError("isin needs a Tensor as elements or test_elements")
    tests = as_tensor_operand(test_elements, elements, "isin")
    x = as_tensor_operand(elements, tests, "isin")
    a, b = _promotion.common((x._array, tests._array))
    # NumPy's assume_unique is wrong, not just slow, where the promise is not kept.
    return Tensor._wrap(np.isin(a, b, invert=invert))
