"""Sums, means and extremes, with PyTorch's ``dim`` and ``keepdim``."""

from __future__ import annotations

from typing import Any, NamedTuple, overload

from .. import _dtypes
from .._methods import both
from .._primitive import Primitive
from .._tensor import Tensor
from .._typing import Dims, DType
from ..rules import reductions as rules
from ._dimensions import dims, one_dim
from .elementwise import as_tensor_operand, where


class max_and_where(NamedTuple):
    """What ``max(dim)`` and ``min(dim)`` return."""

    values: Tensor
    indices: Tensor


@both
def sum(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """The sum of the elements.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of int, optional
        The dimensions to sum over; default: all.
    keepdim : bool
        Keep them as size 1.
    dtype : dtype, optional
        Converted to before. Integers and truth values sum to int64 by default.

    Returns
    -------
    Tensor

    Raises
    ------
    IndexError
        If there is no such dimension.

    Examples
    --------
    >>> mg.tensor([[1.0, 2.0], [3.0, 4.0]]).sum(dim=0)
    tensor([4., 6.])
    """
    if dtype is not None:
        input = input.to(_dtypes.as_numpy(dtype))
    return rules.sum.apply(input, dims(dim, input._array.ndim), keepdim)


@both
def mean(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, dtype: DType | None = None
) -> Tensor:
    """The mean of the elements; see `sum`.

    Raises
    ------
    RuntimeError
        For integers, unless ``dtype`` is a float type.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 6.0]).mean()
    tensor(3.)
    """
    if dtype is not None:
        input = input.to(_dtypes.as_numpy(dtype))
    if input._array.dtype.kind != "f":
        raise RuntimeError(
            f"mean() needs a floating point dtype, got {input.dtype}; say x.float().mean() or "
            "x.mean(dtype=float32)"
        )
    return rules.mean.apply(input, dims(dim, input._array.ndim), keepdim)


def _extreme(input: Tensor, dim: Any, keepdim: bool, whole: Any, along: Any, pair: str) -> Any:
    if isinstance(dim, Tensor):
        from .._methods import functions

        return functions[pair](input, dim)
    if not input._array.size and (dim is None or input._array.shape[one_dim(dim, input.ndim)] == 0):
        raise RuntimeError(
            f"{whole.symbol}(): there is no {whole.symbol} of no elements (shape "
            f"{tuple(input._array.shape)})"
        )
    if dim is None:
        return whole.apply(input, None, False)
    if not input.ndim:
        values, indices = along.apply(input.reshape(1), 0, False)
    else:
        values, indices = along.apply(input, one_dim(dim, input.ndim), keepdim)
    return max_and_where(values, indices)


@overload
def max(input: Tensor, dim: Tensor | None = None) -> Tensor: ...
@overload
def max(input: Tensor, dim: int, keepdim: bool = False) -> max_and_where: ...
@both
def max(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The largest element; along a dimension, the values and where they are.

    Parameters
    ----------
    input : Tensor
    dim : int or Tensor, optional
        A Tensor here gives the elementwise `maximum` of the two.
    keepdim : bool

    Returns
    -------
    Tensor, or (values, indices)
        Of equal elements, without ``dim`` all share the gradient, with ``dim`` the first has it.

    Examples
    --------
    >>> values, indices = mg.tensor([[1.0, 5.0], [7.0, 2.0]]).max(dim=1)
    >>> values, indices
    (tensor([5., 7.]), tensor([1, 0]))
    """
    return _extreme(input, dim, keepdim, rules.amax, rules.max_dim, "maximum")


@overload
def min(input: Tensor, dim: Tensor | None = None) -> Tensor: ...
@overload
def min(input: Tensor, dim: int, keepdim: bool = False) -> max_and_where: ...
@both
def min(input: Tensor, dim: Any = None, keepdim: bool = False) -> Any:
    """The smallest element; along a dimension, the values and where they are; see `max`.

    Examples
    --------
    >>> mg.tensor([3.0, 1.0]).min()
    tensor(1.)
    """
    return _extreme(input, dim, keepdim, rules.amin, rules.min_dim, "minimum")


@both
def amax(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The largest element along dimensions; equal ones share the gradient.

    Examples
    --------
    >>> mg.amax(mg.tensor([[1.0, 5.0], [7.0, 2.0]]), 1)
    tensor([5., 7.])
    """
    return rules.amax.apply(input, dims(dim, input.ndim), keepdim)


@both
def amin(input: Tensor, dim: Dims = (), keepdim: bool = False) -> Tensor:
    """The smallest element along dimensions; equal ones share the gradient.

    Examples
    --------
    >>> mg.amin(mg.tensor([[1.0, 5.0], [7.0, 2.0]]), 1)
    tensor([1., 2.])
    """
    return rules.amin.apply(input, dims(dim, input.ndim), keepdim)


def _arg(prim: Primitive, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    if not input._array.size:
        raise RuntimeError(f"{prim.name}(): there is no position among no elements")
    axis = None if dim is None or not input.ndim else one_dim(dim, input.ndim)
    return prim.apply(input, axis, keepdim)


@both
def argmax(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The position of the largest element: in the flattened Tensor, or along a dimension.

    Examples
    --------
    >>> mg.tensor([[1.0, 5.0], [7.0, 2.0]]).argmax(dim=1)
    tensor([1, 0])
    """
    return _arg(rules.argmax, input, dim, keepdim)


@both
def argmin(input: Tensor, dim: int | None = None, keepdim: bool = False) -> Tensor:
    """The position of the smallest element: in the flattened Tensor, or along a dimension.

    Examples
    --------
    >>> mg.tensor([3.0, 1.0]).argmin()
    tensor(1)
    """
    return _arg(rules.argmin, input, dim, keepdim)


@both
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """``log(sum(exp(x)))`` along dimensions, computed without overflow.

    Examples
    --------
    >>> mg.logsumexp(mg.tensor([1000.0, 1000.0]), 0)
    tensor(1000.6932)
    """
    return rules.logsumexp.apply(input, dims(dim, input.ndim), keepdim)


@both
def var(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, correction: float = 1,
    unbiased: bool | None = None,
) -> Tensor:  # fmt: skip
    """The variance: ``sum((x - mean)**2) / (n - correction)``.

    Parameters
    ----------
    input : Tensor
    dim : int or tuple of int, optional
    keepdim : bool
    correction : number
        1 for the unbiased estimate of a sample, 0 for the variance of a population.
    unbiased : bool, optional
        The older name: True is ``correction=1``, False 0.

    Returns
    -------
    Tensor

    Raises
    ------
    RuntimeError
        For integers.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 3.0]).var()
    tensor(1.)
    """
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    if unbiased is not None:
        correction = 1 if unbiased else 0
    if input._array.dtype.kind != "f":
        raise RuntimeError(
            f"var() and std() need a floating point dtype, got {input.dtype}; say x.float().var()"
        )
    axes = dims(dim, input.ndim)
    centred = input - rules.mean.apply(input, axes, True)
    n = rules._count(input._array.shape, axes)
    total = rules.sum.apply(centred**2, axes, keepdim)
    freedom = n - correction if n > correction else 0
    return total / float(freedom)


@both
def std(
    input: Tensor, dim: Dims = None, keepdim: bool = False, *, correction: float = 1,
    unbiased: bool | None = None,
) -> Tensor:  # fmt: skip
    """The standard deviation, the square root of `var`.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0, 3.0]).std()
    tensor(1.)
    """
    variance = var(input, dim, keepdim, correction=correction, unbiased=unbiased)
    # The slope of the root at 0 is infinite; that of the deviation of equal numbers is taken as 0.
    same = Tensor._wrap(variance._array == 0)
    if not same._array.any():
        return variance.sqrt()
    return where(same, variance, where(same, 1.0, variance).sqrt())


@both
def all(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether all elements are true (not zero).

    Examples
    --------
    >>> mg.tensor([True, False]).all()
    tensor(False)
    """
    return Tensor._wrap(input._array.all(axis=dims(dim, input.ndim), keepdims=keepdim))


@both
def any(input: Tensor, dim: Dims = None, keepdim: bool = False) -> Tensor:
    """Whether any element is true (not zero).

    Examples
    --------
    >>> mg.tensor([True, False]).any()
    tensor(True)
    """
    return Tensor._wrap(input._array.any(axis=dims(dim, input.ndim), keepdims=keepdim))


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
    import numpy as np

    other = as_tensor_operand(other, input, "allclose")
    return bool(np.allclose(input._array, other._array, rtol, atol, equal_nan))
