"""Whether and how many: truth values of all elements, equality of Tensors."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._methods import both
from .._tensor import Tensor
from ._dimensions import dims
from .elementwise import as_tensor_operand


def _truth(x: Any, found: Any) -> Tensor:
    """A truth value, but of uint8, which was the type of truth values once, uint8."""
    return Tensor._wrap(found.astype(x.dtype) if x.dtype == np.uint8 else found)


@both
def all(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true (not zero).

    Examples
    --------
    >>> mg.tensor([True, False]).all()
    tensor(False)
    """
    x = input._array
    return _truth(x, x.all(axis=dims(dim, x.ndim), keepdims=keepdim))


@both
def any(input: Tensor, dim: Any = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true (not zero).

    Examples
    --------
    >>> mg.tensor([True, False]).any()
    tensor(True)
    """
    x = input._array
    return _truth(x, x.any(axis=dims(dim, x.ndim), keepdims=keepdim))


@both
def count_nonzero(input: Tensor, dim: Any = None) -> Tensor:
    """How many elements are not zero: of all, or along dimensions.

    Examples
    --------
    >>> mg.count_nonzero(mg.tensor([[1, 0], [2, 3]]), dim=1)
    tensor([1, 2])
    """
    x = input._array
    return Tensor._wrap(np.asarray(np.count_nonzero(x, axis=dims(dim, x.ndim))))


@both
def isnan(input: Tensor) -> Tensor:
    """Elementwise, whether a number is NaN.

    Examples
    --------
    >>> mg.tensor([1.0, float("nan")]).isnan()
    tensor([False,  True])
    """
    return Tensor._wrap(input._array != input._array)


@both
def equal(input: Tensor, other: Tensor) -> bool:
    """Whether two Tensors have the same shape and the same elements.

    Examples
    --------
    >>> mg.equal(mg.tensor([1, 2]), mg.tensor([1, 2]))
    True
    """
    a, b = input._array, other._array
    return bool(a.shape == b.shape and (a == b).all())


@both
def allclose(
    input: Tensor, other: Tensor, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False
) -> bool:
    """Whether ``|input - other| <= atol + rtol * |other|`` everywhere.

    Examples
    --------
    >>> mg.allclose(mg.tensor([1.0]), mg.tensor([1.0 + 1e-7]))
    True
    """
    other = as_tensor_operand(other, input, "allclose")
    return bool(np.allclose(input._array, other._array, rtol, atol, equal_nan))
