"""What a Tensor says of its shape and its memory, with PyTorch's names."""

from __future__ import annotations

import math
from typing import Any, overload

import numpy as np

from .. import _mutation
from .._inplace import check_target
from .._methods import TensorMethods, both, method
from .._tensor import Size, Tensor
from .._typing import Sizes
from ._dimensions import one_dim
from ._sizes import sizes as _sizes
from .creation import check_place


@both
def numel(input: Tensor) -> int:
    """The number of elements.

    Examples
    --------
    >>> mg.zeros(2, 3).numel()
    6
    """
    return int(input._array.size)


@overload
def size(self: Tensor) -> Size: ...
@overload
def size(self: Tensor, dim: int) -> int: ...
@method
def size(self: Tensor, dim: int | None = None) -> Any:
    """The sizes of all dimensions, or of one.

    Examples
    --------
    >>> mg.zeros(2, 3).size(), mg.zeros(2, 3).size(-1)
    (microgradnn.Size([2, 3]), 3)
    """
    return Size(self._array.shape) if dim is None else self._array.shape[one_dim(dim, self.ndim)]


@method
def dim(self: Tensor) -> int:
    """The number of dimensions.

    Examples
    --------
    >>> mg.zeros(2, 3).dim()
    2
    """
    return int(self._array.ndim)


@method
def contiguous(self: Tensor, memory_format: Any = None) -> Tensor:
    """This Tensor if its elements lie in memory in order, else a copy where they do.

    Examples
    --------
    >>> mg.zeros(2, 3).T.contiguous().is_contiguous()
    True
    """
    if memory_format is not None:
        check_place(None, None, memory_format=memory_format)
    if self._array.flags.c_contiguous:
        return self
    copy = self.clone()  # which keeps the order in memory, as in PyTorch
    copy._array = np.ascontiguousarray(copy._array)
    return copy


@method
def is_contiguous(self: Tensor, memory_format: Any = None) -> bool:
    """Whether the elements lie in memory in order; for images, channels last if that is asked for.

    Examples
    --------
    >>> mg.zeros(2, 3).T.is_contiguous()
    False
    """
    if memory_format is None:
        return bool(self._array.flags.c_contiguous)
    check_place(None, None, memory_format=memory_format)
    if "channels_last" in str(memory_format):
        return bool(np.moveaxis(self._array, 1, -1).flags.c_contiguous)
    return bool(self._array.flags.c_contiguous)


@overload
def stride(self: Tensor) -> tuple[int, ...]: ...
@overload
def stride(self: Tensor, dim: int) -> int: ...
@method
def stride(self: Tensor, dim: int | None = None) -> Any:
    """How many elements lie in memory between neighbours along each dimension, or along one.

    Examples
    --------
    >>> mg.zeros(2, 3).stride(), mg.zeros(2, 3).T.stride(1)
    ((3, 1), 3)
    """
    array = self._array
    if dim is not None:
        return array.strides[one_dim(dim, array.ndim)] // array.itemsize
    return tuple([s // array.itemsize for s in array.strides])


@method
def storage_offset(self: Tensor) -> int:
    """How many elements lie in memory before the first one of this view.

    Examples
    --------
    >>> mg.zeros(5)[2:].storage_offset()
    2
    """
    return elements_between(_mutation.owner(self._array), self._array)


def elements_between(first: Any, second: Any) -> int:
    """The distance of the first elements of two arrays in one memory, in elements."""
    start, end = (a.__array_interface__["data"][0] for a in (first, second))
    return int(end - start) // int(second.itemsize)


@method
def data_ptr(self: Tensor) -> int:
    """The address of the first element.

    Examples
    --------
    >>> x = mg.zeros(2)
    >>> x.data_ptr() == x.view(2, 1).data_ptr()
    True
    """
    return int(self._array.__array_interface__["data"][0])


@method
def resize_(self: Tensor, *sizes: Sizes, memory_format: Any = None) -> Tensor:
    """This Tensor made a Tensor of other sizes, in place.

    As many elements as there are keep their order in memory, further ones are zeros.

    Parameters
    ----------
    *sizes : int, or one sequence of int

    Returns
    -------
    Tensor
        This Tensor.

    Raises
    ------
    RuntimeError
        If it requires a gradient: the operation has none.

    Examples
    --------
    >>> mg.tensor([1, 2, 3]).resize_(2, 2)
    tensor([[1, 2],
            [3, 0]])
    """
    if memory_format is not None:
        check_place(None, None, memory_format=memory_format)
    shape = _sizes(sizes, "resize_")
    if self._node is not None:
        raise RuntimeError(
            f"resize_: a Tensor that requires grad (shape {tuple(self._array.shape)}) can't be "
            "resized; use reshape, or detach() it first"
        )
    if any(n < 0 for n in shape):
        raise RuntimeError(f"resize_: sizes can't be negative, got {shape}")
    check_target(self, "resize_")
    n = math.prod(shape)
    flat = self._array.reshape(-1)
    if n > flat.size:
        flat = np.concatenate([flat, np.zeros(n - flat.size, flat.dtype)])
    _mutation.stamp(self._array, "resize_")
    self._array = flat[:n].reshape(shape)
    return self


@method
def resize_as_(self: Tensor, the_template: Tensor, memory_format: Any = None) -> Tensor:
    """`resize_` to the sizes of another Tensor.

    Examples
    --------
    >>> mg.zeros(4).resize_as_(mg.ones(2, 2)).shape
    microgradnn.Size([2, 2])
    """
    return resize_(self, the_template._array.shape, memory_format=memory_format)


for _new, _old in {"nelement": numel, "ndimension": dim}.items():
    setattr(TensorMethods, _new, _old)
