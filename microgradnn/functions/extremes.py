"""The largest and smallest elements, and where they are, with PyTorch's ``dim`` and ``keepdim``."""

from __future__ import annotations

from typing import Any, NamedTuple, overload

from .._methods import both
from .._numpy_names import ABSENT, kept, one_of
from .._primitive import Primitive
from .._tensor import Tensor
from .._typing import Dims
from ..rules import reductions as rules
from ._dimensions import dims, one_dim


class max_and_where(NamedTuple):
    """What ``max(dim)`` and ``min(dim)`` return."""

    values: Tensor
    indices: Tensor


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
