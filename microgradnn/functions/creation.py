"""Making Tensors from data and sizes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _dtypes, _promotion
from .._arrays import to_array
from .._methods import function, method
from .._tensor import Tensor
from .._typing import Array, DType, Operand, Sizes


def _shape(size: tuple[Any, ...]) -> tuple[int, ...]:
    """The sizes given as several integers or as one sequence."""
    if len(size) == 1 and not isinstance(size[0], int | np.integer):
        if isinstance(size[0], Tensor) and size[0].ndim == 0:
            return (int(size[0]),)
        size = tuple(size[0])
    for n in size:
        if int(n) < 0:
            raise RuntimeError(f"sizes must not be negative, got {tuple(size)}")
    return tuple(int(n) for n in size)


def _dtype(dtype: Any) -> Any:
    return _promotion.default_float[0] if dtype is None else _dtypes.as_numpy(dtype)


def finish(array: Any, requires_grad: bool) -> Tensor:
    """Wrap a fresh array; the last step of each creating function."""
    t = Tensor._wrap(array)
    if requires_grad:
        t.requires_grad = True
    return t


def check_device(device: Any) -> None:
    """Raise for any device but the CPU."""
    if device is not None and str(device).split(":")[0] != "cpu":
        raise RuntimeError(f"device {device!r} is not available: microgradnn computes on the CPU")


@function
def tensor(
    data: Any, *, dtype: DType | None = None, device: Any = None, requires_grad: bool = False
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
    check_device(device)
    array = to_array(data, None if dtype is None else _dtypes.as_numpy(dtype))
    return finish(np.array(array), requires_grad)


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
    return Tensor._wrap(to_array(data, wanted))


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
    *size: Sizes, dtype: DType | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Zeros.

    Parameters
    ----------
    *size : int, or one sequence of int
    dtype : dtype, optional
        Default: the default float type.
    device : optional
        The CPU.
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
    check_device(device)
    return finish(np.zeros(_shape(size), _dtype(dtype)), requires_grad)


@function
def ones(
    *size: Sizes, dtype: DType | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """Ones; see `zeros`.

    Examples
    --------
    >>> mg.ones(3)
    tensor([1., 1., 1.])
    """
    check_device(device)
    return finish(np.ones(_shape(size), _dtype(dtype)), requires_grad)


@function
def empty(
    *size: Sizes, dtype: DType | None = None, device: Any = None, requires_grad: bool = False
) -> Tensor:
    """A Tensor whose numbers are whatever was in the memory; see `zeros`.

    Examples
    --------
    >>> mg.empty(2, 3).shape
    microgradnn.Size([2, 3])
    """
    check_device(device)
    return finish(np.empty(_shape(size), _dtype(dtype)), requires_grad)


@function
def full(
    size: Sizes,
    fill_value: Operand,
    *,
    dtype: DType | None = None,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """One number everywhere; its type decides the dtype. See `zeros`.

    Examples
    --------
    >>> mg.full((2,), 3.5)
    tensor([3.5000, 3.5000])
    """
    check_device(device)
    value = to_array(fill_value, None if dtype is None else _dtypes.as_numpy(dtype))
    shape = _shape((size,)) if not isinstance(size, int) else (size,)
    return finish(np.full(shape, value, value.dtype), requires_grad)


def _like(maker: Any, x: Tensor, dtype: Any, requires_grad: bool) -> Tensor:
    if not isinstance(x, Tensor):
        raise TypeError(f"expected a Tensor, got {type(x).__name__}")
    kind = x._array.dtype if dtype is None else _dtypes.as_numpy(dtype)
    return finish(maker(x._array.shape, kind), requires_grad)


@function
def zeros_like(input: Tensor, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Zeros of the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.zeros_like(mg.tensor([1, 2]))
    tensor([0, 0])
    """
    return _like(np.zeros, input, dtype, requires_grad)


@function
def ones_like(input: Tensor, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """Ones of the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.ones_like(mg.tensor([0.5]))
    tensor([1.])
    """
    return _like(np.ones, input, dtype, requires_grad)


@function
def empty_like(input: Tensor, *, dtype: DType | None = None, requires_grad: bool = False) -> Tensor:
    """An uninitialised Tensor of the shape and dtype of another.

    Examples
    --------
    >>> mg.empty_like(mg.zeros(2)).shape
    microgradnn.Size([2])
    """
    return _like(np.empty, input, dtype, requires_grad)


@function
def full_like(
    input: Tensor, fill_value: Operand, *, dtype: DType | None = None, requires_grad: bool = False
) -> Tensor:
    """One number everywhere, in the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.full_like(mg.zeros(2), 7)
    tensor([7., 7.])
    """
    return _like(lambda shape, kind: np.full(shape, fill_value, kind), input, dtype, requires_grad)


@function
def eye(
    n: int, m: int | None = None, *, dtype: DType | None = None, requires_grad: bool = False
) -> Tensor:
    """Ones on the diagonal of a matrix of zeros.

    Examples
    --------
    >>> mg.eye(2)
    tensor([[1., 0.],
            [0., 1.]])
    """
    return finish(np.eye(n, m, dtype=_dtype(dtype)), requires_grad)


@function
def is_tensor(obj: Any) -> bool:
    """Whether an object is a Tensor.

    Examples
    --------
    >>> mg.is_tensor([1.0])
    False
    """
    return isinstance(obj, Tensor)


@method
def new_zeros(self: Tensor, *size: Sizes, dtype: DType | None = None) -> Tensor:
    """Zeros of the dtype of this Tensor; see `zeros`.

    Examples
    --------
    >>> mg.tensor([1, 2]).new_zeros(2)
    tensor([0, 0])
    """
    return finish(
        np.zeros(_shape(size), self._array.dtype if dtype is None else _dtype(dtype)), False
    )


@method
def new_ones(self: Tensor, *size: Sizes, dtype: DType | None = None) -> Tensor:
    """Ones of the dtype of this Tensor; see `zeros`.

    Examples
    --------
    >>> mg.tensor([1, 2]).new_ones(2)
    tensor([1, 1])
    """
    return finish(
        np.ones(_shape(size), self._array.dtype if dtype is None else _dtype(dtype)), False
    )


@method
def new_tensor(self: Tensor, data: Any, *, dtype: DType | None = None) -> Tensor:
    """A Tensor of some data, of the dtype of this one.

    Examples
    --------
    >>> mg.tensor([1.0]).new_tensor([1, 2])
    tensor([1., 2.])
    """
    return tensor(data, dtype=self._array.dtype if dtype is None else dtype)
