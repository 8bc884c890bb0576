"""Where a Tensor's memory is: devices, sharing with other libraries, what PyTorch asks of a place.

All Tensors are dense arrays in the memory of the CPU; a question after another place is answered
with no, a wish for one is an error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .. import _device, _dtypes
from .._inplace import check_target, write
from .._methods import TensorMethods, both, function, method
from .._tensor import Tensor
from .._typing import DType
from .creation import _dtype, check_place, finish


def _attribute(f: Callable[[Tensor], Any]) -> property:
    """Make a function of a Tensor an attribute that can only be read."""
    attribute = property(f)
    setattr(TensorMethods, f.__name__, attribute)
    return attribute


@_attribute
def device(self: Tensor) -> _device.device:
    """Where the elements are: the CPU."""
    return _device.CPU


@_attribute
def layout(self: Tensor) -> str:
    """How the elements are stored: ``"strided"``, a dense array."""
    return "strided"


@_attribute
def is_cpu(self: Tensor) -> bool:
    """True: the elements are in the memory of the CPU."""
    return True


def _never(name: str, what: str) -> None:
    def answer(self: Tensor) -> bool:
        return False

    answer.__name__, answer.__doc__ = name, f"False: {what}."
    _attribute(answer)


for _name, _what in {
    "is_cuda": "microgradnn computes on the CPU", "is_mps": "microgradnn computes on the CPU",
    "is_xpu": "microgradnn computes on the CPU", "is_meta": "Tensors have elements",
    "is_sparse": "Tensors are dense", "is_sparse_csr": "Tensors are dense",
    "is_mkldnn": "Tensors are NumPy arrays", "is_quantized": "Tensors are not quantized",
    "is_nested": "Tensors are rectangular",
}.items():  # fmt: skip
    _never(_name, _what)


@_attribute
def itemsize(self: Tensor) -> int:
    """Bytes per element."""
    return int(self._array.itemsize)


@_attribute
def nbytes(self: Tensor) -> int:
    """Bytes of all elements."""
    return int(self._array.nbytes)


@_attribute
def real(self: Tensor) -> Tensor:
    """The real part: the Tensor itself, whose numbers are real."""
    return self


@_attribute
def output_nr(self: Tensor) -> int:
    """Which of the outputs of its ``grad_fn`` it is."""
    return int(getattr(self._node, "index", 0))


@both
def get_device(input: Tensor) -> int:
    """The number of the GPU that holds the elements: -1, which stands for the CPU.

    Examples
    --------
    >>> mg.zeros(1).get_device()
    -1
    """
    return -1


@method
def cuda(
    self: Tensor, device: Any = None, non_blocking: bool = False, memory_format: Any = None
) -> Tensor:
    """Would move the Tensor to a GPU.

    Raises
    ------
    RuntimeError
        Always: there is none. `to` with a device that the program chooses works everywhere.
    """
    _device.check_device(_device.device("cuda"))
    return self


@method
def pin_memory(self: Tensor, device: Any = None) -> Tensor:
    """Would make a copy that a GPU can read fast.

    Raises
    ------
    RuntimeError
        Always: there is no GPU.
    """
    check_place(None, None, True)
    return self


@method
def is_pinned(self: Tensor, device: Any = None) -> bool:
    """False: memory is pinned for GPUs only.

    Examples
    --------
    >>> mg.zeros(1).is_pinned()
    False
    """
    return False


@method
def share_memory_(self: Tensor) -> Tensor:
    """Would move the elements to memory that processes share.

    Raises
    ------
    NotImplementedError
        Always. Processes that are forked after the Tensor was made can read it; results come back
        through a pipe or a queue, as from `data.DataLoader`'s workers.
    """
    raise NotImplementedError(
        "share_memory_: Tensors in memory that several processes write to are not implemented; "
        "send results through multiprocessing.Queue"
    )


@method
def is_shared(self: Tensor) -> bool:
    """False: the memory belongs to this process.

    Examples
    --------
    >>> mg.zeros(1).is_shared()
    False
    """
    return False


@both
def is_inference(input: Tensor) -> bool:
    """False: Tensors made in ``inference_mode`` are like those made in ``no_grad``.

    Examples
    --------
    >>> mg.zeros(1).is_inference()
    False
    """
    return False


@both
def is_same_size(input: Tensor, other: Tensor) -> bool:
    """Whether two Tensors have the same shape.

    Examples
    --------
    >>> mg.is_same_size(mg.zeros(2), mg.zeros(3))
    False
    """
    return bool(input._array.shape == other._array.shape)


@method
def is_set_to(self: Tensor, tensor: Tensor) -> bool:
    """Whether two Tensors are the same elements of the same memory.

    Examples
    --------
    >>> x = mg.zeros(2)
    >>> x.is_set_to(x.detach()), x.is_set_to(x.clone())
    (True, False)
    """
    a, b = self._array, tensor._array
    return (
        a.__array_interface__["data"] == b.__array_interface__["data"]
        and (a.shape, a.strides, a.dtype) == (b.shape, b.strides, b.dtype)
    )  # fmt: skip


def _one_by_one(x: Tensor, name: str, values: Any) -> Tensor:
    check_target(x, name)
    if x._node is not None:
        raise RuntimeError(f"{name} has no derivative; use it on a detached Tensor")
    array = np.array(list(values), x._array.dtype).reshape(x._array.shape)
    return write(x, Tensor._wrap(array), name)


@method
def apply_(self: Tensor, callable: Callable[[Any], Any]) -> Tensor:
    """Replace each element by what a Python function makes of it: slow, as in PyTorch.

    Raises
    ------
    RuntimeError
        If the Tensor requires grad.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0]).apply_(lambda x: x + 1)
    tensor([2., 3.])
    """
    return _one_by_one(self, "apply_", map(callable, self._array.ravel().tolist()))


@method
def map_(self: Tensor, tensor: Tensor, callable: Callable[[Any, Any], Any]) -> Tensor:
    """Replace each element by what a function makes of it and of another Tensor's element.

    Raises
    ------
    RuntimeError
        If the Tensor requires grad, or the other does not broadcast to its shape.

    Examples
    --------
    >>> mg.tensor([1.0, 2.0]).map_(mg.tensor([10.0, 20.0]), lambda a, b: a + b)
    tensor([11., 22.])
    """
    other = tensor.expand_as(self)._array.ravel().tolist()
    return _one_by_one(self, "map_", map(callable, self._array.ravel().tolist(), other))


# --- memory of other libraries ------------------------------------------------------------------


@method
def __dlpack__(self: Tensor, **kwargs: Any) -> Any:
    """What other libraries read the memory from, by the DLPack protocol.

    Raises
    ------
    BufferError
        If the Tensor requires grad.
    """
    if self._node is not None:
        raise BufferError("can't export a Tensor that requires grad; use tensor.detach()")
    return self._array.__dlpack__(**kwargs)


@method
def __dlpack_device__(self: Tensor) -> tuple[Any, int]:
    """The CPU, in DLPack's numbers."""
    place: tuple[Any, int] = self._array.__dlpack_device__()
    return place


@function
def from_dlpack(ext_tensor: Any) -> Tensor:
    """A Tensor on the memory of another library's array, by the DLPack protocol.

    Parameters
    ----------
    ext_tensor : object
        An array with ``__dlpack__``, on the CPU.

    Returns
    -------
    Tensor

    Raises
    ------
    TypeError
        For a DLPack capsule: it can only be read by what made it an array.

    Examples
    --------
    >>> a = np.zeros(2)
    >>> x = mg.from_dlpack(a)
    >>> a[0] = 1
    >>> x
    tensor([1., 0.], dtype=microgradnn.float64)
    """
    if not hasattr(ext_tensor, "__dlpack__"):
        raise TypeError(
            f"from_dlpack takes an array that has __dlpack__, got {type(ext_tensor).__name__}"
        )
    return Tensor._wrap(np.from_dlpack(ext_tensor))


@function
def frombuffer(
    buffer: Any, *, dtype: DType, count: int = -1, offset: int = 0, requires_grad: bool = False
) -> Tensor:
    """A Tensor of one dimension on the memory of ``bytes``, a ``bytearray`` or the like.

    Parameters
    ----------
    buffer : object with the buffer protocol
    dtype : dtype
    count : int
        Elements to take; -1 for all.
    offset : int
        Bytes to leave out at the beginning.
    requires_grad : bool

    Raises
    ------
    ValueError
        If the buffer is too short or no multiple of the element's size.

    Examples
    --------
    >>> mg.frombuffer(bytearray([1, 2, 3]), dtype=mg.uint8)
    tensor([1, 2, 3], dtype=microgradnn.uint8)
    """
    return finish(np.frombuffer(buffer, _dtypes.as_numpy(dtype), count, offset), requires_grad)


@function
def asarray(
    obj: Any,
    *,
    dtype: DType | None = None,
    device: Any = None,
    copy: bool | None = None,
    requires_grad: bool = False,
) -> Tensor:
    """A Tensor of what is given, on the same memory where that is possible.

    Parameters
    ----------
    obj : Tensor, array, object with a buffer, number or nested sequence
    dtype : dtype, optional
    device : optional
        The CPU.
    copy : bool, optional
        True: always copy; False: raise rather than copy; default: copy if it must be.
    requires_grad : bool

    Raises
    ------
    ValueError
        If ``copy=False`` and a copy is needed.

    Examples
    --------
    >>> a = np.zeros(2)
    >>> x = mg.asarray(a)
    >>> a[0] = 1
    >>> x
    tensor([1., 0.], dtype=microgradnn.float64)
    """
    from .creation import tensor

    _device.check_device(device)
    source = obj._array if isinstance(obj, Tensor) else obj
    wanted = None if dtype is None else _dtype(dtype)
    if isinstance(source, np.ndarray):
        array = np.array(source, wanted, copy=True) if copy else np.asarray(source, wanted)
    else:
        array = tensor(source, dtype=dtype)._array
    if copy is False and not (isinstance(source, np.ndarray) and np.shares_memory(array, source)):
        raise ValueError("asarray: copy=False, but this data cannot be used without a copy")
    if isinstance(obj, Tensor) and array is obj._array:
        return obj.requires_grad_() if requires_grad else obj
    return finish(array, requires_grad)
