"""Tensors made in the likeness of others: ``zeros_like(x)``, ``x.new_zeros(2)``."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _dtypes
from .._methods import function, method
from .._tensor import Tensor
from .creation import _dtype, _shape, check_place, finish, strided, tensor


def _like(
    maker: Any,
    x: Tensor,
    dtype: Any,
    requires_grad: bool,
    place: tuple[Any, ...],
) -> Tensor:
    if not isinstance(x, Tensor):
        raise TypeError(f"expected a Tensor, got {type(x).__name__}")
    if place != (None, None, False, None):
        device, layout, pin_memory, memory_format = place
        check_place(device, layout, pin_memory, memory_format)
    kind = x._array.dtype if dtype is None else _dtypes.as_numpy(dtype)
    return finish(maker(x._array.shape, kind), requires_grad)


@function
def zeros_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Zeros of the shape and dtype of another Tensor.

    Parameters
    ----------
    input : Tensor
    dtype : dtype, optional
        Another dtype.
    layout, device, pin_memory, memory_format : optional
        Strided, the CPU, False, any: accepted for PyTorch's sake.
    requires_grad : bool

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.zeros_like(mg.tensor([1, 2]))
    tensor([0, 0])
    """
    return _like(np.zeros, input, dtype, requires_grad, (device, layout, pin_memory, memory_format))


@function
def ones_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """Ones of the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.ones_like(mg.tensor([0.5]))
    tensor([1.])
    """
    return _like(np.ones, input, dtype, requires_grad, (device, layout, pin_memory, memory_format))


@function
def empty_like(
    input: Tensor,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """An uninitialised Tensor of the shape and dtype of another.

    Examples
    --------
    >>> mg.empty_like(mg.zeros(2)).shape
    microgradnn.Size([2])
    """
    return _like(np.empty, input, dtype, requires_grad, (device, layout, pin_memory, memory_format))


@function
def full_like(
    input: Tensor,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """One number everywhere, in the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.full_like(mg.zeros(2), 7)
    tensor([7., 7.])
    """
    return _like(
        lambda shape, kind: np.full(shape, fill_value, kind),
        input, dtype, requires_grad, (device, layout, pin_memory, memory_format),
    )  # fmt: skip


def _new(maker: Any, x: Tensor, size: tuple[Any, ...], options: Any) -> Tensor:
    dtype, layout, device, pin_memory, requires_grad = options
    check_place(device, layout, pin_memory)
    kind = x._array.dtype if dtype is None else _dtype(dtype)
    return finish(maker(_shape(size), kind), requires_grad)


@method
def new_zeros(
    self: Tensor,
    *size: Any,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros of the dtype of this Tensor; see `zeros`.

    Examples
    --------
    >>> mg.tensor([1, 2]).new_zeros(2)
    tensor([0, 0])
    """
    return _new(np.zeros, self, size, (dtype, layout, device, pin_memory, requires_grad))


@method
def new_ones(
    self: Tensor,
    *size: Any,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Ones of the dtype of this Tensor; see `ones`.

    Examples
    --------
    >>> mg.tensor([1, 2]).new_ones(2)
    tensor([1, 1])
    """
    return _new(np.ones, self, size, (dtype, layout, device, pin_memory, requires_grad))


@method
def new_empty(
    self: Tensor,
    *size: Any,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """An uninitialised Tensor of the dtype of this Tensor; see `empty`.

    Examples
    --------
    >>> mg.tensor([1, 2]).new_empty(2).dtype
    microgradnn.int64
    """
    return _new(np.empty, self, size, (dtype, layout, device, pin_memory, requires_grad))


@method
def new_full(
    self: Tensor,
    size: Any,
    fill_value: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """One number everywhere, in the dtype of this Tensor; see `full`.

    Examples
    --------
    >>> mg.tensor([1, 2]).new_full((2,), 7)
    tensor([7, 7])
    """
    return _new(
        lambda shape, kind: np.full(shape, fill_value, kind), self, (size,),
        (dtype, layout, device, pin_memory, requires_grad),
    )  # fmt: skip


@method
def new_empty_strided(
    self: Tensor,
    size: Any,
    stride: Any,
    *,
    dtype: Any = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """An uninitialised Tensor of given strides and of the dtype of this one; see `empty_strided`.

    Examples
    --------
    >>> mg.tensor([1, 2]).new_empty_strided((2, 3), (1, 2)).numpy().strides
    (8, 16)
    """
    check_place(device, layout, pin_memory)
    kind = self._array.dtype if dtype is None else _dtype(dtype)
    return finish(strided(size, stride, kind, "new_empty_strided"), requires_grad)


@method
def new_tensor(
    self: Tensor, data: Any, *, dtype: Any = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor of some data, of the dtype of this one.

    Examples
    --------
    >>> mg.tensor([1.0]).new_tensor([1, 2])
    tensor([1., 2.])
    """
    kind = self._array.dtype if dtype is None else dtype
    return tensor(data, dtype=kind, device=device, requires_grad=requires_grad)
