"""Sums, means and extremes, with PyTorch's ``dim`` and ``keepdim``."""

from __future__ import annotations

import builtins
from typing import Any, NamedTuple, overload

import numpy as np

from .. import _dtypes
from .._methods import both, method
from .._numpy_names import ABSENT, kept, one_of
from .._primitive import Primitive
from .._tensor import Tensor
from .._typing import Dims, DType
from ..rules import reductions as rules
from ..rules.cumulative import prod as _prod
from ..rules.elementwise import cast
from ._dimensions import dims, one_dim
from .indexing import masked_fill
from .truth import isnan


class max_and_where(NamedTuple):
    """What ``max(dim)`` and ``min(dim)`` return."""

    values: Tensor
    indices: Tensor


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


def _refuse_empty(input: Tensor, dim: Any, name: str) -> None:
    """Raise if one of the dimensions to be reduced is of size 0: there is no such element."""
    shape = input._array.shape
    whole = dim is None or dim == ()
    for d in range(len(shape)) if whole else [dim] if isinstance(dim, int) else dim:
        if not shape[one_dim(d, len(shape))]:
            raise (RuntimeError if whole and not name.startswith("arg") else IndexError)(
                f"{name}(): there is no {name} of no elements: dimension {d} of shape "
                f"{tuple(shape)} is empty"
            )


def _extreme(input: Tensor, dim: Any, keepdim: bool, whole: Any, along: Any, pair: str) -> Any:
    if isinstance(dim, Tensor):
        from .._methods import functions

        return functions[pair](input, dim)
    if not input._array.size:
        _refuse_empty(input, dim, whole.symbol)
    if dim is None:
        return whole.apply(input, None, False)
    if not input.ndim:
        one_dim(dim, 0)
        values, indices = (r.reshape(()) for r in along.apply(input.reshape(1), 0, True))
    else:
        values, indices = along.apply(input, one_dim(dim, input.ndim), keepdim)
    return max_and_where(values, indices)


@overload
def max(input: Tensor, dim: Tensor | None = None) -> Tensor: ...
@overload
def max(
    input: Tensor, dim: int, keepdim: bool = False, *, keepdims: bool = ABSENT
) -> max_and_where: ...
@overload
def max(
    input: Tensor, *, axis: int, keepdim: bool = False, keepdims: bool = ABSENT
) -> max_and_where: ...
@both
def max(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    axis: int = ABSENT,
    keepdims: bool = ABSENT,
) -> Any:
    """The largest element; along a dimension, the values and where they are.

    Parameters
    ----------
    input : Tensor
    dim : int or Tensor, optional
        A Tensor here gives the elementwise `maximum` of the two.
    keepdim : bool
    axis, keepdims : optional
        NumPy's names of ``dim`` and ``keepdim``.

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
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("max", dim, axis, None), kept("max", keepdim, keepdims)
    return _extreme(input, dim, keepdim, rules.amax, rules.max_dim, "maximum")


@overload
def min(input: Tensor, dim: Tensor | None = None) -> Tensor: ...
@overload
def min(
    input: Tensor, dim: int, keepdim: bool = False, *, keepdims: bool = ABSENT
) -> max_and_where: ...
@overload
def min(
    input: Tensor, *, axis: int, keepdim: bool = False, keepdims: bool = ABSENT
) -> max_and_where: ...
@both
def min(
    input: Tensor,
    dim: Any = None,
    keepdim: bool = False,
    *,
    axis: int = ABSENT,
    keepdims: bool = ABSENT,
) -> Any:
    """The smallest element; along a dimension, the values and where they are; see `max`.

    Examples
    --------
    >>> mg.tensor([3.0, 1.0]).min()
    tensor(1.)
    """
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("min", dim, axis, None), kept("min", keepdim, keepdims)
    return _extreme(input, dim, keepdim, rules.amin, rules.min_dim, "minimum")


@both
def amax(
    input: Tensor,
    dim: Dims = (),
    keepdim: bool = False,
    *,
    axis: Dims = ABSENT,
    keepdims: bool = ABSENT,
) -> Tensor:
    """The largest element along dimensions; equal ones share the gradient.

    Examples
    --------
    >>> mg.amax(mg.tensor([[1.0, 5.0], [7.0, 2.0]]), 1)
    tensor([5., 7.])
    """
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("amax", dim, axis, ()), kept("amax", keepdim, keepdims)
    if not input._array.size:
        _refuse_empty(input, dim, "amax")
    return rules.amax.apply(input, dims(dim, input._array.ndim), keepdim)


@both
def amin(
    input: Tensor,
    dim: Dims = (),
    keepdim: bool = False,
    *,
    axis: Dims = ABSENT,
    keepdims: bool = ABSENT,
) -> Tensor:
    """The smallest element along dimensions; equal ones share the gradient.

    Examples
    --------
    >>> mg.amin(mg.tensor([[1.0, 5.0], [7.0, 2.0]]), 1)
    tensor([1., 2.])
    """
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("amin", dim, axis, ()), kept("amin", keepdim, keepdims)
    if not input._array.size:
        _refuse_empty(input, dim, "amin")
    return rules.amin.apply(input, dims(dim, input._array.ndim), keepdim)


class min_and_max(NamedTuple):
    """What `aminmax` returns."""

    min: Tensor
    max: Tensor


@both
def aminmax(input: Tensor, *, dim: int | None = None, keepdim: bool = False) -> min_and_max:
    """The smallest and the largest element; equal ones share the gradient.

    Examples
    --------
    >>> mg.aminmax(mg.tensor([3.0, 1.0, 2.0]))
    min_and_max(min=tensor(1.), max=tensor(3.))
    """
    if not input._array.size:
        _refuse_empty(input, dim, "aminmax")
    axis = dims(dim, input._array.ndim)
    return min_and_max(
        rules.amin.apply(input, axis, keepdim), rules.amax.apply(input, axis, keepdim)
    )


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


def _arg(prim: Primitive, input: Tensor, dim: int | None, keepdim: bool) -> Tensor:
    if dim is not None and not isinstance(dim, int):
        raise TypeError(f"{prim.name}: dim must be one integer, got {dim!r}")
    if not input._array.size:
        _refuse_empty(input, dim, prim.name)
    if dim is None:
        return prim.apply(input, None, keepdim)
    axis = one_dim(dim, input._array.ndim)
    return prim.apply(input, axis if input._array.ndim else None, keepdim)


@both
def argmax(
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    axis: int | None = ABSENT,
    keepdims: bool = ABSENT,
) -> Tensor:
    """The position of the largest element: in the flattened Tensor, or along a dimension.

    Examples
    --------
    >>> mg.tensor([[1.0, 5.0], [7.0, 2.0]]).argmax(dim=1)
    tensor([1, 0])
    """
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("argmax", dim, axis, None), kept("argmax", keepdim, keepdims)
    return _arg(rules.argmax, input, dim, keepdim)


@both
def argmin(
    input: Tensor,
    dim: int | None = None,
    keepdim: bool = False,
    *,
    axis: int | None = ABSENT,
    keepdims: bool = ABSENT,
) -> Tensor:
    """The position of the smallest element: in the flattened Tensor, or along a dimension.

    Examples
    --------
    >>> mg.tensor([3.0, 1.0]).argmin()
    tensor(1)
    """
    if axis is not ABSENT or keepdims is not ABSENT:
        dim, keepdim = one_of("argmin", dim, axis, None), kept("argmin", keepdim, keepdims)
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
