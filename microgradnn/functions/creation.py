"""Making Tensors from data and sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _dtypes, _promotion
from .._arrays import to_array
from .._device import check_device as check_device
from .._methods import function
from .._tensor import Tensor
from .._typing import Array, DType, Operand, Sizes


def _shape(size: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes given as several integers or as one sequence."""
    if len(size) == 1 and not isinstance(size[0], int | np.integer):
        if isinstance(size[0], Tensor) and size[0].ndim == 0:
            return (int(size[0]),)
        size = tuple(size[0])
    shape = tuple([int(n) for n in size])
    if shape and min(shape) < 0:
        raise RuntimeError(f"sizes must not be negative, got {shape}")
    return shape


def _dtype(dtype: Any) -> Any:
    return _promotion.default_float[0] if dtype is None else _dtypes.as_numpy(dtype)


def finish(array: Any, requires_grad: bool) -> Tensor:
    """Wrap a fresh array; the last step of each creating function."""
    t = Tensor._wrap(array)
    if requires_grad:
        t.requires_grad = True
    return t


_MEMORY_FORMATS = ("contiguous_format", "preserve_format", "channels_last", "channels_last_3d")


def check_place(
    device: Any, layout: Any, pin_memory: Any = False, memory_format: Any = None
) -> None:
    """Raise for a place, a layout or an order of memory that no Tensor here can have.

    A memory format is an order of strides: it changes no number, so it is checked and left alone.
    """
    if device is not None:
        check_device(device)
    if layout is not None and str(layout).rpartition(".")[2] != "strided":
        raise NotImplementedError(
            f"layout {layout} is not implemented: Tensors are strided (dense) arrays"
        )
    if pin_memory:
        raise RuntimeError("pin_memory=True needs a GPU: microgradnn computes on the CPU")
    if memory_format is not None and (str(memory_format).rpartition(".")[2] not in _MEMORY_FORMATS):
        raise RuntimeError(
            f"memory_format is one of {', '.join(_MEMORY_FORMATS)}, got {memory_format!r}"
        )


@function
def tensor(
    data: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """Make a Tensor that holds a copy of some data.

    Parameters
    ----------
    data : array_like
        Numbers, nested sequences of them, arrays, Tensors.
    dtype : dtype, optional
        Default: that of an array, float32 for Python floats, int64 for integers, bool for truth
        values.
    device : optional
        The CPU.
    requires_grad : bool
        Whether ``backward()`` computes the gradient by this Tensor.

    Returns
    -------
    Tensor

    Raises
    ------
    NotImplementedError
        For complex numbers.
    RuntimeError
        For integers that require grad.

    Examples
    --------
    >>> mg.tensor([[1.0, 2.0], [3.0, 4.0]])
    tensor([[1., 2.],
            [3., 4.]])
    """
    check_place(device, None, pin_memory)
    kind = None if dtype is None else _dtypes.as_numpy(dtype)
    return finish(np.array(to_array(data, kind), dtype=kind), requires_grad)


@function
def as_tensor(data: Any, dtype: DType | None = None, device: Any = None) -> Tensor:
    """A Tensor of some data, sharing its memory where that is possible.

    Parameters
    ----------
    data : array_like
    dtype : dtype, optional
    device : optional
        The CPU.

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.as_tensor(np.arange(3))
    tensor([0, 1, 2])
    """
    check_device(device)
    wanted = None if dtype is None else _dtypes.as_numpy(dtype)
    if isinstance(data, Tensor):
        return data if wanted is None or wanted == data._array.dtype else data.to(wanted)
    array = to_array(data, wanted)
    return Tensor._wrap(array if wanted is None else array.astype(wanted, copy=False))


@function
def from_numpy(array: Array) -> Tensor:
    """A Tensor that shares the memory of a NumPy array.

    Parameters
    ----------
    array : numpy.ndarray

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        If it is no NumPy array.

    Examples
    --------
    >>> mg.from_numpy(np.ones(2))
    tensor([1., 1.], dtype=microgradnn.float64)
    """
    if not isinstance(array, np.ndarray):
        raise TypeError(f"from_numpy takes a numpy.ndarray, got {type(array).__name__}")
    return Tensor._wrap(to_array(array))


@function
def zeros(
    *size: Sizes,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Zeros.

    Parameters
    ----------
    *size : int, or one sequence of int
    dtype : dtype, optional
        Default: the default float type.
    layout, device, pin_memory : optional
        Strided, the CPU, False: accepted for PyTorch's sake.
    requires_grad : bool

    Returns
    -------
    Tensor

    Examples
    --------
    >>> mg.zeros(2, 2)
    tensor([[0., 0.],
            [0., 0.]])
    """
    check_place(device, layout, pin_memory)
    return finish(np.zeros(_shape(size), _dtype(dtype)), requires_grad)


@function
def ones(
    *size: Sizes,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """Ones; see `zeros`.

    Examples
    --------
    >>> mg.ones(3)
    tensor([1., 1., 1.])
    """
    check_place(device, layout, pin_memory)
    return finish(np.ones(_shape(size), _dtype(dtype)), requires_grad)


@function
def empty(
    *size: Sizes,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A Tensor whose numbers are whatever was in the memory; see `zeros`.

    Examples
    --------
    >>> mg.empty(2, 3).shape
    microgradnn.Size([2, 3])
    """
    check_place(device, layout, pin_memory, memory_format)
    return finish(np.empty(_shape(size), _dtype(dtype)), requires_grad)


@function
def full(
    size: Sizes,
    fill_value: Operand,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    """One number everywhere; its type decides the dtype. See `zeros`.

    Examples
    --------
    >>> mg.full((2,), 3.5)
    tensor([3.5000, 3.5000])
    """
    check_place(device, layout, pin_memory)
    kind = None if dtype is None else _dtypes.as_numpy(dtype)
    value = fill_value
    if kind is None:
        if fill_value.__class__ is float:
            kind = _promotion.default_float[0]
        else:
            value = to_array(fill_value)
            kind = value.dtype
    array = np.empty(_shape((size,)), kind)
    array[...] = value._array if isinstance(value, Tensor) else value
    return finish(array, requires_grad)


def _offset(size: Any, stride: Any, name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Sizes and strides, checked to be of one length and not negative."""
    shape, steps = _shape((size,)), tuple(int(n) for n in stride)
    if len(shape) != len(steps) or any(n < 0 for n in steps):
        raise RuntimeError(
            f"{name}: each dimension takes one stride that is not negative, got sizes {shape} and "
            f"strides {steps}"
        )
    return shape, steps


def strided(size: Any, stride: Any, kind: Any, name: str) -> Any:
    """An uninitialised array of some sizes, and strides counted in elements."""
    shape, steps = _offset(size, stride, name)
    span = 1 + sum((n - 1) * step for n, step in zip(shape, steps, strict=True))
    memory = np.empty(span if all(shape) else 0, kind)
    return np.lib.stride_tricks.as_strided(
        memory, shape, tuple(step * memory.itemsize for step in steps)
    )


@function
def empty_strided(
    size: Any,
    stride: Any,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """An uninitialised Tensor whose strides are given, in elements.

    Examples
    --------
    >>> mg.empty_strided((2, 3), (1, 2)).numpy().strides
    (4, 8)
    """
    check_place(device, layout, pin_memory)
    return finish(strided(size, stride, _dtype(dtype), "empty_strided"), requires_grad)


@function
def empty_permuted(
    size: Any,
    physical_layout: Any,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """An uninitialised Tensor whose dimensions lie in memory in a given order, outermost first.

    Examples
    --------
    >>> mg.empty_permuted((2, 3), (1, 0)).numpy().strides
    (4, 8)
    """
    check_place(device, layout, pin_memory)
    shape, order = _shape((size,)), tuple(physical_layout)
    if sorted(order) != list(range(len(shape))):
        raise RuntimeError(
            f"empty_permuted: the physical layout of sizes {shape} names each of the dimensions "
            f"0 to {len(shape) - 1} once, got {order}"
        )
    array = np.empty([shape[k] for k in order], _dtype(dtype))
    return finish(array.transpose(np.argsort(order) if order else ()), requires_grad)


@function
def scalar_tensor(
    s: Any,
    *,
    dtype: DType | None = None,
    layout: Any = None,
    device: Any = None,
    requires_grad: bool = False,
    pin_memory: bool = False,
) -> Tensor:
    """A 0-d Tensor of one number, of the default float type unless a dtype is given.

    Examples
    --------
    >>> mg.scalar_tensor(3)
    tensor(3.)
    """
    check_place(device, layout, pin_memory)
    return finish(np.array(s, _dtype(dtype)), requires_grad)


@function
def is_tensor(obj: Any) -> bool:
    """Whether an object is a Tensor.

    Examples
    --------
    >>> mg.is_tensor([1.0])
    False
    """
    return isinstance(obj, Tensor)
