"""From Tensors to numbers, lists, arrays and other dtypes; copies; filling in place."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import _dtypes
from .._errors import ShapeError
from .._inplace import adopt, check_target
from .._methods import TensorMethods, both, method
from .._tensor import Tensor, as_operand
from .._typing import Array, DType, Operand
from ..graph import Node
from ..rules.elementwise import cast
from ..rules.indexing import setitem
from ..rules.shapes import broadcast
from .creation import check_place

type_ = type  # a method below has the name of the builtin


@method
def item(self: Tensor) -> Any:
    """The only element, as a Python number.

    Raises
    ------
    RuntimeError
        If there is not exactly one element.

    Examples
    --------
    >>> mg.tensor([[2.5]]).item()
    2.5
    """
    if self._array.size != 1:
        raise ShapeError(  # float() of several is a ValueError in PyTorch, item() a RuntimeError
            f"item() needs one element, this Tensor has shape {tuple(self._array.shape)}, "
            f"{self._array.size} elements; use tolist()"
        )
    return self._array.item()


@method
def tolist(self: Tensor) -> Any:
    """The elements as nested lists of Python numbers.

    Examples
    --------
    >>> mg.tensor([[1, 2], [3, 4]]).tolist()
    [[1, 2], [3, 4]]
    """
    return self._array.tolist()


@method
def numpy(self: Tensor, *, force: bool = False) -> Array:
    """The elements as a NumPy array that shares the memory.

    Parameters
    ----------
    force : bool
        Allow it for a Tensor that requires grad too.

    Raises
    ------
    RuntimeError
        If the Tensor requires grad.

    Examples
    --------
    >>> mg.tensor([1, 2]).numpy()
    array([1, 2])
    """
    if self._node is not None and not force:
        raise RuntimeError(
            "can't call numpy() on a Tensor that requires grad: what is computed from the array "
            "would have no gradient. Use tensor.detach().numpy()."
        )
    array: Array = self._array
    return array


@method
def detach(self: Tensor) -> Tensor:
    """A Tensor on the same memory, outside the graph.

    Examples
    --------
    >>> w = mg.tensor(1.0, requires_grad=True)
    >>> (w * 2).detach().requires_grad
    False
    """
    return Tensor._wrap(self._array)


@method
def detach_(self: Tensor) -> Tensor:
    """Take this Tensor out of the graph.

    Examples
    --------
    >>> y = mg.tensor(1.0, requires_grad=True) * 2
    >>> y.detach_().requires_grad
    False
    """
    self._node = None
    return self


@both
def clone(input: Tensor, *, memory_format: Any = None) -> Tensor:
    """A copy; gradients pass through it.

    Examples
    --------
    >>> mg.tensor([1.0]).clone()
    tensor([1.])
    """
    if memory_format is not None:
        check_place(None, None, memory_format=memory_format)
    return cast.apply(input, input._array.dtype)


def convert(x: Tensor, dtype: Any, copy: bool = False) -> Tensor:
    """A Tensor in another NumPy dtype; itself if it has that dtype already."""
    if x._array.dtype == dtype and not copy:
        return x
    if dtype.kind != "f":
        x = detach(x)
    return cast.apply(x, dtype)


@method
def to(
    self: Tensor,
    *args: Any,
    dtype: DType | None = None,
    device: Any = None,
    copy: bool = False,
    non_blocking: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """This Tensor in another dtype (or on the same device, the CPU).

    Parameters
    ----------
    *args
        A dtype, a device, a device and a dtype, or a Tensor whose dtype is taken; after them
        ``non_blocking`` and ``copy``.
    dtype : dtype, optional
    device : optional
        The CPU.
    copy : bool
        Copy in any case.
    non_blocking, memory_format : optional
        Accepted for PyTorch's sake.

    Returns
    -------
    Tensor
        Itself if nothing changes.

    Raises
    ------
    RuntimeError
        For another device.

    Examples
    --------
    >>> mg.tensor([1.9]).to(mg.int64)
    tensor([1])
    """
    flags = []
    for arg in args:
        if isinstance(arg, Tensor):
            dtype = arg.dtype
        elif isinstance(arg, bool):
            flags.append(arg)
        elif isinstance(arg, _dtypes.dtype | np.dtype | type_):
            dtype = arg
        else:
            device = arg
    if len(flags) > 1:
        copy = flags[1]
    if device is not None or memory_format is not None:
        check_place(device, None, memory_format=memory_format)
    return convert(self, self._array.dtype if dtype is None else _dtypes.as_numpy(dtype), copy)


@method
def type(self: Tensor, dtype: DType | None = None, non_blocking: bool = False) -> Any:
    """This Tensor in another dtype; without one, the name of its own.

    Parameters
    ----------
    dtype : dtype or str, optional
        A name is ``"FloatTensor"`` or the like, with or without a prefix.
    non_blocking : bool
        Accepted for PyTorch's sake.

    Returns
    -------
    Tensor or str

    Raises
    ------
    ValueError
        For an unknown name.

    Examples
    --------
    >>> mg.zeros(1).type()
    'microgradnn.FloatTensor'
    >>> mg.tensor([1.9]).type("LongTensor")
    tensor([1])
    """
    if dtype is None:
        return f"microgradnn.{_TYPE_NAMES[self._array.dtype]}"
    dtype = getattr(dtype, "dtype", dtype)  # of a constructor such as FloatTensor
    if isinstance(dtype, str):
        wanted = dtype.rpartition(".")[2]
        for kind, name in _TYPE_NAMES.items():
            if name == wanted:
                return convert(self, kind)
        raise ValueError(f"invalid type {dtype!r}; there are {', '.join(_TYPE_NAMES.values())}")
    return convert(self, _dtypes.as_numpy(dtype))


_TYPE_NAMES = {
    np.dtype(kind): f"{name}Tensor"
    for kind, name in (
        (np.float16, "Half"), (np.float32, "Float"), (np.float64, "Double"), (np.uint8, "Byte"),
        (np.int8, "Char"), (np.int16, "Short"), (np.int32, "Int"), (np.int64, "Long"),
        (np.bool_, "Bool"),
    )
}  # fmt: skip


@method
def cpu(self: Tensor) -> Tensor:
    """This Tensor: the CPU is where Tensors are.

    Examples
    --------
    >>> mg.tensor(1).cpu()
    tensor(1)
    """
    return self


def _add_conversion(name: str, dtype: _dtypes.dtype) -> None:
    def converted(self: Tensor, *, memory_format: Any = None) -> Tensor:
        if memory_format is not None:
            check_place(None, None, memory_format=memory_format)
        return convert(self, dtype.numpy)

    converted.__name__ = name
    converted.__doc__ = f"This Tensor in {dtype!r}; itself if it is."
    setattr(TensorMethods, name, converted)


for _name, _kind in {
    "half": _dtypes.float16, "float": _dtypes.float32, "double": _dtypes.float64,
    "char": _dtypes.int8, "short": _dtypes.int16, "int": _dtypes.int32, "long": _dtypes.int64,
    "bool": _dtypes.bool_, "byte": _dtypes.uint8,
}.items():  # fmt: skip
    _add_conversion(_name, _kind)


@method
def type_as(self: Tensor, other: Tensor) -> Tensor:
    """This Tensor in the dtype of another.

    Examples
    --------
    >>> mg.tensor([1]).type_as(mg.zeros(1))
    tensor([1.])
    """
    return convert(self, other._array.dtype)


@method
def requires_grad_(self: Tensor, requires_grad: bool = True) -> Tensor:
    """Set ``requires_grad`` and return this Tensor.

    Examples
    --------
    >>> mg.ones(1).requires_grad_()
    tensor([1.], requires_grad=True)
    """
    self.requires_grad = requires_grad
    return self


@method
def element_size(self: Tensor) -> int:
    """Bytes per element.

    Examples
    --------
    >>> mg.zeros(1).element_size()
    4
    """
    return int(self._array.itemsize)


def _overwrite(x: Tensor, value: Any, name: str) -> Tensor:
    """Write one value, or a Tensor that broadcasts, over all elements."""
    check_target(x, name)
    new = value if isinstance(value, Tensor) else as_operand(value, x)
    if new is None:
        raise TypeError(f"{name} takes a number or a Tensor, got {value.__class__.__name__}")
    if not new._array.ndim and new._node is None:
        x._array[...] = new._array
    else:
        try:
            spread = broadcast(new._array, x._array.shape)
        except ValueError:
            raise ShapeError(
                f"{name}: a Tensor of shape {tuple(new._array.shape)} can't be repeated to fill "
                f"one of shape {tuple(x._array.shape)}"
            ) from None
        x._array[...] = spread
    node = None
    if x._array.dtype.kind == "f" and (x._node is not None or new._node is not None):
        node = Node(setitem, (x._node, new._node), (), (Ellipsis,), x._array.shape, x._array.dtype)
    adopt(x, node, name)
    return x


@method
def copy_(self: Tensor, src: Operand, non_blocking: bool = False) -> Tensor:
    """Write the elements of another Tensor, which broadcasts, over those of this one.

    Examples
    --------
    >>> mg.zeros(2).copy_(mg.tensor([1, 2]))
    tensor([1., 2.])
    """
    return _overwrite(self, src, "copy_")


@method
def fill_(self: Tensor, value: Operand) -> Tensor:
    """Write one number over all elements.

    Examples
    --------
    >>> mg.zeros(2).fill_(7)
    tensor([7., 7.])
    """
    return _overwrite(self, value, "fill_")


@both
def fill(input: Tensor, value: Any) -> Tensor:
    """One number, or a 0-d Tensor, in the shape and dtype of another Tensor.

    Examples
    --------
    >>> mg.fill(mg.zeros(2), 7)
    tensor([7., 7.])
    """
    return fill_(clone(input), value)


@both
def zero_(input: Tensor) -> Tensor:
    """Write 0 over all elements.

    Examples
    --------
    >>> mg.zero_(mg.ones(2))
    tensor([0., 0.])
    """
    return _overwrite(input, 0, "zero_")
