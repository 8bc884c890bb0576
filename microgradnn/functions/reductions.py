"""Sums, means and products, with PyTorch's ``dim`` and ``keepdim``."""

from __future__ import annotations

import builtins
from typing import Any

import numpy as np

from .. import _dtypes
from .._methods import both, method
from .._numpy_names import ABSENT, kept, one_of
from .._tensor import Tensor
from .._typing import Dims, DType
from ..rules import reductions as rules
from ..rules.cumulative import prod as _prod
from ..rules.elementwise import cast
from ._dimensions import dims, one_dim
from .indexing import masked_fill
from .truth import isnan


@both
def sum(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
    axis: Dims = ABSENT,
    keepdims: bool = ABSENT,
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
    axis, keepdims : optional
        NumPy's names of ``dim`` and ``keepdim``.

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
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("sum", dim, axis, None), kept("sum", keepdim, keepdims)
    if dtype is not None or input._array.dtype.kind != "f":
        input = as_summand(input, dtype)
    return rules.sum.apply(input, dims(dim, input._array.ndim), keepdim)


def as_summand(input: Tensor, dtype: Any) -> Tensor:
    """In the dtype asked for, or int64 for integers: what sums and products are computed in."""
    wanted = _dtypes.as_numpy(dtype) if dtype is not None else np.dtype(np.int64)
    if (dtype is None and input._array.dtype.kind == "f") or input._array.dtype is wanted:
        return input
    return cast.apply(input, wanted)


@both
def mean(
    input: Tensor,
    dim: Dims = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
    axis: Dims = ABSENT,
    keepdims: bool = ABSENT,
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
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("mean", dim, axis, None), kept("mean", keepdim, keepdims)
    if dtype is not None:
        input = input.to(_dtypes.as_numpy(dtype))
    if input._array.dtype.kind != "f":
        raise RuntimeError(
            f"mean() needs a floating point dtype, got {input.dtype}; say x.float().mean() or "
            "x.mean(dtype=float32)"
        )
    return rules.mean.apply(input, dims(dim, input._array.ndim), keepdim)


@both
def prod(
    input: Tensor, dim: int | None = None, keepdim: bool = False, *, dtype: Any = None
) -> Tensor:
    """The product of the elements: of all, or along one dimension.

    Parameters
    ----------
    input : Tensor
    dim : int, optional
        Default: all dimensions.
    keepdim : bool
        Keep it as size 1.
    dtype : dtype, optional
        Converted to before. Integers and truth values multiply to int64 by default.

    Returns
    -------
    Tensor
        Its derivatives, of any order, are right where elements are zero too.

    Examples
    --------
    >>> x = mg.tensor([2.0, 0.0, 4.0], requires_grad=True)
    >>> x.prod().backward()
    >>> x.grad
    tensor([0., 8., 0.])
    """
    input = as_summand(input, dtype)
    if dim is None:
        return _prod.apply(input, None, False)
    if not isinstance(dim, int):
        raise TypeError(f"prod: dim must be one integer, got {dim!r}; multiply one by one")
    axis = one_dim(dim, input.ndim)
    return _prod.apply(input, axis if input.ndim else None, keepdim)


@both
def nansum(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The sum of the elements that are not NaN; see `sum`.

    Examples
    --------
    >>> mg.nansum(mg.tensor([1.0, float("nan"), 2.0]))
    tensor(3.)
    """
    if input._array.dtype.kind == "f":
        input = masked_fill(input, isnan(input), 0.0)
    return sum(input, dim, keepdim, dtype=dtype)


@both
def nanmean(input: Tensor, dim: Any = None, keepdim: bool = False, *, dtype: Any = None) -> Tensor:
    """The mean of the elements that are not NaN; see `mean`.

    Examples
    --------
    >>> mg.nanmean(mg.tensor([1.0, float("nan"), 2.0]))
    tensor(1.5000)
    """
    if input._array.dtype.kind != "f":
        return mean(input, dim, keepdim, dtype=dtype)
    present = Tensor._wrap(input._array == input._array)
    return nansum(input, dim, keepdim, dtype=dtype) / sum(present, dim, keepdim)


@method
def sum_to_size(self: Tensor, *size: Any) -> Tensor:
    """The sum over those dimensions that broadcasting from ``size`` would repeat.

    Parameters
    ----------
    *size : int, or one sequence of int

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.ones(2, 3).sum_to_size(1, 3)
    tensor([[2., 2., 2.]])
    """
    shape = self._array.shape
    wanted = tuple(size[0]) if len(size) == 1 and not isinstance(size[0], int) else size
    extra = len(shape) - len(wanted)
    if extra < 0 or builtins.any(
        n not in (1, m) for n, m in zip(wanted, shape[extra:], strict=True)
    ):
        raise RuntimeError(
            f"sum_to_size: {wanted} does not broadcast to the shape {tuple(shape)}: sizes must be "
            "equal, or 1, or missing in front"
        )
    if tuple(shape) != wanted:
        self = as_summand(self, None)
    inner = tuple(k for k in range(extra, len(shape)) if wanted[k - extra] == 1 != shape[k])
    if inner:
        self = rules.sum.apply(self, inner, True)
    return rules.sum.apply(self, tuple(range(extra)), False) if extra else self


@both
def logsumexp(input: Tensor, dim: Dims, keepdim: bool = False) -> Tensor:
    """``log(sum(exp(x)))`` along dimensions, computed without overflow.

    Examples
    --------
    >>> mg.logsumexp(mg.tensor([1000.0, 1000.0]), 0)
    tensor(1000.6932)
    """
    return rules.logsumexp.apply(input, dims(dim, input.ndim), keepdim)
